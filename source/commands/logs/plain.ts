/** Logs as lines: read by the tail, merged by time, printed or saved. */
import { Merge } from '../../logs/merge.ts';
import { copyRun } from '../../logs/tail/copy.ts';
import { Runs } from '../../logs/tail/runs.ts';
import { tail } from '../../logs/tail/tail.ts';
import type { Marker, Run, TailEvent, Waiting } from '../../logs/types.ts';
import { componentOf } from '../../stack/components.ts';
import type { OpenOutside, Session } from '../session.ts';
import { Gathered } from './gathered.ts';
import { LinePrinter } from './lines.ts';
import type { LogsRequest } from './request.ts';
import { openSave } from './save.ts';

/** How long what is new waits for what is slower, and how often that is looked at, in milliseconds. */
const holdMs = 250;
const everyMs = 50;
/** A run that is so far ahead of the others waits for them, in bytes. */
const aheadBytes = 4 * 2 ** 20;

export interface PrintOptions {
  readonly app: string;
  readonly color: boolean;
  readonly outside: OpenOutside;
  readonly session: Session;
}

/** Until all is printed, or the signal aborts. @returns how many lines were written */
export async function printLogs(request: LogsRequest, options: PrintOptions): Promise<number> {
  const { app, color, outside, session } = options;
  const { io, signal, t, context } = session;
  const only = isWhole(request) && !io.stdout.isTTY ? await onlyRun(request, options) : undefined;
  if (only) return copyOut(only, request, options);
  const { clock } = context;
  const save = request.save === undefined ? undefined : await openSave(request.save);
  const output = new Gathered(save ?? io.stdout);
  const printer = new LinePrinter({
    ...request,
    app,
    color: color && !save,
    isEscaped: save !== undefined || io.stdout.isTTY,
    t,
  });
  const merge = new Merge();
  const full = new AbortController();
  const until = AbortSignal.any([signal, full.signal]);
  /** Runs that wait until what they gave has been taken. */
  const waiting = new Map<Run, () => void>();
  let left = request.maxLines ?? Number.POSITIVE_INFINITY;
  let written = 0;

  const flush = (hold: number) => {
    for (const { run, bytes, marker } of merge.take(clock.monotonic(), hold)) {
      if (left <= 0) break;
      if (marker) output.add(printer.mark(run, marker));
      else {
        const lines = printer.print(run, bytes, left, output);
        written += lines;
        left -= request.maxLines === undefined ? 0 : lines;
      }
    }
    output.flush();
    if (left <= 0) full.abort(new Error('enough'));
    for (const [run, go] of waiting)
      if (merge.waiting(run) < aheadBytes) {
        waiting.delete(run);
        go();
      }
  };

  const tell = (event: TailEvent): void | Promise<void> => {
    switch (event.type) {
      case 'opened':
        return merge.open(event.run);
      case 'closed':
        merge.close(event.run);
        return flush(hold);
      case 'waiting':
        if (event.waiting) io.stderr.write(`${t.logs.waiting(event.component, event.waiting)}\n`);
        return undefined;
      case 'marker':
        return merge.add(event.run, event.marker, clock.monotonic());
      case 'lines':
        merge.add(event.run, event.bytes, clock.monotonic());
        if (merge.waiting(event.run) < aheadBytes) return undefined;
        flush(hold);
        if (merge.waiting(event.run) < aheadBytes) return undefined;
        return new Promise((resolve) => waiting.set(event.run, resolve));
    }
  };
  // Without follow every run ends, so that only the order counts; a run that is far ahead is waited for.
  const hold = request.tail.follow ? holdMs : Number.POSITIVE_INFINITY;
  const ended = new AbortController();
  const flushing = flushNow();
  async function flushNow(): Promise<void> {
    while (!ended.signal.aborted && !until.aborted) {
      flush(hold);
      await clock.sleep(everyMs, AbortSignal.any([ended.signal, until])).catch(() => {});
    }
  }
  try {
    const reading = tail(
      outside.cluster,
      context,
      { ...request.tail, app, components: request.components },
      tell,
      until,
    );
    // What fails while it is printed must end the reading, and the other way round.
    await Promise.race([reading, flushing.then(() => reading)]);
  } catch (error) {
    if (!full.signal.aborted) throw error;
  } finally {
    ended.abort();
    await flushing.catch(() => {});
    if (!signal.aborted) flush(0);
    await save?.close();
  }
  return written;
}

/** Whether all that was written is asked for, as it was written. */
const isWhole = ({
  form,
  only,
  not,
  level,
  save,
  maxLines,
  tail: { follow, since, tailLines },
}: LogsRequest): boolean =>
  form === 'raw' &&
  !follow &&
  only.length + not.length === 0 &&
  [level, save, maxLines, since, tailLines].every((each) => each === undefined);

/** The only run there is: where there are several, they are to be merged. */
async function onlyRun({ components, tail: { containers } }: LogsRequest, { app, outside, session }: PrintOptions) {
  const found: Run[] = [];
  const asked = { app, components, ...(containers ? { containers } : {}) };
  const runs = new Runs({ request: asked, onRun: ({ run }) => found.push(run) });
  runs.list((await outside.cluster.list({ apiVersion: 'v1', kind: 'Pod' }, { signal: session.signal })).items);
  const [only] = found;
  return found.length === 1 && only && !componentOf(only.component).logFile ? only : undefined;
}

async function copyOut(
  run: Run,
  { tail: { previous } }: LogsRequest,
  { outside, session }: PrintOptions,
): Promise<number> {
  const { io, t, context, signal } = session;
  let bytes = 0;
  const say = (text: string) => io.stderr.write(`${text}\n`);
  const to = {
    give(piece: Buffer) {
      bytes += piece.length;
      io.stdout.write(piece);
    },
    mark: (marker: Marker) => say(t.logs.marker(marker)),
    wait: (waiting: Waiting | undefined) => waiting && say(t.logs.waiting(run.component, waiting)),
  };
  await copyRun({ run, previous }, { ...context, cluster: outside.cluster }, to, signal);
  return bytes;
}
