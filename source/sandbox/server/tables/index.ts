/** What `kubectl get` prints of each kind: columns and cells, as recorded from a server of 1.34. */
import { coreTables } from './core.ts';
import { created, name, status, type TableOfKind, type Tables, table } from './table.ts';
import { ageOf, type Loose, none, or, someOf } from './words.ts';
import { workloadTables } from './workloads.ts';

export { plainTable } from './table.ts';

const subjectsOf = (binding: Loose, kind: string): string =>
  (binding.subjects ?? [])
    .filter((subject: Loose) => subject.kind === kind)
    .map((subject: Loose) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ');

const binding = table('Role', ({ roleRef }) => [`${roleRef.kind}/${roleRef.name}`], [
  'Users*1|Groups*1|ServiceAccounts*1',
  (object) => ['User', 'Group', 'ServiceAccount'].map((kind) => subjectsOf(object, kind)),
]);

function ingressCells({ metadata, spec, status: { loadBalancer = {} } = {} }: Loose): readonly unknown[] {
  const hosts = (spec.rules ?? []).map(({ host }: Loose) => host).filter(Boolean);
  const addresses = (loadBalancer.ingress ?? []).map(({ ip, hostname }: Loose) => ip ?? hostname).join(',');
  return [
    or(spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class']),
    hosts.length > 0 ? someOf(hosts) : '*',
    addresses,
    spec.tls?.length ? '80, 443' : '80',
  ];
}

/** What a definition of a custom kind prints: a field that is not there has an empty cell. */
const custom = (fields: Readonly<Record<string, (object: Loose) => unknown>>): TableOfKind => ({
  columns: ['Name:string/name', ...Object.keys(fields), 'AGE:date'].join('|'),
  cells: (object, now) => [
    name(object),
    ...Object.values(fields).map((field) => field(object) ?? null),
    ageOf(object, now),
  ],
});

/** Of the kinds that have more to show than name and age. */
export const tables: Tables = {
  ...coreTables,
  ...workloadTables,
  'networking.k8s.io/ingresses': table('Class|Hosts|Address|Ports', ingressCells),
  'rbac.authorization.k8s.io/roles': created,
  'rbac.authorization.k8s.io/clusterroles': created,
  'rbac.authorization.k8s.io/rolebindings': binding,
  'rbac.authorization.k8s.io/clusterrolebindings': binding,
  'apiextensions.k8s.io/customresourcedefinitions': created,
  'coordination.k8s.io/leases': table('Holder', ({ spec }) => [spec?.holderIdentity ?? '']),
  'discovery.k8s.io/endpointslices': table('AddressType|Ports|Endpoints', ({ addressType, ports, endpoints }) => [
    addressType,
    or((ports ?? []).map((each: Loose) => each?.port ?? '*').join(','), '<unset>'),
    or(someOf((endpoints ?? []).flatMap((each: Loose) => each?.addresses ?? [])).replace(none, ''), '<unset>'),
  ]),
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
