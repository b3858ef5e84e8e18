/**
 * The whole log of one run as its container wrote it. No times are asked for, so that nothing has to be taken out again, and
 * no line is looked at: where the connection breaks, it is asked for anew, and as many bytes are left out as were given.
 */
import { ApiError, backoffMs } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import type { Context } from '../../context.ts';
import { messageOf } from '../../errors.ts';
import type { Marker, Run, Waiting } from '../types.ts';
import { mostFailures } from './run.ts';

/** So much of the end of what was given must stand there again. */
const checkedBytes = 4096;

export interface CopyTo {
  /** Whoever answers with a promise is waited for. */
  give(bytes: Buffer): void | Promise<void>;
  mark(marker: Marker): void;
  wait(waiting: Waiting | undefined): void;
}

/** Rejects with the signal's reason only, and with the error of a server that will not give it. */
export async function copyRun(
  { run, previous }: { readonly run: Run; readonly previous: boolean },
  { cluster, clock, random }: Pick<Context, 'clock' | 'random'> & { readonly cluster: Pick<Cluster, 'logBytes'> },
  to: CopyTo,
  signal: AbortSignal,
): Promise<void> {
  let given = 0;
  let end = Buffer.alloc(0);
  for (let failures = 0; ; ) {
    try {
      let position = 0;
      let seen = Buffer.alloc(0);
      for await (const piece of cluster.logBytes(run.pod, { container: run.container, previous, signal })) {
        if (position < given) {
          seen = Buffer.concat([seen, piece.subarray(0, given - position)]).subarray(-checkedBytes);
          // Another file than before: the node has begun a new one, and all of it is new.
          if (position + piece.length >= given && !seen.equals(end)) throw new OtherFile();
        }
        const fresh = piece.subarray(Math.max(0, given - position));
        position += piece.length;
        if (fresh.length === 0) continue;
        to.wait(undefined);
        const giving = to.give(fresh);
        given += fresh.length;
        failures = 0;
        end =
          fresh.length >= checkedBytes
            ? Buffer.from(fresh.subarray(-checkedBytes))
            : Buffer.concat([end, fresh]).subarray(-checkedBytes);
        if (giving) await giving;
      }
      if (position >= given) return;
      throw new OtherFile();
    } catch (error) {
      signal.throwIfAborted();
      const isRefused = error instanceof ApiError && [400, 403, 404].includes(error.code);
      if (isRefused || failures >= mostFailures) throw error;
      if (error instanceof OtherFile) {
        to.mark({ type: 'gap', reason: 'rotated', forMs: undefined });
        given = 0;
        end = Buffer.alloc(0);
      } else to.wait({ type: 'away', message: messageOf(error) });
      await clock.sleep(backoffMs(failures++, random(), error), signal);
    }
  }
}

class OtherFile extends Error {}
