/** Which lines a filter wants. A line and those that continue it are wanted as a whole. Pure. */
import { type Level, levels } from './formats.ts';

export interface Wanted {
  /** One of these must be there, where there are any, and none of those. */
  readonly only: readonly RegExp[];
  readonly not: readonly RegExp[];
  readonly level: Level | undefined;
}

/** What says nothing of how grave it is counts as information. */
export const isAtLeast = (level: Level | undefined, least: Level): boolean =>
  levels.indexOf(level ?? 'info') >= levels.indexOf(least);

/** What is known of a line and those that continue it, as far as they have come. */
export class Fit {
  readonly #wanted: Wanted;
  #hasText: boolean;
  #isGrave: boolean;
  #isUnwanted = false;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#hasText = wanted.only.length === 0;
    this.#isGrave = wanted.level === undefined;
  }

  /** Any of the lines may have what must be there or be grave enough; none may have what must not be there. */
  get fits(): boolean {
    return this.#hasText && this.#isGrave && !this.#isUnwanted;
  }

  /** Whether more lines may make it fit. */
  get mayFit(): boolean {
    return !this.#isUnwanted;
  }

  /** Whether no more lines can change it. */
  get isSettled(): boolean {
    return this.#isUnwanted || (this.#wanted.not.length === 0 && this.fits);
  }

  /** One more of the lines. @param levelOf asked only where it matters */
  add(text: string, levelOf: () => Level | undefined): void {
    const { only, not, level } = this.#wanted;
    if (this.#isUnwanted) return;
    this.#isUnwanted = hasOne(not, text);
    this.#hasText ||= hasOne(only, text);
    this.#isGrave ||= level !== undefined && isAtLeast(levelOf(), level);
  }
}

/** By hand: it is asked for every line. */
function hasOne(patterns: readonly RegExp[], text: string): boolean {
  for (const each of patterns) if (each.test(text)) return true;
  return false;
}
