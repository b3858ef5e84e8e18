/** Rows in columns. */
import { describe, expect, test } from 'vitest';
import { type Column, drawTable, measured, nextOrder, sorted } from '../../source/console/components/table.ts';
import { cellsOf, dim, textOf } from '../../source/console/draw/line.ts';

interface Row {
  readonly name: string;
  readonly count: number;
}
const columns: readonly Column<Row>[] = [
  { id: 'name', title: 'NAME', cells: 8, text: ({ name }) => name },
  {
    id: 'count',
    title: 'COUNT',
    cells: 6,
    align: 'right',
    text: ({ count }) => String(count),
    order: (a, b) => b.count - a.count,
  },
  { id: 'wide', title: 'WIDE', cells: 'rest', from: 60, text: () => 'wide', order: () => 0 },
  { id: 'rest', title: 'REST', cells: 'rest', text: ({ name }) => `about ${name}` },
];
const rows: readonly Row[] = [
  { name: 'one', count: 1 },
  { name: '很长的中文名字', count: 12 },
  { name: 'two\nlines\u001b[31m', count: 1 },
];
const drawn = (cells: number, height: number, chosen = 0, sortedBy?: string) =>
  drawTable({ columns, rows, mark: () => dim('·'), chosen, sortedBy }, cells, height);
const text = (cells: number, height: number, chosen = 0, sortedBy?: string) =>
  drawn(cells, height, chosen, sortedBy).map((line) => line.map(textOf).join('').trimEnd());

test.each([
  [40, { name: 8, count: 6, rest: 16 }],
  [61, { name: 8, count: 6, wide: 17, rest: 18 }],
  [20, { name: 8, count: 6, rest: 0 }],
])('in %i cells the columns are %j wide', (cells, wanted) => {
  expect(Object.fromEntries(measured(columns, cells).map(({ id, wide }) => [id, wide]))).toEqual(wanted);
});

test('texts are cut by cells and on one line, numbers stand at the right, and nothing acts on the terminal', () => {
  expect(text(40, 10)).toEqual([
    '     NAME       COUNT  REST',
    ' ❯ · one            1  about one',
    '   · 很长的…       12  about 很长的中…',
    '   · two lin…       1  about two lines…',
  ]);
});

test.each([20, 33, 40, 61, 120])('every row is as wide as the others in %i cells', (cells) => {
  expect(new Set(drawn(cells, 10).map(cellsOf)).size).toBe(1);
});

test('of more rows than fit, those around the cursor are seen', () => {
  expect(text(40, 2, 2).at(-1)).toContain('two lin…');
  expect(text(40, 2, 0).at(-1)).toContain('one');
});

describe('the order', () => {
  test('is that of the column, and equal rows stay as they stand', () => {
    expect(sorted(rows, columns, 'count').map(({ count }) => count)).toEqual([12, 1, 1]);
    expect(sorted(rows, columns, 'count').at(-1)?.name).toContain('two');
    expect(sorted(rows, columns, 'name')).toBe(rows);
  });

  test('is told at the head of the column', () => {
    expect(text(40, 10, 0, 'count')[0]).toBe('     NAME      COUNT↓  REST');
  });

  test.each([
    [undefined, 'count'],
    ['count', 'wide'],
    ['wide', 'count'],
  ])('after %s is %s', (by, next) => {
    expect(nextOrder(columns, by)).toBe(next);
  });
});
