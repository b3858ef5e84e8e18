/** What `kubectl get` prints of each kind: columns and cells, as recorded from a server of 1.34. */
import { isBuiltIn } from '../../objects/names.ts';
import type { Kind } from '../../types.ts';
import { coreTables } from './core.ts';
import { created, custom, status, type TableOfKind, type Tables, table } from './table.ts';
import { addressesText, type Loose, none, or, someOf } from './words.ts';
import { workloadTables } from './workloads.ts';

const subjectsOf = (kind: string) => (binding: Loose) =>
  (binding.subjects ?? [])
    .filter((subject: Loose) => subject.kind === kind)
    .map((subject: Loose) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ');

const binding = table(
  { Role: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` },
  {
    'Users*1': subjectsOf('User'),
    'Groups*1': subjectsOf('Group'),
    'ServiceAccounts*1': subjectsOf('ServiceAccount'),
  },
);

const ingress = table({
  Class: ({ spec, metadata }) => or(spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class']),
  Hosts({ spec }) {
    const hosts = (spec.rules ?? []).map(({ host }: Loose) => host).filter(Boolean);
    return hosts.length > 0 ? someOf(hosts) : '*';
  },
  Address: (object) => addressesText(status(object).loadBalancer ?? {}),
  Ports: ({ spec }) => (spec.tls?.length ? '80, 443' : '80'),
});

/** Of the kinds that have more to show than name and age. */
export const tables: Tables = {
  ...coreTables,
  ...workloadTables,
  'networking.k8s.io/ingresses': ingress,
  'rbac.authorization.k8s.io/roles': created,
  'rbac.authorization.k8s.io/clusterroles': created,
  'rbac.authorization.k8s.io/rolebindings': binding,
  'rbac.authorization.k8s.io/clusterrolebindings': binding,
  'apiextensions.k8s.io/customresourcedefinitions': created,
  'coordination.k8s.io/leases': table({ Holder: ({ spec }) => spec?.holderIdentity ?? '' }),
  'discovery.k8s.io/endpointslices': table({
    AddressType: ({ addressType }) => addressType,
    Ports: ({ ports }) => or((ports ?? []).map((each: Loose) => each?.port ?? '*').join(','), '<unset>'),
    Endpoints: ({ endpoints }) =>
      or(someOf((endpoints ?? []).flatMap((each: Loose) => each?.addresses ?? [])).replace(none, ''), '<unset>'),
  }),
  'apps.kubeblocks.io/clusters': custom({
    'CLUSTER-DEFINITION': ({ spec }) => spec?.clusterDefinitionRef,
    VERSION: ({ spec }) => spec?.clusterVersionRef,
    'TERMINATION-POLICY': ({ spec }) => spec?.terminationPolicy,
    STATUS: (object) => status(object).phase,
  }),
  'apps.kubeblocks.io/opsrequests': custom({
    TYPE: ({ spec }) => spec?.type,
    CLUSTER: ({ spec }) => spec?.clusterRef,
    STATUS: (object) => status(object).phase,
    PROGRESS: (object) => status(object).progress,
  }),
};

/** Of any kind that is served: the others have a name and an age. */
export const tableOf = (kind: Kind): TableOfKind =>
  tables[`${kind.group}/${kind.plural}`] ?? (isBuiltIn(kind) ? table({}) : custom({}));
