import { expect, test } from 'vitest';
import { isSeen, writtenOf } from '../../source/observe/written.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { snapshotOf } from './objects.ts';

const object = (kind: string, uid: string | undefined, generation?: number): KubeObject =>
  ({ apiVersion: 'v1', kind, metadata: { name: 'posthog-web', uid, generation } }) as KubeObject;
const written = writtenOf(object('Deployment', 'a', 3));

test.each([
  ['as it was written', object('Deployment', 'a', 3), true],
  ['newer than that', object('Deployment', 'a', 4), true],
  ['as it was before', object('Deployment', 'a', 2), false],
  ['before anything was counted', object('Deployment', 'a'), false],
  ['another of its name, which was there before or is made by somebody else', object('Deployment', 'b', 3), false],
  ['not at all', undefined, false],
])('a picture shows it %s', (_, live, expected) => {
  expect(isSeen(written, snapshotOf({ Deployment: live ? [live] : [] }))).toBe(expected);
});

test('any of the name will do where it was not told which one', () => {
  const any = { ...written, uid: undefined, generation: 0 };
  expect(isSeen(any, snapshotOf({ Deployment: [object('Deployment', 'b', 1)] }))).toBe(true);
  expect(isSeen(any, snapshotOf({}))).toBe(false);
});

test.each(['StatefulSet', 'Job', 'Cluster'] as const)('a %s is looked for among its own kind', (kind) => {
  expect(isSeen(writtenOf(object(kind, 'a', 1)), snapshotOf({ Deployment: [object('Deployment', 'a', 1)] }))).toBe(
    false,
  );
  expect(isSeen(writtenOf(object(kind, 'a', 1)), snapshotOf({ [kind]: [object(kind, 'a', 1)] }))).toBe(true);
});

test('what has nothing to become is never waited for', () => {
  expect(isSeen(writtenOf(object('ConfigMap', 'a', 1)), snapshotOf({}))).toBe(true);
});
