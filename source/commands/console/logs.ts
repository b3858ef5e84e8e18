/** The logs of the instance that is shown. They go on while another screen is: nothing is missing for whoever comes back. */
import { viewOf } from '../../console/frame.ts';
import { found } from '../../console/screens/logs/moments.ts';
import { type LogsState, renumbered } from '../../console/screens/logs/state.ts';
import { pagesIn } from '../../console/screens/logs/view.ts';
import type { State } from '../../console/state.ts';
import type { Context } from '../../context.ts';
import type { ComponentId } from '../../stack/types.ts';
import { type Around, asked } from './around.ts';
import { saidOf, shownError } from './errors.ts';
import { FollowedLogs } from './followed.ts';

/** Until the signal aborts. @param onPanes told which components are shown, when somebody has arranged others on this screen */
export function followLogs(around: Around, context: Context, onPanes: (shown: readonly ComponentId[]) => void): void {
  const { store, instance, toast, signal } = around;
  const followed = new FollowedLogs({
    context,
    app: instance,
    bufferBytes: store.read().logs.bufferBytes,
    signal,
    open: around.open,
    onChange: (isAwaited) => store.change(changed, isAwaited),
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
  store.change((state) => ({ ...state, logs: { ...state.logs, panes: state.logs.panes.map(renumbered), followed } }));
  let before: readonly ComponentId[] | undefined;
  const keepUp = () => {
    const { logs, screen } = store.read();
    if (logs.followed !== followed) return;
    const shown = screen === 'logs' ? logs.panes.map(({ component }) => component) : undefined;
    if (shown) followed.follow(logs);
    // What another screen has opened here nobody has arranged.
    if (shown && before && shown.join() !== before.join()) onPanes(shown);
    before = shown;
  };
  keepUp();
  const stop = store.subscribe(keepUp);
  signal.addEventListener('abort', stop, { once: true });
}

/** What is read has changed: what was sought may be there now. */
function changed(state: State): State {
  const before = { ...state.logs, version: state.logs.version + 1 };
  const logs = before.followed ? found(before, before.followed, pagesIn(before, viewOf(state))) : before;
  if (!isSeekingErrors(before) || isSeekingErrors(logs)) return { ...state, logs };
  const hasFound = logs.panes.some(({ spot }, index) => spot !== before.panes[index]?.spot);
  return { ...state, logs, toast: hasFound ? undefined : (t) => t.console.logs.noErrors };
}

const isSeekingErrors = ({ panes }: LogsState): boolean => panes.some(({ sought }) => sought === 'error');
