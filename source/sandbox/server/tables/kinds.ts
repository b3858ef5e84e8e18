/** What `kubectl get` prints of each kind: columns and cells, as recorded from a server of 1.34. */
import type { KubeObject } from '../../../stack/types.ts';
import { podCells } from './pods.ts';
import {
  accessModes,
  ageOf,
  durationOf,
  type Loose,
  labelsText,
  none,
  or,
  selectorText,
  since,
  someOf,
} from './words.ts';

export interface TableOfKind {
  /** `Name:type/format*priority`, where `string` and 0 are left out. */
  readonly columns: string;
  /** In the order of the columns, with the name. */
  readonly cells: (object: Loose, now: number) => readonly unknown[];
}

const names = (template: Loose): string => template.spec.containers.map(({ name }: Loose) => name).join(',');
const images = (template: Loose): string => template.spec.containers.map(({ image }: Loose) => image).join(',');
const containers = 'Containers*1|Images*1';
const workload = (object: Loose): readonly string[] => {
  const template = object.spec.template ?? object.spec.jobTemplate.spec.template;
  return [names(template), images(template)];
};
const status = (object: Loose): Loose => object.status ?? {};
const name = ({ metadata }: KubeObject): string => metadata.name;

/** Columns whose cells come before the age, which comes before those of `-o wide`. */
const table = (
  columns: string,
  cells: (object: Loose, now: number) => readonly unknown[],
  wide: readonly [string, (object: Loose) => readonly unknown[]] = ['', () => []],
): TableOfKind => ({
  columns: ['Name:string/name', columns, 'Age', wide[0]].filter(Boolean).join('|'),
  cells: (object, now) => [name(object), ...cells(object, now), ageOf(object, now), ...wide[1](object)],
});

const created: TableOfKind = {
  columns: 'Name:string/name|Created At:date',
  cells: (object) => [name(object), object.metadata.creationTimestamp],
};

const withSelector = [
  `${containers}|Selector*1`,
  (object: Loose) => [...workload(object), selectorText(object.spec.selector)],
] as const;

