/** What is served, as clients ask for it: the old documents, and all of them at once. */

import { apiVersionOf } from '../objects/names.ts';
import type { ServedKind, ServedSubresource } from './file.ts';
import { served } from './kinds.ts';

const groupNames = [...new Set(served.map(({ group }) => group))].filter((group) => group !== '');
const versionsOf = (group: string) => [
  ...new Set(served.filter((each) => each.group === group).map(({ version }) => version)),
];
const inOrder = (kinds: readonly ServedKind[]) => kinds.toSorted((a, b) => (a.plural < b.plural ? -1 : 1));

/** `/api`, `/apis` and what is below, without the plurals in `hidden`; undefined for what is not served. */
export function discovery(
  path: string,
  aggregated: boolean,
  hidden: ReadonlySet<string> = new Set(),
): unknown | undefined {
  if (aggregated) return groupList(path === '/api' ? [''] : groupNames, hidden);
  if (path === '/api')
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:6443' }],
    };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames.map(groupOf) };
  const [, root, group = '', version] = path.split('/');
  if (root === 'api') return resourceList('', group, hidden);
  if (version !== undefined) return resourceList(group, version, hidden);
  return groupNames.includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) } : undefined;
}

function groupOf(name: string) {
  const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] };
}

const kindsIn = (group: string, version: string, hidden: ReadonlySet<string>) =>
  served.filter((each) => each.group === group && each.version === version && !hidden.has(each.plural));

function resourceList(group: string, version: string, hidden: ReadonlySet<string>): unknown | undefined {
  const kinds = kindsIn(group, version, hidden);
  if (kinds.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: inOrder(kinds).flatMap((kind) => [
      {
        name: kind.plural,
        singularName: kind.singular,
        namespaced: kind.namespaced,
        kind: kind.kind,
        verbs: kind.verbs,
        ...listed(kind),
      },
      ...kind.subresources.map((each) => ({
        name: `${kind.plural}/${each.name}`,
        singularName: '',
        namespaced: kind.namespaced,
        ...(each.group && { group: each.group }),
        ...(each.version && { version: each.version }),
        kind: each.kind,
        verbs: each.verbs,
      })),
    ]),
  };
}

function listed({ shortNames, categories }: ServedKind) {
  return { ...(shortNames.length > 0 && { shortNames }), ...(categories.length > 0 && { categories }) };
}

function groupList(groups: readonly string[], hidden: ReadonlySet<string>) {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versionsOf(group).map((version) => ({
        version,
        resources: inOrder(kindsIn(group, version, hidden)).map(resource),
        freshness: 'Current',
      })),
    })),
  };
}

function resource(kind: ServedKind) {
  return {
    resource: kind.plural,
    responseKind: { group: '', version: '', kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...listed(kind),
    ...(kind.subresources.length > 0 && { subresources: kind.subresources.map(subresource) }),
  };
}

function subresource({ name, kind, group = '', version = '', verbs }: ServedSubresource) {
  return { subresource: name, responseKind: { group, version, kind }, verbs };
}
