/**
 * A log that is not on a container's output but in a file inside it, read piece by piece with commands in the container:
 * each says how long the file is, so that nothing is lost or doubled however often a connection breaks. The lines get the
 * time that they begin with, as Kubernetes would have written it.
 */
import { ApiError, backoffMs } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import type { Context } from '../../context.ts';
import { messageOf } from '../../errors.ts';
import { secondsAt } from '../stamp.ts';
import type { Run, TailRequest, Tell, Waiting } from '../types.ts';
import type { LiveRun } from './run.ts';

/** How often it is looked at, in milliseconds. */
const everyMs = 2_000;
/** Of a long file so much is read at once; less than a command may print (cluster/exec.ts). */
const atOnceBytes = 4 * 2 ** 20;
/** Without `follow`, so many failures in a row are the answer. */
const mostFailures = 3;
/** Who asks for what is new since a moment looks back so far at most. */
const backBytes = 16 * 2 ** 20;

export interface FileDeps extends Pick<Context, 'clock' | 'random'> {
  readonly cluster: Pick<Cluster, 'exec'>;
  readonly tell: Tell;
  readonly wait: (waiting: Waiting | undefined) => void;
}

/** How far a file has been read: it outlives the runs of its container. */
export interface Position {
  /** In bytes; undefined: nothing yet. */
  at: number | undefined;
  /** The time of the line before, which those without one have too. */
  stamp: string;
  /** How much is asked for of what was there before. */
  readonly past: Pick<TailRequest, 'tailLines' | 'since'>;
}

/**
 * Until the container's run has ended, or without `follow`, to the end of the file. A container that never has the file has
 * its log elsewhere: nothing is told. Rejects with the signal's reason only.
 */
export async function readFileOf(
  live: LiveRun,
  file: string,
  follow: boolean,
  position: Position,
  { cluster, clock, random, tell, wait }: FileDeps,
  signal: AbortSignal,
): Promise<void> {
  const run: Run = { ...live.run, file };
  const look = lookerAt(run, file, cluster, signal);
  let isTold = false;
  for (let failures = 0; ; ) {
    const { end } = live;
    try {
      const piece = await pieceOf(file, position, look);
      wait(undefined);
      failures = 0;
      if (!isTold) await tell({ type: 'opened', run });
      isTold = true;
      if (piece.isOther)
        await tell({ type: 'marker', run, marker: { type: 'gap', reason: 'rotated', forMs: undefined } });
      if (piece.lines.length > 0) await tell({ type: 'lines', run, bytes: piece.lines });
      if (piece.hasMore) continue;
      if (end || !follow) break;
    } catch (error) {
      signal.throwIfAborted();
      const isRefused = error instanceof ApiError && error.code === 403;
      const isNowhere = error instanceof NoFileError && !position.at;
      // All of one that comes later is new.
      if (isNowhere) position.at = 0;
      // Nothing can be run in a container that has ended.
      if (isNowhere || end) wait(undefined);
      else if (isRefused) wait({ type: 'forbidden', right: 'create pods/exec' });
      else wait({ type: 'away', message: messageOf(error) });
      failures += 1;
      if (end || (isRefused && !isTold) || (!follow && (isNowhere || failures > mostFailures))) break;
    }
    await Promise.race([live.ended, clock.sleep(everyMs + backoffMs(failures, random()), signal)]);
    signal.throwIfAborted();
  }
  if (isTold) await tell({ type: 'closed', run });
}

class NoFileError extends Error {}

/** What a command in the container prints, with the size that the file had before and the zone of its times. */
interface Seen {
  readonly size: number;
  readonly zone: string;
  readonly text: string;
}

/** @throws NoFileError, Error where the command fails */
type Look = (command: string) => Promise<Seen>;

function lookerAt({ pod, container }: Run, file: string, cluster: Pick<Cluster, 'exec'>, signal: AbortSignal): Look {
  return async (command) => {
    const script = `date +%z; wc -c < ${file}; ${command}`;
    const options = { container, signal, encoding: 'latin1' } as const;
    const { exitCode, stdout, stderr } = await cluster.exec(pod, ['sh', '-c', script], options);
    const [, zone, size, text] = /^([+-]\d{4})\n(?:\s*(\d+)\n([\s\S]*))?$/.exec(stdout) ?? [];
    if (zone !== undefined && size === undefined) throw new NoFileError(stderr.trim());
    if (exitCode !== 0 || zone === undefined || text === undefined)
      throw new Error(stderr.trim() || `exit code ${exitCode}`);
    return { size: Number(size), zone, text };
  };
}

interface Piece {
  /** Whole ones. */
  readonly lines: Buffer;
  readonly hasMore: boolean;
  /** The file is shorter than what was read of it: it is another one. */
  readonly isOther: boolean;
}

/** What follows the position, which is moved. */
async function pieceOf(file: string, position: Position, look: Look): Promise<Piece> {
  position.at ??= await startOf(file, position.past, look);
  const { size, zone, text } = await look(`tail -c +${position.at + 1} ${file} | head -c ${atOnceBytes}`);
  if (size < position.at) {
    position.at = 0;
    position.stamp = '';
    return { lines: Buffer.alloc(0), hasMore: true, isOther: true };
  }
  const whole = Buffer.from(text.slice(0, text.lastIndexOf('\n') + 1), 'latin1');
  const { bytes, stamp } = stampLines(whole, { zone, since: position.past.since, stamp: position.stamp });
  position.at += whole.length;
  position.stamp = stamp;
  return { lines: bytes, hasMore: whole.length > 0 && position.at < size, isOther: false };
}

/** Where the first line begins that is asked for, in bytes. The file may grow while it is looked for. */
async function startOf(file: string, { tailLines, since }: Position['past'], look: Look): Promise<number> {
  if (tailLines === undefined && since === undefined) return 0;
  const lengthOf = async (command: string) => Number((await look(`${command} | wc -c`)).text);
  const { size } = await look('true');
  if (tailLines !== undefined) return size - (await lengthOf(`head -c ${size} ${file} | tail -n ${tailLines}`));
  const back = size - backBytes;
  return back <= 0 ? 0 : back + (await lengthOf(`tail -c +${back + 1} ${file} | head -n 1`));
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `1:M 23 Nov 2026 10:00:00.123 * ` (Redis 4 and newer, src/server.c, serverLogRaw). */
const redisTime = /^\d+:[A-Z] (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d\.\d{3}) /;

/**
 * Lines with their times before them; one without has that of the line before.
 * @param since seconds; older ones are left out
 * @param stamp of the line before the first
 */
export function stampLines(
  lines: Buffer,
  { zone, since, stamp }: { readonly zone: string; readonly since: number | undefined; readonly stamp: string },
): { readonly bytes: Buffer; readonly stamp: string } {
  const stamped: string[] = [];
  const offset = zone === '+0000' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const isBefore = (time: string) => since !== undefined && secondsAt(Buffer.from(time), 0) < since;
  let [latest, isOld] = [stamp, isBefore(stamp)];
  for (const line of lines.toString('latin1').split('\n').slice(0, -1)) {
    const [, day, month = '', year, time] = redisTime.exec(line) ?? [];
    if (day !== undefined) {
      latest = `${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${day}T${time}000000${offset}`;
      isOld = isBefore(latest);
    }
    if (!isOld) stamped.push(`${latest} ${line}\n`);
  }
  return { bytes: Buffer.from(stamped.join(''), 'latin1'), stamp: latest };
}
