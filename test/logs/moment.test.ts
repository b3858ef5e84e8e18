/** Moments as people write them. */
import { expect, test } from 'vitest';
import { momentOf } from '../../source/logs/moment.ts';

process.env['TZ'] = 'Asia/Shanghai';

const now = Date.parse('2026-11-24T10:30:00+08:00');
const iso = (text: string) => {
  const ms = momentOf(text, now);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

test.each([
  ['09:05', '2026-11-24T01:05:00.000Z'],
  [' 9:05:30 ', '2026-11-24T01:05:30.000Z'],
  ['09:05:30.250', '2026-11-24T01:05:30.000Z'],
  ['10:30', '2026-11-24T02:30:00.000Z'],
  // A clock that goes a minute wrong is no other day; what is later was yesterday.
  ['10:31', '2026-11-24T02:31:00.000Z'],
  ['10:32', '2026-11-23T02:32:00.000Z'],
  ['23:59', '2026-11-23T15:59:00.000Z'],
  ['10m', '2026-11-24T02:20:00.000Z'],
  ['1h30m', '2026-11-24T01:00:00.000Z'],
  ['2026-11-23 14:05', '2026-11-23T06:05:00.000Z'],
  ['2026-11-23T14:05:06.789Z', '2026-11-23T14:05:06.789Z'],
  ['2026-11-23T14:05:00+09:00', '2026-11-23T05:05:00.000Z'],
])('%j', (text, moment) => expect(iso(text)).toBe(moment));

test.each(['', '5', '25:00', '10:60', '10:30:60', 'noon', '0m', '2026-13-01 10:00', '2026-11-24', '10 m'])(
  '%j is none',
  (text) => expect(iso(text)).toBeUndefined(),
);
