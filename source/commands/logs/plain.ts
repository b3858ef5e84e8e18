/** Logs as lines: read by the tail, merged by time, printed or saved. */
import { exitCodes, UserError } from '../../errors.ts';
import { Merge } from '../../logs/merge.ts';
import { copyRun } from '../../logs/tail/copy.ts';
import { Runs } from '../../logs/tail/runs.ts';
import { tail } from '../../logs/tail/tail.ts';
import type { Marker, Run, TailEvent, Waiting } from '../../logs/types.ts';
import { componentOf } from '../../stack/components.ts';
import type { ComponentId } from '../../stack/types.ts';
import { escapeControls } from '../../text/escape.ts';
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

/**
 * Until all is printed, or the signal aborts; what is saved then is whole as far as it was read.
 * @returns how many lines were written; where all are, it is only known whether there are any
 * @throws UserError `forbidden`, `save` (exit 3 or 1), SlowPattern
 */
export async function printLogs(request: LogsRequest, options: PrintOptions): Promise<number> {
  const { app, color, outside, session } = options;
  const { io, signal, t, context } = session;
  const only = isWhole(request) && !io.stdout.isTTY ? await onlyRun(request, options) : undefined;
  if (only) return copyOut(only, request, options);
  const { clock } = context;
  const enough = new AbortController();
  const until = AbortSignal.any([signal, enough.signal]);
  const save = request.save === undefined ? undefined : await openSave(request.save, (error) => enough.abort(error));
  const output = new Gathered(save ?? io.stdout);
  const printer = new LinePrinter(
    { ...request, app, color: color && !save, isEscaped: save !== undefined || io.stdout.isTTY, t },
    output,
  );
  const say = (text: string) => io.stderr.write(`${escapeControls(text)}\n`);
  const merge = new Merge();
  /** Runs that wait until what they gave has been taken. */
  const waiting = new Map<Run, () => void>();
  let refused: UserError | undefined;

  const flush = (hold: number) => {
    for (const { run, bytes, marker } of merge.take(clock.monotonic(), hold)) {
      if (bytes) printer.print(run, bytes, clock.monotonic());
      else {
        // As raw lines, only they are what was written; what is missing among them is told beside.
        if (request.form === 'raw' && isMissing(marker)) say(t.logs.marker(marker));
        printer.mark(run, marker);
      }
      // What nobody takes waits where it is bounded.
      if (printer.isFull || output.draining) break;
    }
    printer.flush(clock.monotonic());
    output.flush();
    if (printer.isFull) enough.abort();
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
        return output.draining ? undefined : flush(hold);
      case 'waiting':
        if (event.waiting) say(t.logs.waiting(event.component, event.waiting));
        if (event.waiting?.type === 'forbidden') refused = forbidden(event.component, event.waiting);
        return undefined;
      case 'marker':
        return merge.add(event.run, event.marker, clock.monotonic());
      case 'lines':
        merge.add(event.run, event.bytes, clock.monotonic());
        if (merge.waiting(event.run) < aheadBytes) return undefined;
        if (!output.draining) flush(hold);
        if (merge.waiting(event.run) < aheadBytes) return undefined;
        return new Promise((resolve) => waiting.set(event.run, resolve));
    }
  };
  // Without follow every run ends, so that only the order counts; a run that is far ahead is waited for.
  const hold = request.tail.follow ? holdMs : Number.POSITIVE_INFINITY;
  const ended = new AbortController();
  const flushing = flushNow();
  async function flushNow(): Promise<void> {
    const over = AbortSignal.any([ended.signal, until]);
    const left = new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
    while (!over.aborted) {
      flush(hold);
      await (output.draining ? Promise.race([output.draining, left]) : clock.sleep(everyMs, over).catch(() => {}));
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
    if (!enough.signal.aborted && !(save && signal.aborted)) throw error;
  } finally {
    ended.abort();
    // Whatever has ended it, nothing of it goes on to tell.
    enough.abort();
    await flushing.catch(() => {});
    // A pattern that never ends may be met once more: what was chosen before is written all the same.
    try {
      // Whoever has interrupted wants to see no more; a file gets all that was read.
      while ((save || !signal.aborted) && !printer.isFull && !merge.isEmpty) {
        await output.draining;
        flush(0);
      }
      if (save || !signal.aborted) printer.end();
    } finally {
      output.flush();
      await save?.close();
    }
  }
  if (refused && printer.lines === 0) throw refused;
  return printer.lines;
}

const isMissing = ({ type }: Marker): boolean => type === 'gap' || type === 'cut';

const forbidden = (component: ComponentId, waiting: Waiting): UserError =>
  new UserError({
    code: 'forbidden',
    exit: exitCodes.refused,
    say: (t) => t.logs.waiting(component, waiting),
    hint: (t) => t.cluster.forbiddenHint,
  });

/** Whether all that was written is asked for, as it was written. */
const isWhole = ({
  form,
  only,
  not,
  level,
  save,
  maxLines,
  tail: { follow, previous, since, tailLines },
}: LogsRequest): boolean =>
  form === 'raw' &&
  !follow &&
  !previous &&
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
  const say = (text: string) => io.stderr.write(`${escapeControls(text)}\n`);
  const to = {
    give(piece: Buffer) {
      bytes += piece.length;
      return io.stdout.write(piece) === true ? undefined : io.stdout.drained();
    },
    mark: (marker: Marker) => say(t.logs.marker(marker)),
    wait: (waiting: Waiting | undefined) => waiting && say(t.logs.waiting(run.component, waiting)),
  };
  await copyRun({ run, previous }, { ...context, cluster: outside.cluster }, to, signal);
  return bytes;
}
