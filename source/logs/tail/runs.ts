/** Which runs of which containers there are, as their pods tell it. */
import type { ContainerState, ContainerStatus, PodStatus } from '../../observe/lookups.ts';
import { partOf } from '../../observe/part-of.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import type { Run, TailRequest, Waiting } from '../types.ts';
import type { LiveRun, Place, RunEnd } from './run.ts';

/** What the pods tell of a run; the reader only looks at it. */
interface KnownRun extends LiveRun {
  place: Place;
  end: RunEnd | undefined;
  readonly tellEnd: () => void;
}

export interface RunsOptions {
  readonly request: Pick<TailRequest, 'app' | 'components' | 'containers'>;
  /** Told each run once, those of one container in their order. */
  readonly onRun: (live: LiveRun) => void;
}

export class Runs {
  readonly #options: RunsOptions;
  /** The runs of each container that may have a log still, by pod and container; the one that was told last is the last. */
  readonly #runs = new Map<string, KnownRun[]>();
  readonly #pods = new Map<string, KubeObject>();
  /** Pods that are gone: what is told of them late does not bring them back. */
  readonly #gone = new Set<string>();

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** All pods there are. */
  list(pods: readonly KubeObject[]): void {
    const here = new Set(pods.map(keyOf));
    for (const [key, pod] of [...this.#pods]) if (!here.has(key)) this.remove(pod);
    for (const pod of pods) this.see(pod);
  }

  /** Who has the name now; undefined: nobody. */
  seeNamed(name: string, pod: KubeObject | undefined): void {
    for (const before of [...this.#pods.values()])
      if (before.metadata.name === name && (!pod || keyOf(before) !== keyOf(pod))) this.remove(before);
    if (pod) this.see(pod);
  }

  /** A pod as it is now. What is told late, when newer things are known, changes nothing. */
  see(pod: KubeObject): void {
    const component = this.#componentOf(pod);
    if (component === undefined || this.#gone.has(keyOf(pod))) return;
    this.#pods.set(keyOf(pod), pod);
    for (const { status, kind } of containersIn(pod)) {
      const { containers } = this.#options.request;
      if (containers && !containers.includes(status.name)) continue;
      this.#seeContainer(pod, { component, status, kind });
    }
  }

  remove(pod: KubeObject): void {
    this.#pods.delete(keyOf(pod));
    this.#gone.add(keyOf(pod));
    for (const [key, runs] of [...this.#runs]) {
      if (!key.startsWith(`${keyOf(pod)}/`)) continue;
      this.#runs.delete(key);
      for (const live of runs) finish(live, 'pod-gone', unknownEnd);
    }
  }

  /** What is held otherwise than in this list of all pods: a name for each, and the version that it is held in. */
  behind(listed: readonly KubeObject[]): ReadonlySet<string> {
    const versions = new Map(
      listed
        .filter((pod) => this.#componentOf({ ...pod, kind: 'Pod' }) !== undefined)
        .map((pod) => [keyOf(pod), pod.metadata.resourceVersion]),
    );
    const held = (key: string) => this.#pods.get(key)?.metadata.resourceVersion;
    const keys = new Set([...versions.keys(), ...this.#pods.keys()]);
    return new Set([...keys].filter((key) => versions.get(key) !== held(key)).map((key) => `${key} ${held(key)}`));
  }

  /** Why a component has nothing to read. */
  waitingOf(component: ComponentId): Waiting | undefined {
    const pods = [...this.#pods.values()].filter((pod) => this.#componentOf(pod) === component);
    if (pods.length === 0) return { type: 'no-pods' };
    if ([...this.#runs.values()].some(([live]) => live?.run.component === component)) return undefined;
    const { containers } = this.#options.request;
    const names = [...new Set(pods.flatMap((pod) => containersIn(pod).map(({ status }) => status.name)))];
    if (containers && names.length > 0 && !containers.some((name) => names.includes(name)))
      return { type: 'no-container', containers: names };
    for (const pod of pods)
      for (const { status } of containersIn(pod)) {
        const reason = status.state?.waiting?.reason;
        if (reason !== undefined) return { type: 'container', pod: pod.metadata.name, container: status.name, reason };
      }
    return { type: 'container', pod: pods[0]?.metadata.name ?? '', container: '', reason: 'Pending' };
  }

  #componentOf(pod: KubeObject): ComponentId | undefined {
    const { app, components } = this.#options.request;
    const part = partOf(pod, app);
    return part !== undefined && components.includes(part) ? part : undefined;
  }

  #seeContainer(pod: KubeObject, { component, status, kind }: Placed): void {
    const { name, restartCount = 0, state, lastState } = status;
    // One that waits to run anew shows how it ended the last time, and its log is still that run's.
    const terminated = state?.terminated ?? (state?.running ? undefined : lastState?.terminated);
    if (!state?.running && !terminated) return;
    const key = `${keyOf(pod)}/${name}`;
    const runs = this.#runs.get(key) ?? [];
    const latest = runs.at(-1);
    if (latest && latest.run.restart > restartCount) return;
    // While it waits, the log of the run before the last one is not to be had.
    const before = state?.running || state?.terminated ? restartCount - 1 : Number.NaN;
    for (const live of runs)
      if (live.run.restart < restartCount) {
        const isBefore = live.run.restart === before;
        finish(live, isBefore ? 'previous' : 'gone', isBefore ? endOf(lastState?.terminated) : unknownEnd);
      }
    const kept = runs.filter(({ place }) => place !== 'gone');
    this.#runs.set(key, kept);
    if (latest?.run.restart !== restartCount) {
      const run: Run = { component, pod: pod.metadata.name, container: name, kind, restart: restartCount };
      const earlier =
        !latest && before >= 0 && lastState?.terminated
          ? knownRun({ ...run, restart: before }, lastState.terminated)
          : undefined;
      if (earlier) {
        finish(earlier, 'previous', endOf(lastState?.terminated));
        kept.push(earlier);
      }
      const live = knownRun(run, state?.running ?? terminated, earlier);
      kept.push(live);
      this.#options.onRun(live);
    }
    const now = kept.at(-1);
    if (terminated && now) finish(now, 'here', endOf(terminated));
  }
}

interface Placed {
  readonly component: ComponentId;
  readonly status: ContainerStatus;
  readonly kind: Run['kind'];
}

const keyOf = ({ metadata }: KubeObject): string => metadata.uid ?? metadata.name;

const unknownEnd: RunEnd = { exitCode: undefined, reason: undefined };

const endOf = ({ exitCode, reason }: NonNullable<ContainerState['terminated']> = {}): RunEnd => ({ exitCode, reason });

function containersIn(pod: KubeObject): readonly { readonly status: ContainerStatus; readonly kind: Run['kind'] }[] {
  const status = (pod['status'] ?? {}) as PodStatus & {
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = status;
  return [
    ...initContainerStatuses.map((each) => ({ status: each, kind: 'init' as const })),
    ...containerStatuses.map((each) => ({ status: each, kind: 'app' as const })),
    ...ephemeralContainerStatuses.map((each) => ({ status: each, kind: 'ephemeral' as const })),
  ];
}

function knownRun(run: Run, told: { readonly startedAt?: string } | undefined, before?: LiveRun): KnownRun {
  const { promise: ended, resolve: tellEnd } = Promise.withResolvers<void>();
  const startedAt = Date.parse(told?.startedAt ?? '');
  return { run, startedAt, ended, tellEnd, place: 'here', end: undefined, ...(before ? { before } : {}) };
}

/** How it ended is told once; where its log is may change again. */
function finish(live: KnownRun, place: Place, end: RunEnd): void {
  live.place = place;
  if (live.end === undefined || live.end.exitCode === undefined) live.end = end;
  live.tellEnd();
}
