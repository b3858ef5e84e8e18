/** Durations as people write and read them. */

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `90s`, `45m`, `2h`, `1h30m`; undefined for anything else and for nothing. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(?:\.\d+)?[smh])+$/.test(text)) return undefined;
  const total = [...text.matchAll(/(\d+(?:\.\d+)?)([smh])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit as string] ?? 0),
    0,
  );
  return total > 0 ? total : undefined;
}

/** How old something is, in at most four characters: `12s`, `4m`, `3h`, `2d`. What is not yet is now. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.min(999, Math.floor(hours / 24))}d`;
}

/** How a language writes units of time behind their numbers. */
export interface Units {
  readonly ms: string;
  readonly s: string;
  readonly m: string;
  readonly h: string;
}

const usual: Units = { ms: ' ms', s: 's', m: 'm', h: 'h' };

/** `112 ms`, `48s`, `3m12s`, `2h05m`: with these units never more than six characters. */
export function formatDuration(ms: number, { ms: unit, s, m, h }: Units = usual): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)}${unit}`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}${s}`;
  const minutes = Math.floor(seconds / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  return minutes < 60
    ? `${minutes}${m}${two(seconds % 60)}${s}`
    : `${Math.floor(minutes / 60)}${h}${two(minutes % 60)}${m}`;
}
