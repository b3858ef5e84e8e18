/** How the table of a kind is described. */
import type { KubeObject } from '../../../stack/types.ts';
import { ageOf, type Loose } from './words.ts';

/**
 * What stands in each column, in the order of the columns. A column is called `Name:type/format*priority`, where `string` and
 * 0 are left out; those of a higher priority are for `-o wide`.
 */
export type TableOfKind = Readonly<Record<string, (object: Loose, now: number) => unknown>>;

export const status = (object: Loose): Loose => object.status ?? {};
export const name = ({ metadata }: KubeObject): string => metadata.name;

/** Columns that stand before the age, which stands before those of `-o wide`. */
export const table = (columns: TableOfKind, wide: TableOfKind = {}): TableOfKind => ({
  'Name:string/name': name,
  ...columns,
  Age: ageOf,
  ...wide,
});

/** What a definition of a custom kind prints: a field that is not there has an empty cell. */
export const custom = (fields: TableOfKind): TableOfKind => {
  const cells = Object.entries(fields).map(([column, cell]) => [
    column,
    (object: Loose, now: number) => cell(object, now) ?? null,
  ]);
  return { 'Name:string/name': name, ...Object.fromEntries(cells), 'AGE:date': ageOf };
};

export const created: TableOfKind = {
  'Name:string/name': name,
  'Created At:date': ({ metadata }) => metadata.creationTimestamp,
};

/** By API group and plural. */
export type Tables = Readonly<Record<string, TableOfKind>>;
