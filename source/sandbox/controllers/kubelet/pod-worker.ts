/** One pod on a node, from its volumes to its end (pkg/kubelet/pod_workers.go, kuberuntime of 1.34). */
import { StatusError } from '../../objects/index.ts';
import type { Program, World } from '../../types.ts';
import type { Actor, Desk } from '../desk.ts';
import type { EventType } from '../events.ts';
import { known } from '../known.ts';
import { isOver, type Pod } from '../model.ts';
import { endContainer } from './ending.ts';
import { ConfigError, environmentOf, expand, mountFailure, mountsOf, type Sources } from './environment.ts';
import { type Images, imageIdOf, pullUntilThere } from './images.ts';
import { type Probed, watchHealth } from './probes.ts';
import { firstSlots, isInitDone, podStatusOf, type Slot } from './status.ts';
import { backOffAfter, floor, goDuration, longestBackOff } from './waiting.ts';

export interface Site {
  readonly desk: Desk;
  readonly world: World;
  readonly actor: Actor;
  readonly images: Images;
  readonly node: string;
  readonly nodeIp: string;
  sourcesOf(namespace: string): Sources;
  claimUid(namespace: string, name: string): string;
  takeIp(): string;
}

export interface PodWorker {
  /** It was asked to go. */
  leave(pod: Pod): void;
  /** Its object is gone, or its node gives it up: whatever runs is killed. */
  kill(): void;
  /** Ends it for using too much of what it was given. */
  evict(message: string): void;
}

const seconds = 1000;

