/**
 * What has been told about the components so far, so that only changes are told, and how long a component has made no
 * progress at all. Crash loops are normal while dependencies start; a component that stands still is not.
 */
import type { Messages } from '../messages/index.ts';
import { isGone } from '../observe/instances.ts';
import { type Cause, type Health, isPatient, isSettled, type Snapshot } from '../observe/types.ts';
import type { Answers } from '../stack/answers.ts';
import { componentLabel, componentOf, componentsOf } from '../stack/components.ts';
import { type ComponentId, type KubeObject, phases } from '../stack/types.ts';
import { deletedSaid, isDeleted } from './deleted.ts';
import type { InstallEvent } from './events.ts';

export type Healths = ReadonlyMap<ComponentId, Health>;

/** What is stopped and shall not be waits: for whoever stopped it, or for the next install. */
export const asWanted = (health: Health, { components }: Answers): Health =>
  health.state === 'stopped' && components[health.component]?.replicas !== 0 ? { ...health, state: 'waiting' } : health;

/** Remembers what was told and gives the events that are new. */
export class Telling {
  readonly #components = new Map<ComponentId, string>();
  readonly #phases = new Map<string, string>();
  readonly #begun = new Map<string, number>();
  readonly #causes = new Map<ComponentId, string>();
  #wasCutOff = false;
  #wasThere = false;
  #wasDeleted = false;

  /** `now` is monotonic; phases tell how long they have been under way. */
  *changes(healths: Healths, now: number): Generator<InstallEvent> {
    for (const phase of phases) {
      // An instance of the one-click template has fewer components.
      const members = componentsOf(phase).flatMap(({ id }) => healths.get(id) ?? []);
      if (members.length === 0) continue;
      const state = phaseState(members);
      if (state !== 'waiting' && !this.#begun.has(phase)) this.#begun.set(phase, now);
      const elapsedMs = now - (this.#begun.get(phase) ?? now);
      if (isNew(this.#phases, phase, state)) yield { type: 'phase', phase, state, elapsedMs };
      for (const { component, state: own, ready, desired } of members) {
        const awaited = own === 'waiting' ? awaitedBy(component, healths) : [];
        if (!isNew(this.#components, component, [own, ready, desired, ...awaited].join(' '))) continue;
        const message =
          awaited.length > 0
            ? { message: (t: Messages) => t.install.waitsFor(awaited.join(', ')) }
            : desired === 0 && own === 'waiting' && { message: (t: Messages) => t.install.scaledToZero };
        yield { type: 'component', component, phase, state: own, ready, desired, ...message };
      }
    }
  }

  /** Whether what is told comes from the cluster as it is now. */
  *connection({ isCutOff }: Snapshot): Generator<InstallEvent> {
    if (isCutOff === this.#wasCutOff) return;
    this.#wasCutOff = isCutOff;
    yield { type: 'note', isConnected: !isCutOff, message: (t) => (isCutOff ? t.install.cutOff : t.install.connected) };
  }

  /** Whether it is still there at all. */
  *deletion(snapshot: Snapshot): Generator<InstallEvent> {
    const deleted = isDeleted(snapshot, this.#wasThere);
    if (deleted && !this.#wasDeleted) yield { type: 'note', message: deletedSaid(snapshot) };
    this.#wasDeleted = deleted;
    this.#wasThere ||= !isGone(snapshot);
  }

  *cause(component: ComponentId, cause: Cause | undefined): Generator<InstallEvent> {
    const before = this.#causes.get(component);
    // What merely takes its time is told once, whatever its pods do meanwhile.
    const key = cause === undefined ? '' : isPatient(cause) ? cause.id : `${cause.id}:${lasting(cause.evidence[0])}`;
    if ((before ?? '') === key) return;
    this.#causes.set(component, key);
    yield { type: 'cause', component, cause };
  }
}

/** Evidence without what is another each time: names of pods, counts, times. */
const lasting = (evidence = ''): string =>
  evidence.replace(/(Pod\/|pods ")(\S+)-[a-z0-9]{5}\b/g, '$1$2').replace(/\d+/g, '#');

/** What has to be ready before it is started, and is not. */
const awaitedBy = (component: ComponentId, healths: Healths): readonly ComponentId[] =>
  componentOf(component).waitsFor.filter((id) => !isSettled(healths.get(id)?.state ?? 'ready'));

function isNew<K>(told: Map<K, string>, key: K, value: string): boolean {
  if (told.get(key) === value) return false;
  told.set(key, value);
  return true;
}

function phaseState(members: readonly Health[]): Health['state'] {
  if (members.every(({ state }) => isSettled(state))) return 'ready';
  if (members.some(({ state }) => state === 'failed')) return 'failed';
  return members.some(({ state }) => state !== 'waiting') ? 'running' : 'waiting';
}

/** How far a component has come, as a number that only rises while it comes on: pods made, containers started, pods ready. */
export function stage(id: ComponentId, health: Health, snapshot: Snapshot): number {
  if (isSettled(health.state)) return Number.MAX_SAFE_INTEGER;
  const pods = snapshot.objects.Pod.filter((pod) => pod.metadata.labels?.[componentLabel] === id);
  return (
    pods.map(podStage).reduce((a, b) => a + b, 0) +
    1000 * health.ready +
    (componentOf(id).kind === 'Cluster' ? clusterStage(health) : 0)
  );
}

const clusterStage = ({ state }: Health) => (state === 'running' ? 1 : 0);

function podStage(pod: KubeObject): number {
  const status = (pod['status'] ?? {}) as {
    phase?: string;
    conditions?: { type: string; status: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
  const done = (type: string) =>
    status.conditions?.some((each) => each.type === type && each.status === 'True') ? 1 : 0;
  // A container that crashes again and again has been pulled and started once; that is all the progress it made.
  const started = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].filter(
    ({ imageID }) => imageID,
  ).length;
  return 1 + done('PodScheduled') + done('Initialized') + done('Ready') + started;
}

interface ContainerStatus {
  readonly imageID?: string;
}

/** Measures how long each component has not come further than it ever was. */
export class Standstill {
  readonly #best = new Map<ComponentId, { stage: number; since: number }>();

  /** Milliseconds without progress. `now` is monotonic. */
  measure(id: ComponentId, reached: number, now: number): number {
    const best = this.#best.get(id);
    if (best === undefined || reached > best.stage) {
      this.#best.set(id, { stage: reached, since: now });
      return 0;
    }
    return now - best.since;
  }

  /** Forget what was: a fix or a new Job begins anew. */
  reset(id: ComponentId): void {
    this.#best.delete(id);
  }
}

/** Jobs of an earlier template are done, and say nothing about this one. */
export function ownJobs(snapshot: Snapshot, name: string | undefined): Snapshot {
  if (name === undefined) return snapshot;
  return {
    ...snapshot,
    objects: { ...snapshot.objects, Job: snapshot.objects.Job.filter(({ metadata }) => metadata.name === name) },
  };
}
