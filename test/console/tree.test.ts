/** A tree that folds, as keys move in it. */
import { describe, expect, test } from 'vitest';
import {
  chosenRow,
  emptyTree,
  pressTree,
  revealed,
  rowsOf,
  type TreeNode,
  type TreeState,
  toggled,
} from '../../source/console/components/tree.ts';

const node = (id: string, ...children: readonly TreeNode<string>[]): TreeNode<string> => ({
  id,
  value: id.toUpperCase(),
  ...(children.length > 0 ? { children } : {}),
});
const nodes = [node('a', node('b', node('c'), node('d')), node('e')), node('f')];
const at = (id: string | undefined, ...folded: readonly string[]): TreeState => ({
  spot: id === undefined ? undefined : { id, index: 0 },
  folded: new Set(folded),
});
const ids = (folded: readonly string[] = []) => rowsOf(nodes, new Set(folded)).map(({ id }) => id);

test.each([
  [[], 'abcdef'],
  [['b'], 'abef'],
  [['a'], 'af'],
  [['a', 'b'], 'af'],
  [['e', 'gone'], 'abcdef'],
])('with %j folded it shows %s', (folded, shown) => {
  expect(ids(folded).join('')).toBe(shown);
});

test('a row knows its depth, its branch, and whether it folds', () => {
  expect(rowsOf(nodes, new Set(['b']))).toEqual([
    { id: 'a', value: 'A', depth: 0, parent: undefined, isFolded: false },
    { id: 'b', value: 'B', depth: 1, parent: 'a', isFolded: true },
    { id: 'e', value: 'E', depth: 1, parent: 'a', isFolded: undefined },
    { id: 'f', value: 'F', depth: 0, parent: undefined, isFolded: undefined },
  ]);
});

describe('a press', () => {
  test.each([
    ['down', at(undefined), 'b', []],
    ['up', at(undefined), 'a', []],
    ['end', at('b'), 'f', []],
    ['pagedown', at('a'), 'd', []],
    ['down', at('b', 'b'), 'e', ['b']],
    ['left', at('d'), 'b', []],
    ['left', at('b'), 'b', ['b']],
    ['left', at('b', 'b'), 'a', ['b']],
    ['left', at('a', 'a'), 'a', ['a']],
    ['right', at('b', 'b'), 'b', []],
    ['right', at('b'), 'c', []],
    ['right', at('c'), 'c', []],
  ] as const)('%s from %j goes to %s, with %j folded', (press, state, chosen, folded) => {
    const after = pressTree(rowsOf(nodes, state.folded), state, press, 3);
    expect(after?.spot?.id ?? state.spot?.id).toBe(chosen);
    expect([...(after?.folded ?? [])]).toEqual(folded);
  });

  test('that is no key of a tree means nothing, nor does any in an empty one', () => {
    expect(pressTree(rowsOf(nodes, new Set()), emptyTree, 'x', 3)).toBeUndefined();
    expect(pressTree([], emptyTree, 'down', 3)).toBeUndefined();
  });
});

test('what is chosen stays chosen while others come, and its neighbour is when it has gone', () => {
  const rows = rowsOf([node('new'), ...nodes], new Set<string>());
  expect(chosenRow(rows, { ...emptyTree, spot: { id: 'c', index: 2 } })?.id).toBe('c');
  expect(chosenRow(rows, { ...emptyTree, spot: { id: 'gone', index: 2 } })?.id).toBe('b');
  expect(chosenRow(rows, { ...emptyTree, spot: { id: 'gone', index: 99 } })?.id).toBe('f');
});

test('a leaf does not fold; what is found unfolds everything above it', () => {
  expect(toggled(rowsOf(nodes, new Set()), at('c'))).toEqual(at('c'));
  expect(revealed(nodes, 'd', at('f', 'a', 'b', 'e'))).toEqual({ spot: { id: 'd', index: 3 }, folded: new Set(['e']) });
});
