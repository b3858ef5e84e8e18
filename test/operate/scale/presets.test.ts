/** Sizes as changes of what there is. */
import { expect, test } from 'vitest';
import { changesOf, wordsOf } from '../../../source/operate/scale/change.ts';
import { presetOf } from '../../../source/operate/scale/presets.ts';
import type { SizeName } from '../../../source/stack/types.ts';
import { around, currents } from './support.ts';

const words = (size: SizeName, there = currents(), partitions = around().partitions) =>
  wordsOf(changesOf(presetOf(size, there, partitions).wants, there));

test('the size that is there changes nothing', () => {
  expect(words('small')).toEqual([]);
});

test('a larger one', () => {
  expect(words('medium')).toEqual([
    'ingestion:cpu=2',
    'ingestion:memory=3Gi',
    'worker:cpu=2',
    'worker:memory=6Gi',
    'web=2',
    'postgres:cpu=2',
    'postgres:memory=4Gi',
    'clickhouse:cpu=4',
    'clickhouse:memory=16Gi',
  ]);
});

test('a smaller one leaves stores what they have', () => {
  expect(words('trial')).toEqual([
    'ingestion:cpu=500m',
    'ingestion:memory=1536Mi',
    'worker:cpu=500m',
    'worker:memory=2Gi',
    'web:cpu=1',
    'web:memory=3Gi',
  ]);
});

test('no more readers than there are partitions', () => {
  expect(words('large')).toContain('ingestion=4');
  expect(presetOf('large', currents(), around().partitions).bounded).toEqual(['ingestion']);
  expect(words('large', currents(), new Map())).toContain('ingestion=6');
  expect(presetOf('medium', currents(), around().partitions).bounded).toEqual([]);
});

test('a store without a limit has none to grow', () => {
  expect(words('medium', currents({ clickhouse: { memory: '', cpu: '' } })).join()).not.toContain('clickhouse');
});
