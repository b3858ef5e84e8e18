import { expect, test } from 'vitest';
import { instancesAmong, isGone } from '../../source/observe/instances.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { snapshotOf } from './objects.ts';

const deployments = (...names: string[]): KubeObject[] =>
  names.map((name) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } }));
const ledger = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `${name}-ledger`, labels: { 'posthog-sealos/ledger': name } },
});
const template = (name: string) => deployments(name, `${name}-plugins`, `${name}-worker`);
const found = (...given: Parameters<typeof instancesAmong>) =>
  instancesAmong(...given).map(({ name, kind }) => `${name} ${kind}`);

test('ours are known by their record, those of the template by what it makes', () => {
  expect(found([ledger('b')], [], [...template('b'), ...template('a')])).toEqual(['a template', 'b ours']);
});
test('a Deployment alone is no PostHog', () => {
  expect(found([], [], deployments('web', 'shop-plugins', 'shop'))).toEqual([]);
});
test('an instance of the template has the components that it makes, and no others', () => {
  const [only] = instancesAmong([], [], template('posthog'));
  expect(only?.components).toContain('plugins');
  expect(only?.components).not.toContain('ingestion');
});

const root: KubeObject = { apiVersion: 'app.sealos.io/v1', kind: 'Instance', metadata: { name: 'posthog' } };
const database: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'posthog-pg-postgresql' },
};
test.each([
  ['its root and its Deployments are there', { Instance: [root], Deployment: template('posthog') }, false],
  ['one of the template has no root', { Deployment: template('posthog') }, false],
  ['its parts are still being deleted', { Deployment: deployments('posthog-web') }, false],
  ['its root alone is left', { Instance: [root] }, false],
  ['what it has kept is left', { ConfigMap: [ledger('posthog')], StatefulSet: [database] }, true],
  ['nothing is left', {}, true],
] as const)('whether it is gone: %s', (_, objects, gone) => {
  expect(isGone(snapshotOf(objects))).toBe(gone);
});

test('what may not be read is not gone', () => {
  expect(isGone({ ...snapshotOf({}), forbidden: new Set(['Deployment']) })).toBe(false);
});
