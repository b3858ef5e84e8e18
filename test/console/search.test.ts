/** Looking for a text. */
import { describe, expect, test } from 'vitest';
import {
  beginSearch,
  drawSearch,
  endSearch,
  hitsOf,
  isSearching,
  marked,
  nextHit,
  typeSearch,
} from '../../source/console/components/search.ts';
import { accent, cellsOf, inverse, textOf } from '../../source/console/draw/line.ts';
import { dictionaries } from '../../source/messages/index.ts';

test.each([
  ['red', [0, 2]],
  ['RED', [0, 2]],
  ['', []],
  ['.', []],
  ['中', [3]],
])('%j is found in the lines %j', (query, hits) => {
  expect(hitsOf(['Redis', 'kafka', 'tired', '中文'], query)).toEqual(hits);
});

test.each([
  ['here', 3, 3],
  ['here', 4, 7],
  ['here', 8, 1],
  ['next', 3, 7],
  ['next', 7, 1],
  ['previous', 3, 1],
  ['previous', 1, 7],
] as const)('%s from %i is %i', (way, at, hit) => {
  expect(nextHit([1, 3, 7], at, way)).toBe(hit);
});

test('nowhere is no hit', () => expect(nextHit([], 3, 'next')).toBeUndefined());

describe('a marked line', () => {
  test('has every place marked, across what it is made of', () => {
    expect(marked(['a Red', accent('is'), ' red'], 'redis')).toEqual(['a ', inverse('Redis'), ' red']);
    expect(marked([accent('xx'), 'xx'], 'x')).toEqual(Array.from({ length: 4 }, () => inverse('x')));
  });

  test('stays whole where nothing is found, or where letters change their length', () => {
    expect(marked(['a', accent('b')], '')).toEqual(['a', accent('b')]);
    expect(marked(['İstanbul x'], 'x')).toEqual(['İstanbul x']);
  });
});

test('is typed, ended, and told with its number', () => {
  let search = beginSearch;
  for (const press of ['r', '中', 'x', 'backspace']) search = typeSearch(search, press) ?? search;
  expect(search.query).toBe('r中');
  expect(typeSearch(search, 'up')).toBeUndefined();
  expect(isSearching(endSearch(search))).toBe(false);
  expect(typeSearch(endSearch(search), 'x')).toBeUndefined();
  const { lines, cursor } = drawSearch(search, [4, 9], 9, 40, dictionaries.en);
  expect(lines[0]?.map(textOf).join('')).toBe(' /r中  2 of 2');
  expect(cursor).toEqual({ column: 5, row: 0 });
  expect(cellsOf(drawSearch(search, [], 0, 12, dictionaries.en).lines[0] ?? [])).toBeLessThan(30);
});
