import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from '../../../source/sandbox/objects/field-selector.ts';
import { matchesSelector, parseLabelSelector } from '../../../source/sandbox/objects/label-selector.ts';
import { StatusError } from '../../../source/sandbox/objects/status-error.ts';
import type { Kind } from '../../../source/sandbox/types.ts';

/** As Kubernetes 1.34.4 answered: what is listed (`label`: ConfigMaps by labels), the selector, the code and the message. */
const recorded = JSON.parse(
  readFileSync(new URL('fixtures/selectors.json', import.meta.url), 'utf8'),
) as readonly (readonly [string, string, number, string])[];

const groups: Readonly<Record<string, string>> = {
  deployments: 'apps',
  statefulsets: 'apps',
  replicasets: 'apps',
  jobs: 'batch',
  apps: 'app.sealos.io',
  ingresses: 'networking.k8s.io',
  roles: 'rbac.authorization.k8s.io',
  leases: 'coordination.k8s.io',
  endpointslices: 'discovery.k8s.io',
  horizontalpodautoscalers: 'autoscaling',
  poddisruptionbudgets: 'policy',
  storageclasses: 'storage.k8s.io',
};

const kindOf = (plural: string, group = groups[plural] ?? ''): Kind => ({
  group,
  version: 'v1',
  kind: plural,
  plural,
  singular: plural,
  shortNames: [],
  categories: [],
  namespaced: !['namespaces', 'nodes'].includes(plural),
  verbs: [],
  subresources: [],
});

function answer(parse: () => unknown): readonly [number, string] {
  try {
    parse();
    return [200, ''];
  } catch (error) {
    if (error instanceof StatusError) return [error.status.code, error.status.message];
    throw error;
  }
}

describe('refusals', () => {
  it.each(recorded)('%s %j', (what, text, code, message) => {
    const parse = (): unknown =>
      what === 'label'
        ? parseLabelSelector(text)
        : parseFieldSelector(text, kindOf(what.split('.')[0] ?? '', groupIn(what)));
    expect(answer(parse)).toEqual([code, message]);
  });
});

const groupIn = (what: string): string | undefined =>
  what.includes('.') ? what.slice(what.indexOf('.') + 1) : undefined;

describe('labels', () => {
  const labels = { app: 'web', tier: '2', empty: '' };
  it.each([
    ['', true],
    ['app=web', true],
    ['app==worker', false],
    ['app!=worker', true],
    ['none!=x', true],
    ['app in (web, worker)', true],
    ['app notin (web)', false],
    ['none notin (web)', true],
    ['app', true],
    ['!app', false],
    ['!none', true],
    ['empty=', true],
    ['tier>1,tier<3', true],
    ['tier>2', false],
    ['app=web,tier=3', false],
  ])('%j: %s', (text, selected) => {
    expect(parseLabelSelector(text)(labels)).toBe(selected);
  });

  it.each([
    [undefined, false],
    [{ app: 'web' }, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'x' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [{}, true],
  ])('object %j: %s', (selector, selected) => {
    expect(matchesSelector(selector, labels)).toBe(selected);
  });
});

describe('fields', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a,b', namespace: 'n' },
    spec: { nodeName: 'node-1' },
    status: { phase: 'Running' },
  };
  it.each([
    ['metadata.name=a\\,b', true],
    ['metadata.name!=a', true],
    ['metadata.namespace==n,status.phase=Running', true],
    ['spec.nodeName=', false],
    ['status.podIP=', true],
  ])('%j: %s', (text, selected) => {
    expect(parseFieldSelector(text, kindOf('pods'))(pod)).toBe(selected);
  });
});
