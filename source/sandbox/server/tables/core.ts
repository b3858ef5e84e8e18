/** Tables of the core group. */
import { podTable } from './pods.ts';
import { created, name, status, type TableOfKind, type Tables, table } from './table.ts';
import { accessModes, addressesText, ageOf, type Loose, labelsText, or, since } from './words.ts';

const size = (map: Loose): number => Object.keys(map ?? {}).length;

function externalAddress({ spec, status: { loadBalancer = {} } = {} }: Loose): string {
  const own = (spec.externalIPs ?? []).join(',');
  if (spec.type === 'ExternalName') return spec.externalName;
  return spec.type === 'LoadBalancer' ? addressesText(loadBalancer) || own || '<pending>' : or(own);
}

const portsText = ({ spec }: Loose): string =>
  (spec.ports ?? [])
    .map(({ port, nodePort, protocol }: Loose) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
    .join(',');

const ifBound =
  (cell: (claim: Loose) => string) =>
  (claim: Loose): string =>
    claim.spec.volumeName ? cell(status(claim)) : '';

const firstSeen = (event: Loose, now: number): string => since(event.firstTimestamp ?? event.eventTime, now);

function lastSeen(event: Loose, now: number): string {
  const last = since(event.series ? event.series.lastObservedTime : event.lastTimestamp, now);
  return last === '<unknown>' ? firstSeen(event, now) : last;
}

const about = (event: Loose): Loose => event.involvedObject ?? event.regarding ?? {};

const events: TableOfKind = {
  'Last Seen': lastSeen,
  Type: ({ type }) => type ?? '',
  Reason: ({ reason }) => reason ?? '',
  Object: (event) => [about(event).kind?.toLowerCase() ?? '', about(event).name].filter(Boolean).join('/'),
  'Subobject*1': (event) => about(event).fieldPath ?? '',
  'Source*1': ({ source, reportingComponent, reportingInstance }) =>
    [source?.component || reportingComponent, source?.host || reportingInstance].filter(Boolean).join(', '),
  Message: ({ message, note }) => (message ?? note ?? '').trim(),
  'First Seen*1': firstSeen,
  'Count*1': ({ series, count }) => series?.count ?? count ?? 1,
  'Name:string/name*1': name,
};

function nodeState(node: Loose): string {
  const ready = (status(node).conditions ?? []).find(({ type }: Loose) => type === 'Ready')?.status;
  const state = ready === undefined ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable ? `${state},SchedulingDisabled` : state;
}

const rolePrefix = 'node-role.kubernetes.io/';
const rolesText = ({ metadata }: Loose): string => {
  const labels = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(rolePrefix));
  const roles = labels.map((label) => label.slice(rolePrefix.length));
  return or(roles.sort().join(','));
};
const addressOf = (type: string) => (node: Loose) =>
  or((status(node).addresses ?? []).find((each: Loose) => each.type === type)?.address);
const infoOf = (field: string) => (node: Loose) => or(status(node).nodeInfo?.[field], '<unknown>');

const nodes: TableOfKind = {
  'Name:string/name': name,
  Status: nodeState,
  Roles: rolesText,
  Age: ageOf,
  Version: (node) => status(node).nodeInfo?.kubeletVersion ?? '',
  'Internal-IP*1': addressOf('InternalIP'),
  'External-IP*1': addressOf('ExternalIP'),
  'OS-Image*1': infoOf('osImage'),
  'Kernel-Version*1': infoOf('kernelVersion'),
  'Container-Runtime*1': infoOf('containerRuntimeVersion'),
};

const usedText = (limits: boolean) => (quota: Loose) => {
  const { hard = quota.spec.hard ?? {}, used = {} } = status(quota);
  const lines = Object.keys(hard).filter((line) => line.startsWith('limits') === limits);
  const texts = lines.sort().map((line) => `${line}: ${used[line] ?? '0'}/${hard[line]}`);
  return texts.join(', ');
};

export const coreTables: Tables = {
  '/pods': podTable,
  '/configmaps': table({ Data: ({ data, binaryData }) => size(data) + size(binaryData) }),
  '/secrets': table({ Type: ({ type }) => type, Data: ({ data }) => size(data) }),
  '/services': table(
    {
      Type: ({ spec }) => spec.type,
      'Cluster-IP': ({ spec }) => or(spec.clusterIP),
      'External-IP': externalAddress,
      'Port(s)': (service) => or(portsText(service)),
    },
    { 'Selector*1': ({ spec }) => or(labelsText(spec.selector)) },
  ),
  '/events': events,
  'events.k8s.io/events': events,
  '/limitranges': created,
  '/namespaces': table({ Status: (object) => status(object).phase ?? '' }),
  '/nodes': nodes,
  '/persistentvolumeclaims': table(
    {
      Status: (claim) => (claim.metadata.deletionTimestamp ? 'Terminating' : (status(claim).phase ?? '')),
      Volume: ({ spec }) => spec.volumeName ?? '',
      Capacity: ifBound(({ capacity }) => capacity?.storage ?? ''),
      'Access Modes': ifBound(({ accessModes: modes }) => accessModes(modes)),
      StorageClass: ({ spec }) => spec.storageClassName ?? '',
      VolumeAttributesClass: ({ spec }) => or(spec.volumeAttributesClassName, '<unset>'),
    },
    { 'VolumeMode*1': ({ spec }) => or(spec.volumeMode, '<unset>') },
  ),
  '/resourcequotas': table({ Request: usedText(false), Limit: usedText(true) }),
  '/serviceaccounts': table({ Secrets: ({ secrets = [] }) => secrets.length }),
};
