/** What can be written behind `scale`, and what is said of the rest. */
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../source/errors.ts';
import { dictionaries } from '../../../source/messages/index.ts';
import { changesOf, inOrder, undone, wantsOf, wordsOf } from '../../../source/operate/scale/change.ts';
import { parseWords } from '../../../source/operate/scale/words.ts';
import { currents } from './support.ts';

const changesAfter = (...words: readonly string[]) => changesOf(wantsOf(parseWords(words), currents()), currents());

test.each([
  [['worker=2'], ['worker replicas 1 2']],
  [['ingestion=+2'], ['ingestion replicas 1 3']],
  [['web:replicas=2'], ['web replicas 1 2']],
  [['web:memory=6Gi'], ['web memory 4Gi 6Gi']],
  [['web:memory=6144Mi'], ['web memory 4Gi 6Gi']],
  [
    ['web:cpu=3', 'web:memory=6Gi'],
    ['web cpu 2 3', 'web memory 4Gi 6Gi'],
  ],
  [['web:cpu=1500m'], ['web cpu 2 1500m']],
  [
    ['web=2', 'worker=2', 'ingestion=2'],
    ['ingestion replicas 1 2', 'worker replicas 1 2', 'web replicas 1 2'],
  ],
  // As it is already.
  [['worker=1', 'web:cpu=2000m', 'ingestion=+0'], []],
  // Left to the guards.
  [['capture=2'], []],
])('%j', (words, changes) => {
  expect(changesAfter(...words).map((each) => Object.values(each).join(' '))).toEqual(changes);
});

test.each([
  [1, 1, 'Its log has one error since then: refused', '之后它的日志里有 1 条错误：refused'],
  [3, 1, 'Its log has 3 errors since then, the latest: refused', '之后它的日志里有 3 条错误，最近一条是：refused'],
  [3, 3, 'Its log has 3 errors since then, all like this: refused', '之后它的日志里有 3 条错误，都是：refused'],
  [
    3,
    2,
    'Its log has 3 errors since then, 2 of them like this: refused',
    '之后它的日志里有 3 条错误，其中 2 条类似：refused',
  ],
])('of %i errors, %i are alike', (count, alike, en, zh) => {
  expect(dictionaries.en.scale.logErrors(count, alike, 'refused')).toContain(en);
  expect(dictionaries.zh.scale.logErrors(count, alike, 'refused')).toContain(zh);
});

describe('mistakes', () => {
  test.each([
    [[], 'Nothing to change was named'],
    [['bucket=1'], 'Nothing of bucket can be scaled.'],
    [['topics:memory=1Gi'], 'Nothing of topics can be scaled.'],
    [['nosuch=1'], 'There is no component "nosuch". Components: '],
    [['captrue=1'], 'did you mean "capture"? Components: capture, '],
    [['wbe=1'], 'did you mean "web"?'],
    [['ingress=1'], 'Nothing of ingress can be scaled'],
    [['constructor=1'], 'There is no component "constructor"'],
    [['web'], '"web" is no change'],
    [['=2'], '"=2" is no change'],
    [['web='], 'write a whole number of replicas'],
    [['web=-1'], 'write a whole number of replicas'],
    [['web=1.5'], 'write a whole number of replicas'],
    [['web=1e3'], 'write a whole number of replicas'],
    [['web=+'], 'write a whole number of replicas'],
    [['web=99999999999999999999'], 'write a whole number of replicas'],
    [['web:memory=2GB'], 'write an amount such as'],
    [['web:memory=1'], 'write an amount such as'],
    [['web:memory=+1Gi'], 'write an amount such as'],
    [['web:memory=9999Ti'], 'write an amount such as'],
    [['web:cpu=two'], 'write cores such as'],
    [['web:cpu=0'], 'write cores such as'],
    [['web:memroy=2Gi'], 'did you mean "memory"?'],
    [['web:=2'], '"" cannot be changed'],
    [['web=1', 'web:replicas=2'], 'web:replicas is named twice'],
  ])('%j', (words, said) => {
    const error = (() => {
      try {
        return parseWords(words);
      } catch (thrown) {
        return thrown;
      }
    })() as UserError;
    expect(error).toBeInstanceOf(UserError);
    expect(error.exit).toBe(2);
    expect(error.say(dictionaries.en)).toContain(said);
  });

  test('are all named at once', () => {
    expect(() => parseWords(['web=-1', 'x=1', 'worker=2'])).toThrow(/web=-1[\s\S]*"x"/);
  });
});

test('memory of 1Gi with a plus is no word, but replicas are', () => {
  expect(parseWords(['ingestion=+1'])).toEqual([{ component: 'ingestion', field: 'replicas', value: 1, isMore: true }]);
});

test('the way back', () => {
  const changes = changesAfter('web:memory=6Gi', 'ingestion=3');
  expect(wordsOf(changes)).toEqual(['ingestion=3', 'web:memory=6Gi']);
  expect(wordsOf(undone(changes))).toEqual(['ingestion=1', 'web:memory=4Gi']);
});

test('a limit where there was none is no change that leads back', () => {
  const bare = currents({ web: { memory: '' } });
  const changes = changesOf(wantsOf(parseWords(['web:memory=6Gi', 'web=2']), bare), bare);
  expect(changes).toContainEqual({ component: 'web', field: 'memory', from: '', to: '6Gi' });
  expect(wordsOf(undone(changes))).toEqual(['web=1']);
  expect(changesOf(new Map([['web', { memory: '' }]]), currents())).toHaveLength(1);
});

test('the same amount in other words is no change', () => {
  const there = currents({ web: { cpu: '2000m', memory: '4096Mi' } });
  expect(changesOf(wantsOf(parseWords(['web:cpu=2', 'web:memory=4Gi']), there), there)).toEqual([]);
});

test('the order of the manual: what drains first, stores last', () => {
  expect(inOrder(['clickhouse', 'web', 'capture', 'worker', 'ingestion', 'postgres', 'web'])).toEqual([
    'ingestion',
    'worker',
    'web',
    'capture',
    'postgres',
    'clickhouse',
  ]);
});
