/** What follows from a state of the console, or of the program's, without asking anybody. */
import type { Where } from '../../console/actions.ts';
import { emptyEvents } from '../../console/screens/events/state.ts';
import { goTo } from '../../console/screens/install/form.ts';
import type { LogsState } from '../../console/screens/logs/state.ts';
import { emptyObjects } from '../../console/screens/objects/state.ts';
import type { State } from '../../console/state.ts';
import type { Store, Timers } from '../../console/store.ts';

/** Whether it is another place than the one that is looked at. */
export const isElsewhere = (where: Where, namespace: string | undefined): boolean =>
  where.sandbox === true ||
  where.kubeconfig !== undefined ||
  where.pasted !== undefined ||
  (where.namespace !== undefined && where.namespace !== namespace);

/** When an instance is looked at: whoever asks again on another of its screens stays there; of another one, all is new. */
export function shownAnew({ screen, home, logs }: State, name: string | undefined): Partial<State> {
  if (screen !== 'install' && name !== undefined && name === home.name) return {};
  // Who begins at another screen stays there.
  const next = screen === 'install' || home.name !== undefined ? 'home' : screen;
  return {
    screen: next,
    toast: undefined,
    seen: undefined,
    objects: emptyObjects,
    events: emptyEvents,
    logs: { ...logs, followed: undefined },
  };
}

/** Where a kubeconfig is asked for, because the one that was pasted could not be kept. */
export const askingKubeconfig = ({ install, ...state }: State, why: string): State => ({
  ...state,
  install: {
    ...install,
    form: { ...goTo(install.form, 'kubeconfig'), pasted: undefined },
    trouble: (t) => t.console.install.pasteNotKept(why),
  },
});

/** Whether lines are there that somebody asked for, or it is known why there are none. */
export const hasSaid = ({ followed, panes }: LogsState): boolean =>
  followed !== undefined &&
  panes.some(({ component }) => followed.log(component).end > 0 || followed.waiting(component) !== undefined);

/** Resolves as soon as it is so, and seen. */
export function shownWhen(store: Store<State>, isSo: (state: State) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      if (!isSo(store.read())) return;
      stop();
      store.show();
      resolve();
    });
  });
}

/** Who has turned to something else wants to hear that it is done, that it failed, or that it waits for an answer. */
export function ringing(store: Store<State>, bell: () => void): () => void {
  const waits = ({ install: { run, isAgreed } }: State) =>
    [run.plan !== undefined && !isAgreed, run.done !== undefined, run.error !== undefined].lastIndexOf(true);
  let before = waits(store.read());
  return () => {
    const now = waits(store.read());
    if (now >= 0 && now !== before) bell();
    before = now;
  };
}

export const timers: Timers = {
  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
