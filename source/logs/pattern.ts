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
