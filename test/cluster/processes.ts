/** Processes that outlive the program that started them: begun with a pid file, ended by what it says. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layout } from './layout.ts';
import { waitFor } from './waiting.ts';

interface Started {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: the same number with another start is another process. */
  readonly startTime: string;
}

export interface Daemon {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; its parent only has not looked yet.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

const pidFile = (layout: Layout, name: string): string => join(layout.pids, `${name}.json`);
const logFile = (layout: Layout, name: string): string => join(layout.logs, `${name}.log`);

/** Starts a process in the background. What it writes goes to `logs/NAME.log`. */
export function startDaemon(layout: Layout, daemon: Daemon): void {
  const log = openSync(logFile(layout, daemon.name), 'a');
  const [command = '', ...args] = daemon.command;
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...daemon.env },
    cwd: layout.work,
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new Error(`${command} could not be started`);
  const started: Started = { pid: child.pid, startTime: startTimeOf(child.pid) ?? '' };
  writeFileSync(pidFile(layout, daemon.name), JSON.stringify(started));
}

async function startedAs(layout: Layout, name: string): Promise<Started | undefined> {
  try {
    return JSON.parse(await readFile(pidFile(layout, name), 'utf8')) as Started;
  } catch {
    return undefined;
  }
}

/** The process id of a daemon that still runs. */
export async function pidOf(layout: Layout, name: string): Promise<number | undefined> {
  const started = await startedAs(layout, name);
  return started && startTimeOf(started.pid) === started.startTime ? started.pid : undefined;
}

/** Throws, with the end of its log, when a daemon has died. */
export function assertAlive(layout: Layout, name: string): void {
  const started = JSON.parse(readFileSync(pidFile(layout, name), 'utf8')) as Started;
  if (startTimeOf(started.pid) === started.startTime) return;
  const log = readFileSync(logFile(layout, name), 'utf8').trim().split('\n').slice(-8).join('\n');
  throw new Error(`${name} has ended:\n${log}`);
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}

/** Ends these processes: politely first, by force after `seconds`. Returns when all are gone. */
export async function endProcesses(pids: readonly number[], seconds: number, signal: AbortSignal): Promise<void> {
  const running = pids.flatMap((pid) => {
    const startTime = startTimeOf(pid);
    return startTime === undefined ? [] : [{ pid, startTime }];
  });
  const left = (): readonly Started[] => running.filter(({ pid, startTime }) => startTimeOf(pid) === startTime);
  if (seconds > 0) {
    for (const { pid } of running) signalProcess(pid, 'SIGTERM');
    await waitFor(async () => left().length === 0, { what: 'the end', seconds, every: 20, signal }).catch(
      () => undefined,
    );
  }
  for (const { pid } of left()) signalProcess(pid, 'SIGKILL');
  await waitFor(async () => left().length === 0, {
    what: 'the end of killed processes',
    seconds: 30,
    every: 20,
    signal,
  });
}

/** Ends a daemon and forgets it. */
export async function stopDaemon(layout: Layout, name: string, signal: AbortSignal, seconds = 5): Promise<void> {
  const pid = await pidOf(layout, name);
  if (pid !== undefined) await endProcesses([pid], seconds, signal);
  await rm(pidFile(layout, name), { force: true });
}

/** Lets daemons stand still while `work` is done. */
export async function whilePaused(layout: Layout, names: readonly string[], work: () => Promise<void>): Promise<void> {
  const pids = (await Promise.all(names.map((name) => pidOf(layout, name)))).filter((pid) => pid !== undefined);
  for (const pid of pids) signalProcess(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    for (const pid of pids) signalProcess(pid, 'SIGCONT');
  }
}

/** The names of all daemons that were started and not stopped, whether they still run or not. */
export async function daemonNames(layout: Layout): Promise<string[]> {
  const files = await readdir(layout.pids).catch(() => []);
  return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
}
