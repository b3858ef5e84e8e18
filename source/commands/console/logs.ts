/** The logs of the instance that is shown: followed as long as the screen is open, and saved when somebody asks. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Pane } from '../../console/screens/logs/state.ts';
import type { Context } from '../../context.ts';
import { messageOf } from '../../errors.ts';
import type { LogLine } from '../../logs/record.ts';
import type { ComponentId } from '../../stack/types.ts';
import { readableLine } from '../../text/escape.ts';
import { type Around, asked } from './around.ts';
import { saidOf, shownError } from './errors.ts';
import { FollowedLogs } from './followed.ts';

/** Until the signal aborts. @param onPanes told which components are shown, when that changes */
export function followLogs(around: Around, context: Context, onPanes: (shown: readonly ComponentId[]) => void): void {
  const { store, instance, toast, signal } = around;
  const followed = new FollowedLogs({
    context,
    app: instance,
    signal,
    open: around.open,
    onChange: () => store.change((state) => ({ ...state, logs: { ...state.logs, version: state.logs.version + 1 } })),
    onSlowFilter(filter) {
      toast((t) => t.console.logs.slowPattern);
      store.change((state) => {
        const panes = state.logs.panes.map((pane) => (pane.filter === filter ? { ...pane, filter: '' } : pane));
        return { ...state, logs: { ...state.logs, panes } };
      });
    },
    onTrouble(error) {
      asked(around, () => Promise.reject(error)).catch((known: unknown) => toast(saidOf(shownError(known))));
    },
  });
  store.change((state) => ({ ...state, logs: { ...state.logs, followed } }));
  let before = store.read().logs.panes;
  const keepUp = () => {
    const { logs, screen } = store.read();
    if (logs.followed !== followed || screen !== 'logs') return;
    followed.follow(logs);
    const shown = logs.panes.map(({ component }) => component);
    if (shown.join() !== before.map(({ component }) => component).join()) onPanes(shown);
    before = logs.panes;
  };
  keepUp();
  const stop = store.subscribe(keepUp);
  signal.addEventListener('abort', stop, { once: true });
}

/** Into a new file of the folder that the program was started in; nothing in it acts on a terminal. */
export async function saveLines(pane: Pane, { store, toast }: Around): Promise<void> {
  const { followed } = store.read().logs;
  if (!followed) return;
  const log = followed.log(pane.component);
  const selection = followed.selection(pane);
  const lines = Array.from({ length: selection.length }, (_, index) => log.line(selection.at(index) as number)).flatMap(
    (line) => (line && !line.marker ? [line, ...log.continuation(line.number)] : []),
  );
  const stamp = new Date(followed.now()).toISOString().slice(0, 19).replaceAll(':', '');
  const path = resolve(`posthog-${pane.component}-${stamp}.log`);
  try {
    await writeFile(path, lines.map(savedLine).join(''), { flag: 'wx', mode: 0o600 });
    toast((t) => t.console.logs.saved(lines.length, path));
  } catch (error) {
    toast((t) => t.console.logs.notSaved(messageOf(error)));
  }
}

const savedLine = ({ stamp, run, text }: LogLine): string =>
  `${stamp} ${run.pod}/${run.container} ${readableLine(text)}\n`;
