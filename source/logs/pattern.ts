/** Regular expressions as people write them. Pure. */

export interface BadPattern {
  readonly pattern: string;
  readonly why: string;
}

/** `(?i)` at the beginning, as grep and Go have it, means whatever the case. */
export function compile(pattern: string): RegExp | BadPattern {
  const [, insensitive, rest = ''] = /^(\(\?i\))?(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(rest, insensitive ? 'iu' : 'u');
  } catch (error) {
    return { pattern, why: (error as Error).message.replace(/^Invalid regular expression: /, '') };
  }
}

export const isBad = (compiled: RegExp | BadPattern): compiled is BadPattern => !(compiled instanceof RegExp);

/** As a word of a filter, which is told apart from others by the spaces between them, and excludes with `!` in front. */
export const asWord = (pattern: string): string => pattern.replace(/\s/g, '\\s').replace(/^!/, '[!]');

interface Chosen<T> {
  readonly only: readonly T[];
  readonly not: readonly T[];
}

/** Of a filter: words that fit, and those with `!` in front that must not, without it. */
export function wordsOf(filter: string): Chosen<string> {
  const words = filter.split(/\s+/).filter(Boolean);
  return {
    only: words.filter((word) => !word.startsWith('!')),
    not: words.filter((word) => word.startsWith('!')).map((word) => word.slice(1)),
  };
}

/** What is no pattern is nobody's. */
export function patternsOf(filter: string): Chosen<RegExp> {
  const { only, not } = wordsOf(filter);
  const patterns = (own: readonly string[]) => own.map(compile).filter((each): each is RegExp => !isBad(each));
  return { only: patterns(only), not: patterns(not) };
}
