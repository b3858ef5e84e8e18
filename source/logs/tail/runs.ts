/** Which runs of which containers there are, as their pods tell it. */
import type { ContainerStatus, PodStatus } from '../../observe/lookups.ts';
import { partOf } from '../../observe/part-of.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import type { Run, TailRequest, Waiting } from '../types.ts';
import type { LiveRun, RunEnd } from './run.ts';

interface EndingRun extends LiveRun {
  readonly finish: (end: RunEnd) => void;
}

export interface RunsOptions {
  readonly request: Pick<TailRequest, 'app' | 'components' | 'containers'>;
  /** Told each run once, those of one container in their order. */
  readonly onRun: (live: LiveRun) => void;
}

export class Runs {
  readonly #options: RunsOptions;
  /** The run of each container that was told last, by pod and container. */
  readonly #latest = new Map<string, EndingRun>();
  readonly #pods = new Map<string, KubeObject>();

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** All pods there are. */
  list(pods: readonly KubeObject[]): void {
    const here = new Set(pods.map(keyOf));
    for (const [key, pod] of [...this.#pods]) if (!here.has(key)) this.remove(pod);
    for (const pod of pods) this.see(pod);
  }

  /** A pod as it is now. */
  see(pod: KubeObject): void {
    const component = this.#componentOf(pod);
    if (component === undefined) return;
    this.#pods.set(keyOf(pod), pod);
    for (const { status, kind } of containersIn(pod)) {
      const { containers } = this.#options.request;
      if (containers && !containers.includes(status.name)) continue;
      this.#seeContainer(pod, { component, status, kind });
    }
  }

  remove(pod: KubeObject): void {
    this.#pods.delete(keyOf(pod));
    for (const [key, live] of [...this.#latest]) {
      if (!key.startsWith(`${keyOf(pod)}/`)) continue;
      this.#latest.delete(key);
      live.finish({ isReplaced: false, isLost: false, isGone: true, exitCode: undefined, reason: undefined });
    }
  }

  /** Why a component has nothing to read. */
  waitingOf(component: ComponentId): Waiting | undefined {
    const pods = [...this.#pods.values()].filter((pod) => this.#componentOf(pod) === component);
    if (pods.length === 0) return { type: 'no-pods' };
    if ([...this.#latest.values()].some(({ run }) => run.component === component)) return undefined;
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
    const key = `${keyOf(pod)}/${name}`;
    const latest = this.#latest.get(key);
    if (!state?.running && !state?.terminated) {
      // It will run anew: what it was is over.
      if (latest && lastState?.terminated && latest.run.restart < restartCount) this.#replace(latest, status);
      return;
    }
    if (latest === undefined || latest.run.restart < restartCount) {
      if (latest) this.#replace(latest, status);
      const run: Run = { component, pod: pod.metadata.name, container: name, kind, restart: restartCount };
      const live = liveRun(run);
      this.#latest.set(key, live);
      this.#options.onRun(live);
    }
    const { terminated } = state;
    const now = this.#latest.get(key);
    if (terminated && now && now.run.restart === restartCount)
      now.finish({ ...endOf(terminated), isReplaced: false, isLost: false, isGone: false });
  }

  #replace(latest: EndingRun, { restartCount = 0, lastState }: ContainerStatus): void {
    const isNext = restartCount === latest.run.restart + 1;
    latest.finish({
      ...endOf(isNext ? lastState?.terminated : undefined),
      isReplaced: isNext,
      isLost: !isNext,
      isGone: false,
    });
  }
}

interface Placed {
  readonly component: ComponentId;
  readonly status: ContainerStatus;
  readonly kind: Run['kind'];
}

const keyOf = ({ metadata }: KubeObject): string => metadata.uid ?? metadata.name;

const endOf = (terminated: { readonly exitCode?: number; readonly reason?: string } | undefined) => ({
  exitCode: terminated?.exitCode,
  reason: terminated?.reason,
});

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

function liveRun(run: Run): EndingRun {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const live: EndingRun = {
    run,
    ended,
    end: undefined,
    // What is told first holds, but that a run was replaced says where the rest of it is.
    finish(end) {
      if (live.end === undefined || end.isReplaced || end.isLost || end.isGone) live.end = end;
      resolve();
    },
  };
  return live;
}
