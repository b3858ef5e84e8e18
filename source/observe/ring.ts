/** Looks at something over the last half hour, the latest last. Pure. */

/** Taken at a moment. */
export interface Timed {
  /** Monotonic milliseconds. */
  readonly at: number;
}

const keptMs = 30 * 60_000;
/** Looks further apart belong to different times: the computer slept, or who was asked was away. */
const gapMs = 90_000;

/** Looks with one more, without what is too old to be compared with it. */
export function withLook<L extends Timed>(looks: readonly L[], look: L): readonly L[] {
  const last = looks.at(-1);
  if (last && look.at - last.at > gapMs) return [look];
  return [...looks.filter(({ at }) => look.at - at <= keptMs), look];
}

/** None of them once the latest is so old that the next would not be compared with it. @param now monotonic milliseconds */
export const fresh = <L extends Timed>(looks: readonly L[], now: number): readonly L[] =>
  now - (looks.at(-1)?.at ?? now) > gapMs ? [] : looks;

/** So many points tell how it went: a sparkline has no more room. */
const trendPoints = 12;

/** How something went over these looks, the latest last. */
export const trendOf = <L>(looks: readonly L[], amountOf: (look: L) => number): readonly number[] =>
  spread(looks, trendPoints).map(amountOf);

/** At most so many of them, evenly spread, with the first and the last. */
export const spread = <L>(looks: readonly L[], most: number): readonly L[] =>
  looks.length <= most
    ? looks
    : Array.from({ length: most }, (_, index) => looks[Math.round((index * (looks.length - 1)) / (most - 1))] as L);
