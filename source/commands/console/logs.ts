/** The logs of the instance that is shown: followed as long as the screen is open. */
import { viewOf } from '../../console/frame.ts';
import { found } from '../../console/screens/logs/moments.ts';
import type { LogsState } from '../../console/screens/logs/state.ts';
import { pagesIn } from '../../console/screens/logs/view.ts';
import type { State } from '../../console/state.ts';
import type { Context } from '../../context.ts';
import type { ComponentId } from '../../stack/types.ts';
import { type Around, asked } from './around.ts';
import { saidOf, shownError } from './errors.ts';
import { FollowedLogs } from './followed.ts';

/** Until the signal aborts. @param onPanes told which components are shown, when that changes */
export function followLogs(around: Around, context: Context, onPanes: (shown: readonly ComponentId[]) => void): void {
  const { store, instance, toast, signal } = around;
  const followed = new FollowedLogs({
    context,
    app: instance,
    bufferBytes: store.read().logs.bufferBytes,
    signal,
    open: around.open,
    onChange: () => store.change((state) => ({ ...state, logs: changed(state) })),
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

/** What is read has changed: what was sought may be there now. */
function changed(state: State): LogsState {
  const logs = { ...state.logs, version: state.logs.version + 1 };
  return logs.followed ? found(logs, logs.followed, pagesIn(logs, viewOf(state))) : logs;
}
