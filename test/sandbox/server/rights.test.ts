/** Who may do what (RBAC), and what a request's address means. */
import { expect, test } from 'vitest';
import { createStore } from '../../../source/sandbox/objects/index.ts';
import { authorize } from '../../../source/sandbox/server/index.ts';
import { requestInfoOf } from '../../../source/sandbox/server/request-info.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { kind } from './support.ts';

const api = 'rbac.authorization.k8s.io/v1';
const me = { name: 'me', groups: ['team'] };

function storeWith(rules: object, subject: object = { kind: 'User', name: 'me' }, cluster = false) {
  const store = createStore();
  const metadata = { name: 'r', ...(cluster ? {} : { namespace: 'mine' }) };
  const put = (name: string, more: object) =>
    store.put(kind(api, name), { apiVersion: api, kind: name, metadata, ...more } as KubeObject);
  put(cluster ? 'ClusterRole' : 'Role', { rules: [rules] });
  const roleRef = { kind: cluster ? 'ClusterRole' : 'Role', name: 'r' };
  put(cluster ? 'ClusterRoleBinding' : 'RoleBinding', { roleRef, subjects: [subject] });
  return store;
}

const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
const all = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const mine = '/api/v1/namespaces/mine';

test.each([
  ['GET', `${mine}/pods/a`, pods, true],
  ['GET', `${mine}/pods`, pods, true],
  ['GET', `${mine}/pods?watch=1`, pods, false],
  ['DELETE', `${mine}/pods/a`, pods, false],
  ['GET', `${mine}/pods/a/log`, pods, false],
  ['GET', `${mine}/pods/a/log`, { ...pods, resources: ['pods/log'] }, true],
  ['GET', `${mine}/pods/a/log`, { ...pods, resources: ['*/log'] }, true],
  ['GET', `${mine}/pods/a`, { ...pods, resourceNames: ['a'] }, true],
  ['GET', `${mine}/pods/b`, { ...pods, resourceNames: ['a'] }, false],
  ['GET', `${mine}/pods?fieldSelector=metadata.name%3Da`, { ...pods, resourceNames: ['a'] }, true],
  ['GET', '/apis/apps/v1/namespaces/mine/deployments', pods, false],
  ['POST', '/apis/apps/v1/namespaces/mine/deployments', all, true],
  ['POST', `${mine}/pods/a/exec`, all, true],
  ['DELETE', `${mine}/pods`, all, true],
  ['GET', '/api/v1/namespaces/mine', all, true],
  ['GET', '/api/v1/namespaces/other/pods', all, false],
  ['GET', '/api/v1/pods', all, false],
  ['GET', '/api/v1/namespaces', all, false],
  ['GET', '/apis/apps/v1', pods, true],
  ['GET', '/openapi/v3/api/v1', pods, true],
  ['GET', '/metrics', all, false],
])('%s %s by a role', (method, path, rules, expected) => {
  expect(authorize(storeWith(rules), me, requestInfoOf(method, path))).toBe(expected);
});

test.each([
  [{ kind: 'Group', name: 'team' }, true],
  [{ kind: 'Group', name: 'system:authenticated' }, true],
  [{ kind: 'Group', name: 'others' }, false],
  [{ kind: 'ServiceAccount', name: 'me', namespace: 'x' }, false],
])('bound to %o', (subject, expected) => {
  expect(authorize(storeWith(pods, subject), me, requestInfoOf('GET', `${mine}/pods`))).toBe(expected);
});

test('a service account is a user, and a cluster role holds everywhere', () => {
  const store = storeWith(pods, { kind: 'ServiceAccount', name: 'sa', namespace: 'x' }, true);
  const account = { name: 'system:serviceaccount:x:sa', groups: [] };
  expect(authorize(store, account, requestInfoOf('GET', '/api/v1/pods'))).toBe(true);
  expect(authorize(store, me, requestInfoOf('GET', '/api/v1/pods'))).toBe(false);
});

test('addresses are read as the real server reads them', () => {
  const read = (method: string, path: string) => {
    const { verb, resource, rest, malformed } = requestInfoOf(method, path);
    return { verb, ...resource, rest, malformed };
  };
  const core = { group: '', version: 'v1', rest: '', malformed: false };
  expect(read('DELETE', '/api/v1/namespaces/x/pods')).toEqual({
    ...core,
    verb: 'deletecollection',
    namespace: 'x',
    resource: 'pods',
  });
  expect(read('GET', '/api/v1/watch/namespaces/x/pods')).toMatchObject({
    verb: 'watch',
    namespace: 'x',
    resource: 'pods',
  });
  expect(read('PUT', '/api/v1/namespaces/x/status')).toMatchObject({
    namespace: 'x',
    resource: 'namespaces',
    name: 'x',
    subresource: 'status',
  });
  expect(read('GET', '/api/v1/namespaces/x/services/a:b/proxy/c%20d/e?f=g')).toMatchObject({
    name: 'a:b',
    subresource: 'proxy',
    rest: '/c%20d/e',
  });
  expect(read('GET', '/api/v1/namespaces/x/pods/a/b/c')).toMatchObject({ malformed: true });
});
