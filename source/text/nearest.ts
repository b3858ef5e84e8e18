/** The known word a mistyped one probably means, or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const best = ranked(word, known)[0];
  return best && best.distance <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** All known words, those first that are most like a mistyped one. */
export const nearestFirst = (word: string, known: readonly string[]): readonly string[] =>
  ranked(word, known).map(({ candidate }) => candidate);

const ranked = (word: string, known: readonly string[]) =>
  known
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);

/** Levenshtein distance: how many letters must be added, removed or replaced. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
