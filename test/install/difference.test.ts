import { expect, test } from 'vitest';
import { differenceOf } from '../../source/install/difference.ts';
import type { KubeObject } from '../../source/stack/types.ts';

const config = (data: Record<string, string>, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', ...more },
  data,
});

test('a changed line is told with its neighbours, and nothing else', async () => {
  const lines = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${10 + at}`, 'same']));
  const difference = await differenceOf({ before: config(lines), after: config({ ...lines, k20: 'other' }) });
  expect(difference).toEqual([
    '@@ 13, 13 @@',
    '   k17: same',
    '   k18: same',
    '   k19: same',
    '-  k20: same',
    '+  k20: other',
    '   k21: same',
    '   k22: same',
    '   k23: same',
  ]);
});

test('of a new object, everything comes', async () => {
  expect(await differenceOf({ before: undefined, after: config({ a: 'b' }) })).toEqual([
    '+apiVersion: v1',
    '+kind: ConfigMap',
    '+metadata:',
    '+  name: x',
    '+data:',
    '+  a: b',
  ]);
});

test('versions and the state that the server writes are no difference', async () => {
  const before = { ...config({ a: 'b' }, { resourceVersion: '1', managedFields: [] }), status: { phase: 'Old' } };
  const after = {
    ...config({ a: 'b' }, { resourceVersion: '2', generation: 3, uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' }),
    status: { phase: 'New' },
  };
  expect(await differenceOf({ before, after })).toEqual([]);
});

test('secrets stay hidden', async () => {
  const secret = (value: string): KubeObject => ({ ...config({ key: value }), kind: 'Secret' });
  expect((await differenceOf({ before: undefined, after: secret('aHVudGVyMg==') })).join('\n')).not.toContain('aHVu');
});