const size = (map: Loose): number => Object.keys(map ?? {}).length;
const subjectsOf = (binding: Loose, kind: string): string =>
  (binding.subjects ?? [])
    .filter((subject: Loose) => subject.kind === kind)
    .map((subject: Loose) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ');

const binding = table('Role', ({ roleRef }) => [`${roleRef.kind}/${roleRef.name}`], [
  'Users*1|Groups*1|ServiceAccounts*1',
  (object) => ['User', 'Group', 'ServiceAccount'].map((kind) => subjectsOf(object, kind)),
]);

function jobCells(job: Loose, now: number): readonly unknown[] {
  const { succeeded = 0, startTime, completionTime, conditions = [] } = status(job);
  const { completions, parallelism = 1, suspend } = job.spec;
  const has = (type: string) => conditions.some((each: Loose) => each.type === type && each.status === 'True');
  const phase =
    ['Complete', 'Failed'].find(has) ??
    (job.metadata.deletionTimestamp ? 'Terminating' : suspend && has('Suspended') ? 'Suspended' : undefined) ??
    ['FailureTarget', 'SuccessCriteriaMet'].find(has) ??
    'Running';
  const of = completions ?? (parallelism > 1 ? `1 of ${parallelism}` : 1);
  const lasted = startTime
    ? durationOf((completionTime ? Date.parse(completionTime) : now) - Date.parse(startTime))
    : '';
  return [phase, `${succeeded}/${of}`, lasted];
}

function serviceCells({ spec, status: { loadBalancer = {} } = {} }: Loose): readonly unknown[] {
  const addresses = (loadBalancer.ingress ?? []).map(({ ip, hostname }: Loose) => ip ?? hostname).join(',');
  const external: Readonly<Record<string, string>> = {
    LoadBalancer: addresses || (spec.externalIPs ?? []).join(',') || '<pending>',
    ExternalName: spec.externalName,
  };
  const ports = (spec.ports ?? []).map(
    ({ port, nodePort, protocol }: Loose) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`,
  );
  return [
    spec.type,
    or(spec.clusterIP),
    external[spec.type] ?? or((spec.externalIPs ?? []).join(',')),
    or(ports.join(',')),
  ];
}

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

function claimCells({
  metadata,
  spec,
  status: { phase, capacity, accessModes: modes } = {} as Loose,
}: Loose): readonly unknown[] {
  const bound = Boolean(spec.volumeName);
  return [
    metadata.deletionTimestamp ? 'Terminating' : (phase ?? ''),
    spec.volumeName ?? '',
    bound ? (capacity?.storage ?? '') : '',
    bound ? accessModes(modes) : '',
    spec.storageClassName ?? '',
    or(spec.volumeAttributesClassName, '<unset>'),
  ];
}

function eventCells(event: Loose, now: number): readonly unknown[] {
  const first = since(event.firstTimestamp ?? event.eventTime, now);
  const about = event.involvedObject ?? event.regarding ?? {};
  const target = [about.kind?.toLowerCase() ?? '', about.name].filter(Boolean).join('/');
  const last = event.series ? since(event.series.lastObservedTime, now) : since(event.lastTimestamp, now);
  const source = [event.source?.component || event.reportingComponent, event.source?.host || event.reportingInstance];
  return [
    last === '<unknown>' ? first : last,
    event.type ?? '',
    event.reason ?? '',
    target,
    about.fieldPath ?? '',
    source.filter(Boolean).join(', '),
    (event.message ?? event.note ?? '').trim(),
    first,
    event.series?.count ?? event.count ?? 1,
    name(event),
  ];
}
const events: TableOfKind = {
  columns: 'Last Seen|Type|Reason|Object|Subobject*1|Source*1|Message|First Seen*1|Count*1|Name:string/name*1',
  cells: eventCells,
};

function nodeCells(node: Loose, now: number): readonly unknown[] {
  const { conditions = [], addresses = [], nodeInfo = {} } = status(node);
  const ready = conditions.find(({ type }: Loose) => type === 'Ready')?.status;
  const state = ready === undefined ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(node.metadata.labels ?? {}).filter((label) => label.startsWith(prefix));
  const address = (type: string) => or(addresses.find((each: Loose) => each.type === type)?.address);
  return [
    name(node),
    node.spec?.unschedulable ? `${state},SchedulingDisabled` : state,
    or(
      roles
        .map((role) => role.slice(prefix.length))
        .sort()
        .join(','),
    ),
    ageOf(node, now),
    nodeInfo.kubeletVersion ?? '',
    address('InternalIP'),
    address('ExternalIP'),
    ...[nodeInfo.osImage, nodeInfo.kernelVersion, nodeInfo.containerRuntimeVersion].map((each) =>
      or(each, '<unknown>'),
    ),
  ];
}

function quotaCells({ spec, status: { hard = spec.hard ?? {}, used = {} } = {} as Loose }: Loose): readonly unknown[] {
  const lines = Object.keys(hard).sort();
  const text = (limits: boolean) =>
    lines
      .filter((line) => line.startsWith('limits') === limits)
      .map((line) => `${line}: ${used[line] ?? '0'}/${hard[line]}`)
      .join(', ');
  return [text(false), text(true)];
}

const endpointsText = ({ subsets = [] }: Loose): string =>
  someOf(
    subsets.flatMap(({ addresses = [], ports = [] }: Loose) =>
      addresses.flatMap(({ ip }: Loose) => (ports.length ? ports.map(({ port }: Loose) => `${ip}:${port}`) : [ip])),
    ),
  );

/** The API group and plural of each kind that has more to show than name and age. */
export const tables: Readonly<Record<string, TableOfKind>> = {
  '/pods': {
    columns: 'Name:string/name|Ready|Status|Restarts|Age|IP*1|Node*1|Nominated Node*1|Readiness Gates*1',
    cells: podCells,
  },
  '/configmaps': table('Data', ({ data, binaryData }) => [size(data) + size(binaryData)]),
  '/secrets': table('Type|Data', ({ type, data }) => [type, size(data)]),
  '/services': table('Type|Cluster-IP|External-IP|Port(s)', serviceCells, [
    'Selector*1',
    ({ spec }) => [or(labelsText(spec.selector))],
  ]),
  '/endpoints': table('Endpoints', (object) => [endpointsText(object)]),
  '/events': events,
  'events.k8s.io/events': events,
  '/limitranges': created,
  '/namespaces': table('Status', (object) => [status(object).phase ?? '']),
  '/nodes': {
    columns:
      'Name:string/name|Status|Roles|Age|Version|Internal-IP*1|External-IP*1|OS-Image*1|Kernel-Version*1|Container-Runtime*1',
    cells: nodeCells,
  },
  '/persistentvolumeclaims': table(
    'Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass',
    claimCells,
    ['VolumeMode*1', ({ spec }) => [or(spec.volumeMode, '<unset>')]],
  ),
  '/persistentvolumes': table(
    'Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason',
    ({ spec, status: { phase, reason } = {} as Loose }) => [
      spec.capacity?.storage ?? '',
      accessModes(spec.accessModes),
      spec.persistentVolumeReclaimPolicy ?? '',
      phase ?? '',
      spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '',
      spec.storageClassName ?? '',
      or(spec.volumeAttributesClassName, '<unset>'),
      reason ?? '',
    ],
    ['VolumeMode*1', ({ spec }) => [or(spec.volumeMode, '<unset>')]],
  ),
  '/resourcequotas': table('Request|Limit', quotaCells),
  '/serviceaccounts': table('Secrets', ({ secrets = [] }) => [secrets.length]),
  'apps/deployments': table(
    'Ready|Up-to-date|Available',
    (object) => {
      const { readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status(object);
      return [`${readyReplicas}/${object.spec.replicas}`, updatedReplicas, availableReplicas];
    },
    withSelector,
  ),
  'apps/replicasets': table(
    'Desired:integer|Current:integer|Ready:integer',
    (object) => [object.spec.replicas, status(object).replicas ?? 0, status(object).readyReplicas ?? 0],
    withSelector,
  ),
  'apps/statefulsets': table('Ready', (object) => [`${status(object).readyReplicas ?? 0}/${object.spec.replicas}`], [
    containers,
    workload,
  ]),
  'apps/controllerrevisions': table('Controller|Revision', ({ metadata, revision }) => {
    const owner = (metadata.ownerReferences ?? []).find((each: Loose) => each.controller);
    const [group] = owner?.apiVersion.split('/') ?? [];
    return [owner ? `${owner.kind.toLowerCase()}.${group}/${owner.name}` : none, revision];
  }),
  'batch/jobs': table('Status|Completions|Duration', jobCells, withSelector),
  'batch/cronjobs': table(
    'Schedule|Timezone|Suspend:boolean|Active:integer|Last Schedule',
    ({ spec, status: { active = [], lastScheduleTime } = {} as Loose }, now) => [
      spec.schedule,
      or(spec.timeZone),
      spec.suspend ? 'True' : 'False',
      active.length,
      lastScheduleTime ? since(lastScheduleTime, now) : none,
    ],
    [`${containers}|Selector*1`, (object) => [...workload(object), none]],
  ),
  'networking.k8s.io/ingresses': table('Class|Hosts|Address|Ports', ingressCells),
  'networking.k8s.io/networkpolicies': table('Pod-Selector', ({ spec }) => [selectorText(spec.podSelector)]),
  'policy/poddisruptionbudgets': table(
    'Min Available|Max Unavailable|Allowed Disruptions:integer',
    ({ spec, status: { disruptionsAllowed = 0 } = {} as Loose }) => [
      String(spec.minAvailable ?? 'N/A'),
      String(spec.maxUnavailable ?? 'N/A'),
      disruptionsAllowed,
    ],
  ),
  'rbac.authorization.k8s.io/roles': created,
  'rbac.authorization.k8s.io/clusterroles': created,
  'rbac.authorization.k8s.io/rolebindings': binding,
  'rbac.authorization.k8s.io/clusterrolebindings': binding,
  'apiextensions.k8s.io/customresourcedefinitions': created,
  'coordination.k8s.io/leases': table('Holder', ({ spec }) => [spec?.holderIdentity ?? '']),
  'discovery.k8s.io/endpointslices': table('AddressType|Ports|Endpoints', ({ addressType, ports, endpoints }) => [
    addressType,
    or((ports ?? []).map(({ port }: Loose) => port ?? '*').join(','), '<unset>'),
    or(someOf((endpoints ?? []).flatMap(({ addresses }: Loose) => addresses)).replace(none, ''), '<unset>'),
  ]),
  'storage.k8s.io/storageclasses': table(
    'Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion',
    ({ provisioner, reclaimPolicy, volumeBindingMode, allowVolumeExpansion }) => [
      provisioner,
      reclaimPolicy ?? 'Delete',
      volumeBindingMode ?? '<unset>',
      allowVolumeExpansion ?? false,
    ],
  ),
  'apps.kubeblocks.io/clusters': {
    columns: 'Name:string/name|CLUSTER-DEFINITION|VERSION|TERMINATION-POLICY|STATUS|AGE:date',
    cells: (object, now) => [
      name(object),
      object.spec?.clusterDefinitionRef ?? null,
      object.spec?.clusterVersionRef ?? null,
      object.spec?.terminationPolicy ?? null,
      status(object).phase ?? null,
      ageOf(object, now),
    ],
  },
  'apps.kubeblocks.io/opsrequests': {
    columns: 'Name:string/name|TYPE|CLUSTER|STATUS|PROGRESS|AGE:date',
    cells: (object, now) => [
      name(object),
      object.spec?.type ?? null,
      object.spec?.clusterRef ?? null,
      status(object).phase ?? null,
      status(object).progress ?? null,
      ageOf(object, now),
    ],
  },
};

/** Of all other kinds. */
export const plainTable: TableOfKind = {
  columns: 'Name:string/name|Age:date',
  cells: (object, now) => [name(object), ageOf(object, now)],
};
