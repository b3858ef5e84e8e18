/** Quantities as apimachinery writes them: the largest suffix that loses nothing. */

const binary: readonly (readonly [string, number])[] = [
  ['Ti', 2 ** 40],
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
  ['Ki', 2 ** 10],
];
const decimal: readonly (readonly [string, number])[] = [
  ['T', 1e12],
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
];

const isBytes = (resource: string): boolean => /(memory|storage)$/.test(resource);

/** @param value cores, bytes or a count, as `resource` is measured. */
export function quantityText(resource: string, value: number): string {
  if (value === 0) return '0';
  if (!Number.isInteger(value)) return isBytes(resource) ? String(Math.ceil(value)) : `${Math.round(value * 1000)}m`;
  const [suffix, unit] = (isBytes(resource) ? binary : decimal).find((each) => value % each[1] === 0) ?? ['', 1];
  return `${value / unit}${suffix}`;
}

/** `cpu=1,memory=2Gi`, in the order of the names. */
export const listText = (entries: readonly (readonly [string, string])[]): string =>
  entries
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
