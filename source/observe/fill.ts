/** How full a volume is, and when it will be full as it has been filling over the last half hour. Pure. */
import { spread, type Timed } from './ring.ts';

/** In bytes. */
export interface Space {
  readonly used: number;
  readonly size: number;
}

export interface SpaceLook extends Timed, Space {}

export interface Fill extends Space {
  /** Seconds until it is full; undefined where it does not clearly fill. */
  readonly fullInS: number | undefined;
}

/** From this share on it has to be looked after; stack-spec I, rules 19, 22 and 24, tell what a full one does. */
const highShare = 0.85;
const soonS = 7 * 86_400;
/** Stores take new rows no more, or are about to. */
const fullShare = 0.98;

/** Whether a volume has to be looked after before long. */
export const isFilling = ({ used, size, fullInS }: Fill): boolean =>
  used >= size * highShare || (fullInS !== undefined && fullInS < soonS);

export const isFull = ({ used, size }: Fill): boolean => used >= size * fullShare;

/** Of this many looks each is compared with each. */
const compared = 30;
/** Less says nothing: files are merged and dropped all the time. */
const leastMs = 10 * 60_000;
/**
 * Of all pairs of looks so many more must rise than fall (Kendall's tau). What is merged or dropped goes up and down, and a
 * single step, however high, gives a little more than a half.
 */
const clearTrend = 0.6;
/** Whoever fills so slowly will have been looked after, or be another one. */
const longestS = 366 * 86_400;

/** None without a look. */
export function fillOf(looks: readonly SpaceLook[]): Fill | undefined {
  const now = looks.at(-1);
  if (!now) return undefined;
  const { used, size } = now;
  const perS = growth(looks.filter((look) => look.size === size));
  const fullInS = perS === undefined ? undefined : Math.max(0, size - used) / perS;
  return { used, size, fullInS: fullInS !== undefined && fullInS < longestS ? fullInS : undefined };
}

/** Bytes a second, as the median over all pairs of looks (Theil and Sen); undefined without a clear trend upwards. */
function growth(looks: readonly SpaceLook[]): number | undefined {
  const few = spread(looks, compared);
  const [first, last] = [few[0], few.at(-1)];
  if (!first || !last || last.at - first.at < leastMs) return undefined;
  const slopes = few
    .flatMap((one, index) => few.slice(index + 1).map((other) => (other.used - one.used) / (other.at - one.at)))
    .sort((one, other) => one - other);
  const rising = slopes.reduce((sum, slope) => sum + Math.sign(slope), 0) / slopes.length;
  const median = (slopes[Math.floor(slopes.length / 2)] as number) * 1000;
  return rising >= clearTrend && median > 0 ? median : undefined;
}
