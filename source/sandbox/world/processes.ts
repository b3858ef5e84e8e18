/** Containers that run: each is its image's component, a database, or a plain command. */

import { runForeign } from '../components/foreign.ts';
import type { Bulk } from '../components/host.ts';
import { imageFiles } from '../components/image-files.ts';
import type { ContainerRun, ExecAnswer, LogBook, Program } from '../types.ts';
import { type CommandPlace, isKnown, runCommand } from './commands.ts';
import { type ContainerHost, containerHost, type Surroundings } from './container-host.ts';
import { databaseProgram } from './databases.ts';
import type { Folder } from './files.ts';
import { fileTree, memoryFolder, type Volumes } from './files.ts';
import type { Role } from './flow.ts';
import type { Postgres } from './postgres.ts';
import { roleOf } from './roles.ts';
import type { Troubles } from './troubles.ts';

type Ended = Awaited<Program['ended']>;

export interface Running {
  readonly run: ContainerRun;
  readonly role: Role | undefined;
  /** One line to its log. */
  log(line: string): void;
}

export interface Processes {
  start(run: ContainerRun): Program;
  exec(uid: string, container: string, command: readonly string[], stdin: string): Promise<ExecAnswer>;
  /** What runs now. */
  running(): readonly Running[];
}

export interface ProcessesOptions {
  readonly surroundings: Surroundings;
  readonly volumes: Volumes;
  readonly logs: LogBook;
  /** The image's name in the release, by its reference; undefined when it is none of ours. */
  readonly nameOf: (image: string) => string | undefined;
  /** Variables that the simulation adds. */
  readonly env: () => Readonly<Record<string, string>>;
  readonly bulkOf: (run: ContainerRun, role: Role | undefined) => Bulk;
  readonly troubles: Readonly<Troubles>;
  readonly waiting: (queue: string) => number;
  readonly signal?: AbortSignal | undefined;
}

/** What is in hand is finished in so long. */
const tidyMs = 200;
const growthMs = 40_000;
const shortestGrowthMs = 500;
const [killed, terminated] = [137, 143];

export function createProcesses(options: ProcessesOptions): Processes {
  const { surroundings, volumes, logs } = options;
  const { pace } = surroundings;
  const places = new Map<string, Running & { readonly place: CommandPlace }>();
  const openedDatabases = new Map<Folder, Postgres>();
  const running = new Set<AbortController>();
  // As a machine that is switched off: nobody is told.
  options.signal?.addEventListener('abort', () => {
    for (const over of running) over.abort();
  });

  function start(given: ContainerRun): Program {
    const { pod, container, restartCount } = given;
    const uid = pod.metadata.uid ?? '';
    const image = options.nameOf(given.image);
    const run = { ...given, env: { HOSTNAME: hostnameOf(given), ...given.env, ...options.env() } };
    const role = roleOf(image, run);
    const bulk = options.bulkOf(run, role);
    const mounts = given.volumes.map(({ path, id }) => ({ path, folder: volumes.of(id) }));
    const files = fileTree(given.files, mounts, memoryFolder(image === undefined ? [] : Object.entries(imageFiles)));
    const [ending, over] = [new AbortController(), new AbortController()];
    running.add(over);
    over.signal.addEventListener('abort', () => running.delete(over));
    const { promise: ended, resolve } = Promise.withResolvers<Ended>();
    const isResumed = isRunning(pod, container);
    let serves = false;
    const onListen = () => {
      serves = true;
    };
    const log = (line: string) => {
      if (!over.signal.aborted) logs.append(uid, container, restartCount, line);
    };
    const hostFor = (argv: readonly string[], out: (line: string) => void): ContainerHost =>
      containerHost(
        surroundings,
        { run, files, bulk, ending: ending.signal, over: over.signal, onListen, isResumed },
        argv,
        out,
      );
    const end = (exitCode: number, reason: Ended['reason'] = exitCode === 0 ? 'Completed' : 'Error') => {
      if (over.signal.aborted) return;
      places.delete(keyOf(uid, container));
      ending.abort();
      over.abort();
      resolve({ exitCode, reason });
    };
    const stop = (graceMs: number) => {
      ending.abort();
      if (graceMs === 0) return end(killed);
      // Servers finish what they have in hand; whoever only sleeps is ended by the signal itself.
      pace.work(Math.min(tidyMs, graceMs), over.signal).then(
        () => end(serves ? 0 : terminated),
        () => {},
      );
    };
    const place: CommandPlace = { image: image ?? '', hostFor, terminate: () => stop(tidyMs) };
    places.set(keyOf(uid, container), { run, role, log, place });

    /** Grows until it is killed, while that trouble lasts. */
    const outgrow = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await pace.sleep(Math.max(shortestGrowthMs, growthMs / pace.speed), over.signal).catch(() => {});
        if (options.troubles.webOutOfMemory) end(killed, 'OOMKilled');
      }
    };

    if (role === 'web') void outgrow();

    const whole = async (): Promise<number> => {
      const database = databaseProgram(given.image, container);
      if (database) {
        const [volume] = given.volumes;
        await database({
          host: hostFor([], log),
          over: over.signal,
          file: volume?.persistent ? volumes.place(volume.id) : undefined,
          folder: mounts[0]?.folder ?? memoryFolder(),
          opened: openedDatabases,
          troubles: options.troubles,
          waiting: options.waiting,
        });
        return 0;
      }
      if (isKnown(run.command)) return runCommand(place, run.command, { stdin: '', out: log, err: log });
      // An image that is not ours has no program that we know; it stays, as a server would.
      if (image === undefined) {
        await runForeign(hostFor(run.command, log));
        return new Promise(() => {});
      }
      return runCommand(place, run.command, { stdin: '', out: log, err: log }, true);
    };
    const failed = (error: Error) => {
      log(error.message);
      return 1;
    };
    void whole()
      .catch(failed)
      .then((code) => {
        // A server goes on after this; a command is over.
        if (code !== 0 || !serves) end(code);
      });
    return { ended, stop, kill: (reason = 'Error') => end(killed, reason) };
  }

  return {
    start,
    running: () => [...places.values()],
    async exec(uid, container, command, stdin) {
      const found = places.get(keyOf(uid, container));
      if (!found) throw new Error(`container ${container} is not running`);
      if (!isKnown(command))
        throw new Error(
          `OCI runtime exec failed: exec failed: unable to start container process: exec: "${command[0]}": executable file not found in $PATH: unknown`,
        );
      const said = { out: '', err: '' };
      const exitCode = await runCommand(found.place, command, {
        stdin,
        out: (line) => {
          said.out += `${line}\n`;
        },
        err: (line) => {
          said.err += `${line}\n`;
        },
      });
      return { exitCode, stdout: said.out, stderr: said.err };
    },
  };
}

const keyOf = (uid: string, container: string): string => `${uid}/${container}`;

/** As its status says: then it only goes on. */
function isRunning(pod: ContainerRun['pod'], container: string): boolean {
  const { containerStatuses = [] } = (pod.status ?? {}) as {
    readonly containerStatuses?: readonly { readonly name: string; readonly state?: { readonly running?: object } }[];
  };
  return containerStatuses.some(({ name, state }) => name === container && state?.running !== undefined);
}

function hostnameOf({ pod }: ContainerRun): string {
  return (pod['spec'] as { hostname?: string } | undefined)?.hostname ?? pod.metadata.name;
}
