/** A console on a terminal of this process, with a state of its own and actions that are only written down. */
import { onTestFinished } from 'vitest';
import type { Actions } from '../../source/console/actions.ts';
import { themeOf } from '../../source/console/draw/theme.ts';
import { startConsole } from '../../source/console/start.tsx';
import type { State } from '../../source/console/state.ts';
import { createStore } from '../../source/console/store.ts';
import { screenOf } from './screen.ts';
import { stateOf } from './state.ts';

export interface Options {
  readonly columns?: number;
  readonly rows?: number;
  readonly ascii?: boolean;
  readonly color?: boolean;
  readonly state?: Partial<State>;
}

export const keys = {
  enter: '\r',
  esc: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  tab: '\t',
  ctrlC: '\x03',
} as const;

export function consoleOn({ columns = 80, rows = 24, ascii = false, color = true, state = {} }: Options = {}) {
  const screen = screenOf(columns, rows);
  const asked: (readonly [string, ...unknown[]])[] = [];
  const actions = new Proxy({} as Actions, {
    get:
      (_, name: string) =>
      (...args: readonly unknown[]) => {
        asked.push([name, ...args]);
      },
  });
  // Time passes when the test says so.
  const timers = { after: () => () => {} };
  const store = createStore(stateOf(columns, rows, state), timers);
  const running = startConsole({
    store,
    theme: themeOf({ ascii, color }),
    actions,
    terminal: screen.terminal,
    timers,
    now: () => store.read().now,
  });
  onTestFinished(() => running.stop());
  return {
    ...screen,
    store,
    asked,
    change: (update: (state: State) => State) => store.change(update, true),
    /** Types and waits until the answer is drawn. An Esc needs a moment to be told from a sequence. */
    async press(...texts: readonly string[]) {
      for (const text of texts) {
        screen.type(text);
        if (text === keys.esc) await new Promise((resolve) => setTimeout(resolve, 30));
        await running.flushed();
      }
    },
    async text() {
      await running.flushed();
      return screen.text();
    },
    async looks() {
      await running.flushed();
      return screen.looks();
    },
    async cursor() {
      await running.flushed();
      return screen.cursor();
    },
    stop: () => running.stop(),
  };
}
