/** Words for a shell. */

const plain = /^[\w./:@%+,-][\w./:@%+=,-]*$/;

/** As it has to be typed, so that the shell changes nothing of it. */
export const quoted = (word: string): string =>
  plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
