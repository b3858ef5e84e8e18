/** Small questions to a snapshot that health and causes both ask. Pure. */
import { componentLabel, componentOf, objectName } from '../stack/components.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { keptWith } from './kept-with.ts';
import type { Snapshot } from './types.ts';

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: {
    readonly reason?: string;
    readonly exitCode?: number;
    readonly message?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

/** Of a time as objects tell it: epoch milliseconds, 0 where there is none. */
export const timeOf = (stamp: string | undefined): number => Date.parse(stamp ?? '') || 0;

export const podStatus = (pod: KubeObject) => (pod['status'] ?? {}) as PodStatus;
/** Whether it has ended for good, as a Job's or an evicted one: it stays to be read, and takes nothing any more. */
export const isOver = (pod: KubeObject): boolean => ['Succeeded', 'Failed'].includes(podStatus(pod).phase ?? '');
export const containersOf = (pod: KubeObject): readonly ContainerStatus[] => {
  const { initContainerStatuses = [], containerStatuses = [] } = podStatus(pod);
  return [...initContainerStatuses, ...containerStatuses];
};
/** Of all their containers together, also those that only begin. */
export const restartsOf = (pods: readonly KubeObject[]): number =>
  pods.flatMap(containersOf).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);

/** The component's main object, if it is there. Jobs: the newest. */
export function mainObject(id: ComponentId, snapshot: Snapshot): KubeObject | undefined {
  const { kind } = componentOf(id);
  const name = objectName(id, snapshot.app);
  const { objects } = snapshot;
  if (kind === 'Job')
    return newest(
      objects.Job.filter(
        (job) =>
          job.metadata.labels?.[componentLabel] === id ||
          job.metadata.name === name ||
          (id === 'db-init' && job.metadata.name === `${snapshot.app}-pg-init`),
      ),
    );
  const all = kind === 'ObjectStorageBucket' ? objects.Bucket : objects[kind];
  return all.find(({ metadata }) => metadata.name === name);
}

/** The component's pods, those on their way out left aside unless asked for. */
export function podsOf(id: ComponentId, snapshot: Snapshot, all = false): readonly KubeObject[] {
  const name = objectName(id, snapshot.app);
  const { labelled, ofClusters, ofApps } = byOwner(snapshot.objects.Pod);
  const named = (componentOf(id).kind === 'Cluster' ? ofClusters : ofApps).get(name) ?? [];
  const mine = [...(labelled.get(id) ?? []), ...named];
  return all ? mine : mine.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** Pods by what tells whose they are: every part asks for its own, at every change. */
const byOwner = keptWith((pods: readonly KubeObject[]) => {
  const by = (label: string, among: readonly KubeObject[]) =>
    Map.groupBy(among, ({ metadata }) => metadata.labels?.[label]);
  const { mine = [], others = [] } = Object.groupBy(pods, ({ metadata }) =>
    metadata.labels?.[componentLabel] === undefined ? 'others' : 'mine',
  );
  return {
    labelled: by(componentLabel, mine),
    ofClusters: by('app.kubernetes.io/instance', others),
    ofApps: by('app', others),
  };
});

/** Events about an object of the component or one of its pods that is still there, the newest first. */
export function eventsOf(id: ComponentId, snapshot: Snapshot): readonly ObservedEvent[] {
  const pods = new Set(podsOf(id, snapshot).map(({ metadata }) => metadata.name));
  const name = objectName(id, snapshot.app);
  const controllers = new Set([
    name,
    ...snapshot.objects.ReplicaSet.filter(
      ({ metadata }) => metadata.labels?.[componentLabel] === id || metadata.labels?.['app'] === name,
    ).map(({ metadata }) => metadata.name),
    ...snapshot.objects.Job.filter(({ metadata }) => metadata.labels?.[componentLabel] === id).map(
      ({ metadata }) => metadata.name,
    ),
    ...(componentOf(id).kind === 'Cluster'
      ? snapshot.objects.StatefulSet.filter(
          ({ metadata }) => metadata.labels?.['app.kubernetes.io/instance'] === name,
        ).map(({ metadata }) => metadata.name)
      : []),
  ]);
  const claims = new Set(claimsOf(id, snapshot).map(({ metadata }) => metadata.name));
  const fits = ({ involved }: ObservedEvent) => {
    if (involved.kind === 'Pod') return pods.has(involved.name);
    if (involved.kind === 'PersistentVolumeClaim') return claims.has(involved.name);
    return (
      controllers.has(involved.name) || (componentOf(id).kind === 'Cluster' && involved.name.startsWith(`${name}-`))
    );
  };
  return byObject(snapshot.objects.Event)
    .filter(([first]) => fits(first))
    .flat()
    .sort((a, b) => b.at - a.at);
}

export interface ObservedEvent {
  readonly reason: string;
  readonly message: string;
  readonly type: string;
  readonly involved: { readonly kind: string; readonly name: string };
  /** Epoch milliseconds of the last time it happened. */
  readonly at: number;
  /** Of the first time. */
  readonly since: number;
  /** How often it happened. */
  readonly count: number;
}

/** A busy namespace has ten thousand of them, and each is asked for by every part that is in trouble. */
export const eventOf = keptWith(readEvent);

type Several = readonly [ObservedEvent, ...ObservedEvent[]];

/** Events of one object together, so that the names of few are compared instead of all. */
const byObject = keptWith((events: readonly KubeObject[]): readonly Several[] => {
  const grouped = Map.groupBy(events.map(eventOf), ({ involved }) => `${involved.kind}/${involved.name}`);
  return [...grouped.values()] as unknown as readonly Several[];
});

function readEvent(event: KubeObject): ObservedEvent {
  const raw = event as unknown as {
    reason?: string;
    message?: string;
    type?: string;
    involvedObject?: { kind?: string; name?: string };
    firstTimestamp?: string;
    lastTimestamp?: string;
    eventTime?: string;
    count?: number;
    series?: { lastObservedTime?: string; count?: number };
    metadata: { creationTimestamp?: string };
  };
  const made = raw.eventTime ?? raw.metadata.creationTimestamp ?? '';
  const at = Date.parse(raw.series?.lastObservedTime ?? raw.lastTimestamp ?? made) || 0;
  return {
    reason: raw.reason ?? '',
    message: raw.message ?? '',
    type: raw.type ?? 'Normal',
    involved: { kind: raw.involvedObject?.kind ?? '', name: raw.involvedObject?.name ?? '' },
    at,
    since: Date.parse(raw.firstTimestamp ?? made) || at,
    count: Math.max(1, raw.series?.count ?? raw.count ?? 1),
  };
}

/** Volume claims of the component: those its pods name, and those named after it. */
export function claimsOf(id: ComponentId, snapshot: Snapshot): readonly KubeObject[] {
  const name = objectName(id, snapshot.app);
  const { kind } = componentOf(id);
  if (kind !== 'StatefulSet' && kind !== 'Cluster') return [];
  return snapshot.objects.PersistentVolumeClaim.filter(({ metadata }) =>
    kind === 'Cluster'
      ? metadata.labels?.['app.kubernetes.io/instance'] === name
      : new RegExp(`-${name}-\\d+$`).test(metadata.name),
  );
}

function newest(objects: readonly KubeObject[]): KubeObject | undefined {
  return [...objects].sort((a, b) =>
    (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1,
  )[0];
}

export const hasKeys = (secret: KubeObject | undefined, keys: readonly string[]): boolean => {
  const data = (secret?.['data'] ?? {}) as Record<string, string>;
  return keys.every((key) => key in data);
};
