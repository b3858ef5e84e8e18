/** A component as `kubectl describe` would tell it, for all its pods at once. Pure; the text is the cluster's own, and untrusted. */
import { componentOf, objectName } from '../stack/components.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { type ContainerStatus, containersOf, eventsOf, mainObject, podStatus, podsOf } from './lookups.ts';
import type { Snapshot } from './types.ts';

/** Lines; two spaces of indent a level. */
export function describeComponent(id: ComponentId, snapshot: Snapshot): readonly string[] {
  const { kind } = componentOf(id);
  const object = mainObject(id, snapshot);
  const pods = podsOf(id, snapshot, true);
  return [
    `${kind}/${object?.metadata.name ?? objectName(id, snapshot.app)}`,
    ...(object ? conditionsOf(object) : ['  -']),
    ...pods.flatMap(podLines),
    ...eventLines(id, snapshot),
  ];
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

function eventLines(id: ComponentId, snapshot: Snapshot): readonly string[] {
  const events = eventsOf(id, snapshot);
  return events.length === 0
    ? []
    : [
        '',
        'Events',
        ...events.map(({ reason, message, involved }) => `  ${involved.kind}/${involved.name}: ${reason}: ${message}`),
      ];
}
