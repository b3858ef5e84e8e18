/** Tables of the core group. */
import { podCells } from './pods.ts';
import { created, name, status, type TableOfKind, type Tables, table } from './table.ts';
import { accessModes, ageOf, type Loose, labelsText, or, since } from './words.ts';

const size = (map: Loose): number => Object.keys(map ?? {}).length;
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

export const coreTables: Tables = {
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
  '/resourcequotas': table('Request|Limit', quotaCells),
  '/serviceaccounts': table('Secrets', ({ secrets = [] }) => [secrets.length]),
};
