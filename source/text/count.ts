/** `812`, `48.2k`, `1.98M`: three figures, in at most five characters. */
export function formatCount(count: number): string {
  const size = Math.abs(count);
  // What would be rounded to the next unit is written in it.
  for (const [unit, mark] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (size >= unit * 0.9995) return `${threeFigures(count / unit)}${mark}`;
  return size >= 10 || Number.isInteger(count) ? String(Math.round(count)) : String(Number(count.toFixed(1)));
}

const threeFigures = (value: number): string => {
  const size = Math.abs(value);
  return String(Number(value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2)));
};
