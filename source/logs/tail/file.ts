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

const newline = 10;
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
  /** How much is asked for of what was there before. */
  readonly past: Pick<TailRequest, 'tailLines' | 'since'>;
}

/**
 * Until the container's run has ended, or without `follow`, to the end of the file. A container without the file has its log
 * elsewhere: nothing is told. Rejects with the signal's reason only.
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
  let isTold = false;
  for (let failures = 0; ; ) {
    const { end } = live;
    try {
      const piece = await pieceOf(run, position, cluster, signal);
      if (!piece) return;
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
      // Nothing can be run in a container that has ended.
      if (end) break;
      const isRefused = error instanceof ApiError && error.code === 403;
      wait(isRefused ? { type: 'forbidden', right: 'create pods/exec' } : { type: 'away', message: messageOf(error) });
      failures += 1;
      if (isRefused || (!follow && failures > mostFailures)) break;
    }
    await Promise.race([live.ended, clock.sleep(everyMs + backoffMs(failures, random()), signal)]);
    signal.throwIfAborted();
  }
  if (isTold) await tell({ type: 'closed', run });
}

interface Piece {
  /** Whole ones. */
  readonly lines: Buffer;
  readonly hasMore: boolean;
  /** The file is shorter than what was read of it: it is another one. */
  readonly isOther: boolean;
}

/** What follows the position, which is moved; undefined when there is no such file. */
async function pieceOf(
  { pod, container, file = '' }: Run,
  position: Position,
  cluster: Pick<Cluster, 'exec'>,
  signal: AbortSignal,
): Promise<Piece | undefined> {
  const { tailLines, since } = position.past;
  const isFirst = position.at === undefined;
  const part =
    position.at !== undefined || (tailLines === undefined && since === undefined)
      ? `tail -c +${(position.at ?? 0) + 1} ${file} | head -c ${atOnceBytes}`
      : tailLines === undefined
        ? `tail -c ${backBytes} ${file}`
        : `tail -n ${tailLines} ${file}`;
  const script = `date +%z; wc -c < ${file}; ${part}`;
  const { exitCode, stdout } = await cluster.exec(pod, ['sh', '-c', script], { container, signal, encoding: 'latin1' });
  const [, zone, size, text = ''] = /^([+-]\d{4})\n\s*(\d+)\n([\s\S]*)$/.exec(stdout) ?? [];
  if (exitCode !== 0 || zone === undefined) return undefined;
  const bytes = Buffer.from(text, 'latin1');
  const before = position.at ?? (part.startsWith('tail -c +') ? 0 : Math.max(0, Number(size) - bytes.length));
  if (Number(size) < before) {
    position.at = 0;
    return { lines: Buffer.alloc(0), hasMore: true, isOther: true };
  }
  const whole = bytes.subarray(0, bytes.lastIndexOf(newline) + 1);
  position.at = before + whole.length;
  const stamped = stampLines(whole, zone, isFirst ? since : undefined);
  return { lines: stamped, hasMore: whole.length > 0 && position.at < Number(size), isOther: false };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `1:M 23 Nov 2026 10:00:00.123 * ` (Redis 4 and newer, src/server.c, serverLogRaw). */
const redisTime = /^\d+:[A-Z] (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d\.\d{3}) /;

/** Lines with their times before them; one without has that of the line before. @param since seconds; older ones are left out */
export function stampLines(lines: Buffer, zone: string, since: number | undefined): Buffer {
  const stamped: string[] = [];
  const offset = zone === '+0000' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  let stamp = '';
  let isOld = false;
  for (const line of lines.toString('latin1').split('\n').slice(0, -1)) {
    const [, day, month = '', year, time] = redisTime.exec(line) ?? [];
    if (day !== undefined) {
      stamp = `${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${day}T${time}000000${offset}`;
      isOld = since !== undefined && secondsAt(Buffer.from(stamp), 0) < since;
    }
    if (!isOld) stamped.push(`${stamp} ${line}\n`);
  }
  return Buffer.from(stamped.join(''), 'latin1');
}
