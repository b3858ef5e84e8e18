/** YAML and descriptions on a screen. */
import { describe, expect, test } from 'vitest';
import { firstFolds, linesBelow, outlineOf } from '../../source/console/components/outline.ts';
import { rowsOf } from '../../source/console/components/tree.ts';
import { tonedDescription, tonedYaml } from '../../source/console/components/yaml.ts';
import { accent, dim, good, strong, textOf } from '../../source/console/draw/line.ts';

const lines = [
  'kind: ConfigMap',
  'metadata:',
  '  name: "a: b"',
  'data:',
  '  script: |',
  '    key: no key',
  '',
  '    end # no comment',
  'list:',
  '  - name: x',
  '    value: 3',
];

test('is a tree by its indents', () => {
  expect(rowsOf(outlineOf(lines), new Set()).map(({ depth, parent }) => `${depth}${parent ?? ''}`)).toEqual([
    '0',
    '0',
    '11',
    '0',
    '13',
    '24',
    '24',
    '24',
    '0',
    '18',
    '29',
  ]);
});

test.each([
  [0, 0],
  [1, 1],
  [3, 4],
  [4, 3],
  [8, 2],
])('below line %i are %i lines', (at, count) => expect(linesBelow(lines, at)).toBe(count));

describe('folds in the beginning', () => {
  const items = (count: number, indent: string) => Array.from({ length: count }, (_, at) => `${indent}- item${at}`);
  test.each([
    ['nothing of what is short', ['a:', ...items(20, '  ')], []],
    ['a long block', ['x:', '  a:', ...items(21, '    '), '  b: c'], ['1']],
    ['no block at the edge', ['a:', ...items(21, '  ')], []],
    ['the innermost of the long ones', ['a:', '  b:', '    c:', ...items(21, '      '), '    d: e'], ['2']],
  ])('%s', (_, text, folded) => expect([...firstFolds(text).folded]).toEqual(folded));
});

test.each([
  ['kind: ConfigMap', [accent('kind:'), ' ', good('ConfigMap')]],
  ['  - name: "a: b"', ['  - ', accent('name:'), ' ', good('"a: b"')]],
  ['  "a/b: c": true', ['  ', accent('"a/b: c":'), ' ', 'true']],
  ['replicas: -3', [accent('replicas:'), ' ', '-3']],
  ['PASSWORD: "(hidden)"', [accent('PASSWORD:'), ' ', dim('"(hidden)"')]],
  ['# said: by somebody', [dim('# said: by somebody')]],
  ['- https://example.com', ['- ', good('https://example.com')]],
  ['spec:', [accent('spec:')]],
])('%j has its tones', (line, toned) => expect(tonedYaml([line])).toEqual([toned]));

test('a text of several lines has no keys, and what comes after it has', () => {
  const toned = tonedYaml(lines);
  expect(toned.slice(5, 8)).toEqual([[good('    key: no key')], [good('')], [good('    end # no comment')]]);
  expect(toned[8]).toEqual([accent('list:')]);
});

test('no character is lost', () => {
  const odd = [
    '  ',
    'a:b',
    ':',
    '"unclosed: x',
    '- - deep: [1, 2]',
    'key:  two  spaces',
    '\u001b[31m: x',
    '- "a',
    "'q': 1",
  ];
  expect(tonedYaml([...odd, ...lines]).map((line) => line.map(textOf).join(''))).toEqual([...odd, ...lines]);
});

test('empty lines at the end of a block are not folded away with it', () => {
  const text = ['Pod/a  Running', '  Ready: True', '', 'Pod/b', '  x', ''];
  expect(rowsOf(outlineOf(text), new Set(['0', '3'])).map(({ value }) => value)).toEqual([0, 2, 3, 5]);
  expect([linesBelow(text, 0), linesBelow(text, 3)]).toEqual([1, 1]);
});

test.each([
  ['Pod/x  Running', [strong('Pod/x  Running')]],
  ['  Ready: False (Reason): why: so', ['  ', accent('Ready:'), ' False (Reason): why: so']],
  ['  app=posthog-web', ['  ', accent('app='), 'posthog-web']],
  ['  main  not ready  restarts=7', ['  main  not ready  restarts=7']],
  ['', ['']],
])('%j of a description has its tones', (line, toned) => expect(tonedDescription([line])).toEqual([toned]));
