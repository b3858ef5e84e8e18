/** Lines of a pane, saved when somebody asks. */
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Followed, Pane } from '../../console/screens/logs/state.ts';
import { messageOf } from '../../errors.ts';
import type { LogLine } from '../../logs/types.ts';
import { readableLine } from '../../text/escape.ts';
import type { Around } from './around.ts';

/** Lines that are written before keys get their turn. */
const atOnce = 2_000;

/** Into a new file of the folder that the program was started in; nothing in it acts on a terminal. */
export async function saveLines(pane: Pane, { store, toast }: Pick<Around, 'store' | 'toast'>): Promise<void> {
  const { followed } = store.read().logs;
  if (!followed) return;
  const stamp = new Date(followed.now()).toISOString().slice(0, 19).replaceAll(':', '');
  const path = resolve(`posthog-${pane.component}-${stamp}.log`);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      const lines = await writeLines(file, pane, followed);
      toast((t) => t.console.logs.saved(lines, path));
    } finally {
      await file.close();
    }
  } catch (error) {
    toast((t) => t.console.logs.notSaved(messageOf(error)));
  }
}

/** @returns how many lines, those that continue others among them */
async function writeLines(file: FileHandle, pane: Pane, followed: Followed): Promise<number> {
  const log = followed.log(pane.component);
  const selection = followed.selection(pane);
  const { end } = log;
  let [next, written] = [log.first, 0];
  for (;;) {
    const from = selection.indexOf(next);
    const length = Math.min(atOnce, selection.indexOf(end) - from);
    const numbers = Array.from({ length }, (_, index) => selection.at(from + index) as number);
    const lines = numbers.flatMap((number) => {
      const line = log.line(number);
      return line && !line.marker ? [line, ...log.continuation(number)] : [];
    });
    if (numbers.length === 0) return written;
    await file.write(lines.map(savedLine).join(''));
    written += lines.length;
    next = (numbers.at(-1) as number) + 1;
  }
}

const savedLine = ({ stamp, run, text }: LogLine): string =>
  `${stamp} ${run.pod}/${run.container} ${readableLine(text)}\n`;
