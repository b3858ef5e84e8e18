/** How the table of a kind is described. */
import type { KubeObject } from '../../../stack/types.ts';
import { ageOf, type Loose } from './words.ts';

export interface TableOfKind {
  /** `Name:type/format*priority`, where `string` and 0 are left out. */
  readonly columns: string;
  /** In the order of the columns, with the name. */
  readonly cells: (object: Loose, now: number) => readonly unknown[];
}

export const status = (object: Loose): Loose => object.status ?? {};
export const name = ({ metadata }: KubeObject): string => metadata.name;

/** Columns whose cells come before the age, which comes before those of `-o wide`. */
export const table = (
  columns: string,
  cells: (object: Loose, now: number) => readonly unknown[],
  wide: readonly [string, (object: Loose) => readonly unknown[]] = ['', () => []],
): TableOfKind => ({
  columns: ['Name:string/name', columns, 'Age', wide[0]].filter(Boolean).join('|'),
  cells: (object, now) => [name(object), ...cells(object, now), ageOf(object, now), ...wide[1](object)],
});

export const created: TableOfKind = {
  columns: 'Name:string/name|Created At:date',
  cells: (object) => [name(object), object.metadata.creationTimestamp],
};

/** By API group and plural. */
export type Tables = Readonly<Record<string, TableOfKind>>;

/** Of all other kinds. */
export const plainTable: TableOfKind = {
  columns: 'Name:string/name|Age:date',
  cells: (object, now) => [name(object), ageOf(object, now)],
};
