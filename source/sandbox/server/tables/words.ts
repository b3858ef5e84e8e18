/** How the API server writes what stands in a cell (pkg/printers/internalversion, apimachinery util/duration). */
import type { KubeObject } from '../../../stack/types.ts';

/** An object of the API, read without knowing its type. */
// biome-ignore lint/suspicious/noExplicitAny: cells are read from objects of every kind, where a missing field is an empty cell
export type Loose = any;

export const none = '<none>';
export const or = (value: unknown, otherwise = none): string => (value ? String(value) : otherwise);

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `90s`, `5m30s`, `3h`, `2d4h`: HumanDuration of apimachinery. */
export function durationOf(ms: number): string {
  const [seconds, minutes, hours, days] = [second, minute, hour, day].map((unit) => Math.trunc(ms / unit)) as [
    number,
    number,
    number,
    number,
  ];
  const rest = (value: number, unit: string): string => (value === 0 ? '' : `${value}${unit}`);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return `${minutes}m${rest(seconds % 60, 's')}`;
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return `${hours}h${rest(minutes % 60, 'm')}`;
  if (hours < 48) return `${hours}h`;
  if (days < 8) return `${days}d${rest(hours % 24, 'h')}`;
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return days < 2920 ? `${years}y${rest(days % 365, 'd')}` : `${years}y`;
}

export const since = (time: string | undefined | null, now: number): string =>
  time ? durationOf(now - Date.parse(time)) : '<unknown>';

export const ageOf = ({ metadata }: KubeObject, now: number): string => since(metadata.creationTimestamp, now);

export const labelsText = (labels: Loose): string =>
  Object.entries(labels ?? {})
    .sort()
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** The first three, and how many more. */
export function someOf(items: readonly string[], separator = ','): string {
  const more = items.length > 3 ? ` + ${items.length - 3} more...` : '';
  return or(items.slice(0, 3).join(separator) + more);
}

/** Of load balancers. */
export const addressesText = ({ ingress = [] }: Loose): string =>
  ingress.map(({ ip, hostname }: Loose) => ip ?? hostname).join(',');

const modes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

export const accessModes = (list: readonly string[] = []): string => list.map((mode) => modes[mode] ?? mode).join(',');
