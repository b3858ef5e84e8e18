/** Lines of a pane, saved when somebody asks. */
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Followed, Pane } from '../../console/screens/logs/state.ts';
import type { Clock } from '../../context.ts';
import { messageOf } from '../../errors.ts';
import type { LogLine } from '../../logs/types.ts';
import { dictionaries, type Messages } from '../../messages/index.ts';
import { readableLine } from '../../text/escape.ts';
import type { Around } from './around.ts';

/** Lines that are written before keys get their turn. */
const atOnce = 2_000;
/** How often it is looked whether the filter has come to the end, in milliseconds. */
const everyMs = 50;
/** Files of one second. */
const mostFiles = 100;

/** Into a new file of the folder that the program was started in; nothing in it acts on a terminal. */
export async function saveLines(
  pane: Pane,
  { store, toast, signal }: Pick<Around, 'store' | 'toast' | 'signal'>,
  clock: Clock,
): Promise<void> {
  const { logs, language } = store.read();
  const { followed } = logs;
  if (!followed) return;
  const stamp = new Date(followed.now()).toISOString().slice(0, 19).replaceAll(':', '');
  try {
    const { file, path } = await openNew(`posthog-${pane.component}-${stamp}`);
    try {
      const { end } = followed.log(pane.component);
      while (followed.selection(pane).end < end) await clock.sleep(everyMs, signal);
      const lines = await writeLines(file, pane, followed, end, dictionaries[language]);
      toast((t) => t.console.logs.saved(lines, path));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!signal.aborted) toast((t) => t.console.logs.notSaved(messageOf(error)));
  }
}

async function openNew(name: string): Promise<{ readonly file: FileHandle; readonly path: string }> {
  for (let count = 1; ; count += 1) {
    const path = resolve(`${name}${count === 1 ? '' : `-${count}`}.log`);
    try {
      return { file: await open(path, 'wx', 0o600), path };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || count === mostFiles) throw error;
    }
  }
}

/** Up to the line `end`. @returns how many lines, those that continue others among them */
async function writeLines(file: FileHandle, pane: Pane, followed: Followed, end: number, t: Messages): Promise<number> {
  const log = followed.log(pane.component);
  const selection = followed.selection(pane);
  let [next, written] = [log.first, 0];
  for (;;) {
    const from = selection.indexOf(next);
    const length = Math.min(atOnce, selection.indexOf(end) - from);
    const numbers = Array.from({ length }, (_, index) => selection.at(from + index) as number);
    const lines = numbers.flatMap((number) => {
      const line = log.line(number);
      return line ? [line, ...log.continuation(number)] : [];
    });
    if (numbers.length === 0) return written;
    // Unlike `write`, until all of it is there.
    await file.appendFile(lines.map((line) => savedLine(line, t)).join(''));
    written += lines.filter(({ marker }) => !marker).length;
    next = (numbers.at(-1) as number) + 1;
  }
}

function savedLine({ stamp, run, text, marker }: LogLine, t: Messages): string {
  const place = `${run.pod}/${run.container}`;
  return marker
    ? `${place} -- ${readableLine(t.logs.marker(marker))} --\n`
    : `${stamp} ${place} ${readableLine(text)}\n`;
}
