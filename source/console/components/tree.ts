/** Branches that fold: which rows are seen, where the cursor stands, and what keys do to both. Pure. */
import { placeOf, type Spot, spotAfter, spotAt } from './selection.ts';

export interface TreeNode<T> {
  /** One of its kind in the whole tree. */
  readonly id: string;
  readonly value: T;
  /** Undefined for a leaf. */
  readonly children?: readonly TreeNode<T>[];
}

export interface TreeState {
  readonly spot: Spot | undefined;
  readonly folded: ReadonlySet<string>;
}

export const emptyTree: TreeState = { spot: undefined, folded: new Set() };

export interface TreeRow<T> {
  readonly id: string;
  readonly value: T;
  /** 0 at the root. */
  readonly depth: number;
  readonly parent: string | undefined;
  /** Undefined for a leaf. */
  readonly isFolded: boolean | undefined;
}

/** From the top down, without what is folded away. */
export function rowsOf<T>(nodes: readonly TreeNode<T>[], folded: ReadonlySet<string>): readonly TreeRow<T>[] {
  const rows: TreeRow<T>[] = [];
  const add = (node: TreeNode<T>, depth: number, parent: string | undefined): void => {
    const isFolded = node.children && folded.has(node.id);
    rows.push({ id: node.id, value: node.value, depth, parent, isFolded });
    if (isFolded === false) for (const child of node.children ?? []) add(child, depth + 1, node.id);
  };
  for (const node of nodes) add(node, 0, undefined);
  return rows;
}

const idsOf = (rows: readonly TreeRow<unknown>[]): readonly string[] => rows.map(({ id }) => id);

/** The row of the cursor. What was chosen may have gone, or be folded away. */
export const chosenRow = <T>(rows: readonly TreeRow<T>[], { spot }: TreeState): TreeRow<T> | undefined =>
  rows[placeOf(idsOf(rows), spot)];

/** @returns undefined for a press that means nothing here */
export function pressTree<T>(
  rows: readonly TreeRow<T>[],
  state: TreeState,
  press: string,
  page: number,
): TreeState | undefined {
  const ids = idsOf(rows);
  const at = placeOf(ids, state.spot);
  const row = rows[at];
  if (!row) return undefined;
  const to = (index: number): TreeState => ({ ...state, spot: spotAt(ids, index) });
  switch (press) {
    case 'left':
      if (row.isFolded === false) return toggled(rows, state);
      return row.parent === undefined ? state : to(ids.indexOf(row.parent));
    case 'right':
      if (row.isFolded) return toggled(rows, state);
      return row.isFolded === false && rows[at + 1]?.parent === row.id ? to(at + 1) : state;
    default: {
      const spot = spotAfter(ids, state.spot, press, page);
      return spot && { ...state, spot };
    }
  }
}

/** The branch of the cursor folded, or unfolded. */
export function toggled<T>(rows: readonly TreeRow<T>[], state: TreeState): TreeState {
  const row = chosenRow(rows, state);
  if (row?.isFolded === undefined) return state;
  const folded = new Set(state.folded);
  if (!folded.delete(row.id)) folded.add(row.id);
  return { folded, spot: spotAt(idsOf(rows), placeOf(idsOf(rows), state.spot)) };
}

/** With the cursor on that node, and everything unfolded above it. */
export function revealed<T>(nodes: readonly TreeNode<T>[], id: string, { folded }: TreeState): TreeState {
  const rows = rowsOf(nodes, new Set());
  const open = new Set(folded);
  for (let at = rows.find((row) => row.id === id); at; at = rows.find((row) => row.id === at?.parent))
    if (at.parent !== undefined) open.delete(at.parent);
  const shown = idsOf(rowsOf(nodes, open));
  return { folded: open, spot: spotAt(shown, shown.indexOf(id)) };
}