export function startPod(site: Site, first: Pod): PodWorker {
  const { desk, world, actor } = site;
  const { namespace = '', name, uid = '' } = first.metadata;
  const { restartPolicy = 'Always', terminationGracePeriodSeconds = 30 } = first.spec;
  const slots = firstSlots(first);
  const programs = new Map<Slot, Program>();
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, desk.signal]);
  const sources = site.sourcesOf(namespace);
  let ip = first.status?.podIP;
  let evicted: string | undefined;
  const started = new Set<() => void>();

  const live = (): Pod | undefined => {
    const pod = desk.find<Pod>(known.pods, namespace, name);
    return pod?.metadata.uid === uid ? pod : undefined;
  };
  const say = (type: EventType, reason: string, message: string, slot?: Slot): void =>
    actor.say(live() ?? first, type, reason, message, {
      ...(slot && { fieldPath: `spec.${slot.init ? 'initContainers' : 'containers'}{${slot.spec.name}}` }),
      host: site.node,
    });

  function publish(): void {
    const pod = live();
    if (!pod || desk.signal.aborted || (isOver(pod) && programs.size === 0)) return;
    const status = podStatusOf(pod, slots, { ip, nodeIp: site.nodeIp, now: desk.now() });
    const next = evicted ? { ...status, phase: 'Failed', reason: 'Evicted', message: evicted } : status;
    actor.status(known.pods, pod, next);
    for (const listener of started) listener();
  }

  const set = (slot: Slot, change: Partial<Pick<Slot, 'state' | 'ready' | 'started'>>): void => {
    Object.assign(slot, change);
    publish();
  };

  const probedOf = (slot: Slot): Probed => ({ uid, container: slot.spec, ip: ip ?? '', nodeIp: site.nodeIp });

  async function mount(): Promise<void> {
    for (let delay = 500; ; delay = Math.min(delay * 2, 122 * seconds)) {
      const failure = mountFailure(first, sources);
      if (failure === undefined) return;
      say('Warning', 'FailedMount', failure);
      await desk.pause(delay, floor, signal);
    }
  }

  const pull = (slot: Slot): Promise<void> =>
    pullUntilThere(
      desk,
      site.images,
      slot.spec,
      (type, reason, message) => say(type, reason, message, slot),
      (reason, message) => set(slot, { state: { waiting: { reason, message } } }),
      signal,
    );

  async function environment(slot: Slot): Promise<Record<string, string>> {
    for (;;)
      try {
        return environmentOf(first, slot.spec, ip ?? '', sources);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        say('Warning', 'Failed', `Error: ${error.message}`, slot);
        set(slot, { state: { waiting: { reason: 'CreateContainerConfigError', message: error.message } } });
        await desk.pause(10 * seconds, floor, signal);
      }
  }

  /** @param resumed whether it ran before the sandbox was started again: nobody is told. */
  async function start(slot: Slot, resumed: boolean): Promise<Program> {
    if (!resumed) await pull(slot);
    const env = await environment(slot);
    const { image, command = [], args = [], startupProbe, readinessProbe } = slot.spec;
    const program = world.start({
      pod: live() ?? first,
      container: slot.spec.name,
      restartCount: slot.restartCount,
      image,
      command: [...command, ...args].map((word) => expand(word, env)),
      env,
      ip: ip ?? '',
      ...mountsOf(first, slot.spec, sources, (claim) => site.claimUid(namespace, claim)),
    });
    programs.set(slot, program);
    slot.imageID = imageIdOf(image);
    if (!resumed) {
      slot.containerID = `containerd://${desk.hex(64)}`;
      say('Normal', 'Created', `Created container: ${slot.spec.name}`, slot);
      say('Normal', 'Started', `Started container ${slot.spec.name}`, slot);
    }
    const running = slot.state.running ?? { startedAt: desk.now() };
    set(slot, resumed ? {} : { state: { running }, started: !startupProbe, ready: !startupProbe && !readinessProbe });
    return program;
  }

  /** Probes of a running container, until it ends. */
  const probe = (slot: Slot, program: Program, over: AbortSignal): Promise<void> =>
    watchHealth(desk, world, probedOf(slot), slot, over, {
      failed: (message) => say('Warning', 'Unhealthy', message, slot),
      changed: (change) => set(slot, change),
      restart: (message) => void end(slot, program, message, terminationGracePeriodSeconds * seconds),
    });

  async function end(slot: Slot, program: Program, message: string, graceMs: number): Promise<void> {
    say('Normal', 'Killing', message, slot);
    await endContainer(desk, world, probedOf(slot), program, graceMs);
  }

  /** Runs a container until it must not run again. */
  async function keep(slot: Slot): Promise<void> {
    const policy = !slot.init
      ? restartPolicy
      : (slot.spec.restartPolicy ?? (restartPolicy === 'Never' ? 'Never' : 'OnFailure'));
    const isEnough = (exitCode: number): boolean =>
      policy === 'Never' || (policy === 'OnFailure' && exitCode === 0) || signal.aborted;
    let resumed = slot.state.running !== undefined;
    // How often it failed without a time of health in between.
    let crashes = slot.restartCount;
    if (slot.state.terminated) {
      if (isEnough(slot.state.terminated.exitCode)) return;
      await backOff(slot, crashes++);
    } else if (slot.lastState.terminated && !resumed) {
      await backOff(slot, crashes++);
    }
    for (;;) {
      const program = await start(slot, resumed);
      resumed = false;
      const begun = desk.pace.monotonic();
      const over = new AbortController();
      probe(slot, program, AbortSignal.any([over.signal, signal])).catch(() => undefined);
      const { exitCode, reason } = await program.ended;
      over.abort();
      programs.delete(slot);
      if (desk.signal.aborted) return;
      const terminated = {
        exitCode,
        reason,
        startedAt: slot.state.running?.startedAt ?? desk.now(),
        finishedAt: desk.now(),
        containerID: slot.containerID ?? '',
      };
      set(slot, { state: { terminated }, ready: false, started: false });
      if (isEnough(exitCode)) return;
      if ((desk.pace.monotonic() - begun) * desk.pace.speed > 2 * longestBackOff) crashes = 0;
      await backOff(slot, crashes++);
    }
  }

  /** The first time at once, then after 10 s, doubled up to five minutes. */
  async function backOff(slot: Slot, crashes: number): Promise<void> {
    await desk.pause(seconds, floor, signal);
    const delay = crashes === 0 ? 0 : backOffAfter(crashes - 1);
    if (slot.state.terminated) slot.lastState = { terminated: slot.state.terminated };
    if (delay > 0) {
      const place = `${name}_${namespace}(${uid})`;
      say('Warning', 'BackOff', `Back-off restarting failed container ${slot.spec.name} in pod ${place}`, slot);
      const message = `back-off ${goDuration(delay)} restarting failed container=${slot.spec.name} pod=${place}`;
      set(slot, { state: { waiting: { reason: 'CrashLoopBackOff', message } } });
      await desk.pause(delay, floor, signal);
    }
    slot.restartCount++;
    slot.state = {};
  }

  const whenStarted = (slot: Slot): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!slot.started) return;
        started.delete(look);
        resolve();
      };
      started.add(look);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      look();
    });

  async function run(): Promise<void> {
    publish();
    await mount();
    ip ??= site.takeIp();
    publish();
    const sidecars: Promise<void>[] = [];
    for (const slot of slots.filter(({ init }) => init)) {
      if (slot.spec.restartPolicy === 'Always') {
        sidecars.push(keep(slot).catch(() => undefined));
        await whenStarted(slot);
        continue;
      }
      await keep(slot);
      if (!isInitDone(slot)) return;
    }
    const mains = slots.filter(({ init }) => !init);
    for (const slot of mains)
      if (slot.state.waiting?.reason === 'PodInitializing') slot.state = { waiting: { reason: 'PodInitializing' } };
    await Promise.all(mains.map((slot) => keep(slot).catch(() => undefined)));
    if (!ending.signal.aborted) await endAll(terminationGracePeriodSeconds * seconds);
    publish();
  }

  async function endAll(graceMs: number): Promise<void> {
    const inOrder = [[...programs].filter(([{ init }]) => !init), [...programs].filter(([{ init }]) => init)];
    for (const group of inOrder)
      await Promise.all(
        group.map(async ([slot, program]) => {
          await end(slot, program, `Stopping container ${slot.spec.name}`, graceMs);
          await program.ended;
        }),
      );
    // Lets those who wait for the same end write down how it was.
    await Promise.resolve();
  }

  const running = run().catch((error: unknown) => {
    if (!signal.aborted) desk.complain('kubelet', error);
  });

  let isEnding = false;
  async function finish(pod: Pod): Promise<void> {
    const grace = Number((pod.metadata as { deletionGracePeriodSeconds?: number }).deletionGracePeriodSeconds ?? 0);
    ending.abort();
    await endAll(grace * seconds);
    await running;
    const last = live();
    if (!last || desk.signal.aborted) return;
    // What never ran ends, too.
    for (const slot of slots) slot.ready = false;
    publish();
    try {
      actor.remove(known.pods, last, { graceSeconds: 0 });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }

  return {
    leave(pod) {
      if (isEnding) return;
      isEnding = true;
      finish(pod).catch((error: unknown) => desk.complain('kubelet', error));
    },
    kill() {
      ending.abort();
      for (const program of programs.values()) program.kill();
    },
    evict(message) {
      evicted = message;
      say('Warning', 'Evicted', message);
      ending.abort();
      void endAll(0)
        .then(() => running)
        .then(publish);
    },
  };
}
