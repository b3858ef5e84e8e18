/** Moments as people write them while they read a log. */
import { parseDuration } from '../text/duration.ts';

const dayMs = 86_400_000;
/** What is so little ahead is a clock that goes a little wrong, not yesterday. */
export const aheadMs = 60_000;

/**
 * Milliseconds since 1970 of `14:05`, `14:05:30` (of this computer's clock, the last time it was that late), `5m`, `1h30m`
 * (ago), or a date with a time such as `2026-11-23 14:05` or `2026-11-23T14:05:00Z`. Undefined for anything else.
 */
export function momentOf(text: string, nowMs: number): number | undefined {
  const word = text.trim();
  const ago = parseDuration(word);
  if (ago !== undefined) return nowMs - ago;
  const clock = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/.exec(word);
  if (clock) return clockMoment(clock.slice(1).map((part) => Number(part ?? 0)) as [number, number, number], nowMs);
  if (!/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/.test(word)) return undefined;
  const ms = Date.parse(word.replace(' ', 'T'));
  return Number.isNaN(ms) ? undefined : ms;
}

function clockMoment([hours, minutes, seconds]: [number, number, number], nowMs: number): number | undefined {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const today = new Date(nowMs).setHours(hours, minutes, seconds, 0);
  return today > nowMs + aheadMs ? today - dayMs : today;
}
