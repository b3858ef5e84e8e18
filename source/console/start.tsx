/** Puts the console on a terminal and takes it off again. */
import { render, type SuspendTerminal } from 'ink';
import type { Actions } from './actions.ts';
import { appOf, screenOf } from './app.ts';
import { ConsoleView } from './console-view.tsx';
import type { Theme } from './draw/theme.ts';
import type { State } from './state.ts';
import type { Store, Timers } from './store.ts';

export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

export interface ConsoleOptions {
  readonly store: Store<State>;
  readonly theme: Theme;
  readonly actions: Actions;
  readonly terminal: Terminal;
  readonly timers: Timers;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface RunningConsole {
  /** Gives the terminal back as it was; resolves when all of that is written. */
  stop(): Promise<void>;
  /** Gives the terminal back for as long as `run` takes. */
  lend(run: () => Promise<void>): Promise<void>;
  /** Resolves when everything that was to be shown is written. */
  flushed(): Promise<void>;
  /** Rejects with what went wrong while drawing; resolves when stopped. */
  readonly ended: Promise<void>;
}

/** How often a picture that moves is drawn anew, and how often time passes where something only waits, in milliseconds. */
const beatMs = 125;
/** How long a toast may keep the keys from the footer where nothing is pressed. */
const toastMs = 5_000;
const tickMs = 1_000;
/** Ink's own limit must stay far from the pace of the store, or frames are dropped (each other one at the same cadence). */
const inkFps = 120;

export function startConsole({ store, theme, actions, terminal, timers, now }: ConsoleOptions): RunningConsole {
  const { stdin, stdout } = terminal;
  const loan: { handOver?: SuspendTerminal } = {};
  const view = <ConsoleView store={store} theme={theme} app={appOf(store, actions)} loan={loan} />;
  const instance = render(view, {
    stdin,
    stdout,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: inkFps,
    isScreenReaderEnabled: false,
  });
  const resize = () => store.change((state) => ({ ...state, columns: stdout.columns, rows: stdout.rows }), true);
  stdout.on('resize', resize);
  // Somebody may have pulled at the window before anybody listened.
  const { columns, rows } = store.read();
  if (stdout.columns > 0 && (stdout.columns !== columns || stdout.rows !== rows)) resize();

  let stopTicking = () => {};
  let beats = 0;
  /** The toast that stands there, and since when. */
  let told = { toast: store.read().toast, since: now() };
  const expire = () => {
    const { toast } = store.read();
    if (toast !== told.toast) told = { toast, since: now() };
    else if (toast && now() - told.since > toastMs) store.change((state) => ({ ...state, toast: undefined }));
  };
  const tick = () => {
    const moves = screenOf(store.read()).isMoving?.(store.read()) ?? false;
    beats += 1;
    expire();
    if (moves || beats % Math.round(tickMs / beatMs) === 0)
      store.change((state) => ({ ...state, now: now(), ...(moves ? { beat: state.beat + 1 } : {}) }));
    stopTicking = timers.after(beatMs, tick);
  };
  tick();

  return {
    async stop() {
      stopTicking();
      stdout.off('resize', resize);
      store.close();
      instance.unmount();
      await instance.waitUntilExit().catch(() => {});
    },
    lend: async (run) => loan.handOver?.(run),
    flushed: () => instance.waitUntilRenderFlush(),
    ended: instance.waitUntilExit().then(() => {}),
  };
}
