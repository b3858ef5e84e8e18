/** A component, or one of its objects, as `kubectl describe` would tell it. Pure; the text is the cluster's own, and untrusted. */
import { componentOf, objectName } from '../stack/components.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { eventsAbout } from './happenings.ts';
import { type ObjectName, objectNamed } from './inventory.ts';
import {
  type ContainerStatus,
  containersOf,
  eventsOf,
  mainObject,
  type ObservedEvent,
  podStatus,
  podsOf,
} from './lookups.ts';
import { observedKinds, type Snapshot } from './types.ts';

/** All its pods at once. Lines; two spaces of indent a level. */
export function describeComponent(id: ComponentId, snapshot: Snapshot): readonly string[] {
  const { kind } = componentOf(id);
  const object = mainObject(id, snapshot);
  const pods = podsOf(id, snapshot, true);
  return [
    `${kind}/${object?.metadata.name ?? objectName(id, snapshot.app)}`,
    ...(object ? conditionsOf(object) : ['  -']),
    ...pods.flatMap(podLines),
    ...eventLines(eventsOf(id, snapshot)),
  ];
}

/** Lines; only `-` when it is there no more. */
export function describeObject(of: ObjectName, snapshot: Snapshot): readonly string[] {
  const object = objectNamed(of, snapshot);
  const head = `${observedKinds[of.kind].kind}/${of.name}`;
  if (!object) return [head, '  -'];
  const about = aboutOf(object);
  const events = eventLines(eventsAbout(of, snapshot));
  if (of.kind !== 'Pod') return [head, ...about, ...particularsOf(object), ...conditionsOf(object), ...events];
  const [, podHead = head, ...podRest] = podLines(object);
  return [podHead, ...about, ...podRest, ...events];
}

function aboutOf({ metadata }: KubeObject): readonly string[] {
  const { creationTimestamp, ownerReferences = [], labels = {} } = metadata;
  return [
    ...(creationTimestamp ? [`  created ${creationTimestamp}`] : []),
    ...ownerReferences.map(({ kind, name }) => `  of ${kind}/${name}`),
    ...Object.entries(labels).map(([key, value]) => `  ${key}=${value}`),
  ];
}

/** What matters about such an object before anything else. */
function particularsOf(object: KubeObject): readonly string[] {
  const { spec = {}, status = {}, data } = object as unknown as Particulars;
  const images = spec.template?.spec?.containers ?? [];
  return [
    ...(spec.replicas === undefined ? [] : [`  replicas ${status.readyReplicas ?? 0} of ${spec.replicas} ready`]),
    ...images.map(({ name, image }) => `  ${name}  ${image}`),
    ...(spec.type ? [`  ${spec.type} ${spec.clusterIP ?? ''}`.trimEnd()] : []),
    ...(spec.ports ?? []).map(({ name = '', port, targetPort }) => `  ${name} ${port} -> ${targetPort ?? port}`),
    ...(spec.rules ?? []).flatMap(({ host, http }) => [
      `  ${host ?? '*'}`,
      ...(http?.paths ?? []).map(({ path = '/', backend }) => `    ${path} -> ${backend?.service?.name ?? '-'}`),
    ]),
    ...(status.phase ? [`  ${status.phase}`] : []),
    ...(status.capacity?.storage ? [`  ${status.capacity.storage} ${spec.storageClassName ?? ''}`.trimEnd()] : []),
    ...Object.keys(data ?? {}).map((key) => `  ${key}`),
    ...Object.entries(status.hard ?? {}).map(([what, most]) => `  ${what}  ${status.used?.[what] ?? '0'} of ${most}`),
  ];
}

interface Particulars {
  readonly spec?: {
    readonly replicas?: number;
    readonly type?: string;
    readonly clusterIP?: string;
    readonly storageClassName?: string;
    readonly ports?: readonly { name?: string; port: number; targetPort?: number | string }[];
    readonly rules?: readonly {
      host?: string;
      http?: { paths?: readonly { path?: string; backend?: { service?: { name?: string } } }[] };
    }[];
    readonly template?: { readonly spec?: { readonly containers?: readonly { name: string; image: string }[] } };
  };
  readonly status?: {
    readonly phase?: string;
    readonly readyReplicas?: number;
    readonly capacity?: { readonly storage?: string };
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
  /** Keys only: a Secret's values are nobody's business. */
  readonly data?: Readonly<Record<string, unknown>>;
}

function conditionsOf(object: KubeObject): readonly string[] {
  const { conditions = [] } = podStatus(object);
  return conditions.map(
    ({ type, status, reason, message }) =>
      `  ${type}: ${status}${reason ? ` (${reason})` : ''}${message ? `: ${message}` : ''}`,
  );
}

function podLines(pod: KubeObject): readonly string[] {
  const { phase, reason, message } = podStatus(pod);
  const node = (pod['spec'] as { nodeName?: string } | undefined)?.nodeName;
  return [
    '',
    `Pod/${pod.metadata.name}  ${phase ?? ''}${node ? `  ${node}` : ''}`,
    ...(reason || message ? [`  ${[reason, message].filter(Boolean).join(': ')}`] : []),
    ...conditionsOf(pod),
    ...containersOf(pod).flatMap(containerLines),
  ];
}

function containerLines({ name, ready, restartCount, state, lastState }: ContainerStatus): readonly string[] {
  const told = (label: string, at: typeof state): readonly string[] =>
    Object.entries(at ?? {}).map(
      ([how, facts]) =>
        `    ${label}: ${how} ${Object.entries((facts ?? {}) as object)
          .map(([key, value]) => `${key}=${String(value)}`)
          .join(' ')}`,
    );
  return [
    `  ${name}  ${ready ? 'ready' : 'not ready'}  restarts=${restartCount ?? 0}`,
    ...told('state', state),
    ...told('before', lastState),
  ];
}

function eventLines(events: readonly ObservedEvent[]): readonly string[] {
  return events.length === 0
    ? []
    : [
        '',
        'Events',
        ...events.map(
          ({ reason, message, involved, count }) =>
            `  ${involved.kind}/${involved.name}: ${reason}: ${message}${count > 1 ? ` (${count} times)` : ''}`,
        ),
      ];
}
