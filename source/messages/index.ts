/**
 * Every text a user sees. `en` is the shape; `zh` must match it, so a missing text does not compile.
 * Code never holds a finished sentence: it holds a `Say`, which a front turns into the user's language
 * at the last moment, so that the language can change while the program runs.
 */
import { en } from './en/index.ts';
import { zh } from './zh/index.ts';

export type Language = 'en' | 'zh';

/** The dictionary's shape: strings and functions to strings, the same keys in every language. */
export type Messages = Widen<typeof en>;

type Widen<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : T extends readonly string[]
      ? readonly string[]
      : { readonly [K in keyof T]: Widen<T[K]> };

/** A sentence not yet in any language. */
export type Say = (t: Messages) => string;

export const dictionaries: Readonly<Record<Language, Messages>> = { en, zh };

/** The language of an environment as POSIX orders it: LC_ALL, LC_MESSAGES, LANG; anything that is not Chinese is English. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^zh/i.test(locale) ? 'zh' : 'en';
}
