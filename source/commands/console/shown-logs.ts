/** The logs of the instance that is shown, followed from when their screen is opened for the first time. */
import type { Context } from '../../context.ts';
import type { ComponentId } from '../../stack/types.ts';
import type { Around } from './around.ts';
import { hasSaid, shownWhen } from './transitions.ts';

/** So long the first lines are waited for, in milliseconds. */
const firstLinesMs = 250;

export interface ShownLogsOptions {
  readonly context: Context;
  readonly around: () => Around;
  /** Told which components are shown, when that changes. */
  readonly onPanes: (shown: readonly ComponentId[]) => void;
}

export class ShownLogs {
  readonly #options: ShownLogsOptions;
  #followed: { readonly of: string; readonly stop: AbortController } | undefined;

  constructor(options: ShownLogsOptions) {
    this.#options = options;
  }

  /**
   * Loads what reads them, before the instance is known. Resolves when lines are shown, or why there are none, or when that
   * takes too long for whatever else is to be shown.
   */
  first(): Promise<unknown> {
    void import('./logs.ts');
    const { context, around } = this.#options;
    const shown = shownWhen(around().store, ({ logs }) => hasSaid(logs));
    return Promise.race([shown, context.clock.sleep(firstLinesMs)]);
  }

  /** @param of the instance */
  follow(of: string): void {
    if (this.#followed?.of === of) return;
    this.stop('another instance is looked at');
    const stop = new AbortController();
    this.#followed = { of, stop };
    const { context, around, onPanes } = this.#options;
    const own = around();
    const until = AbortSignal.any([own.signal, stop.signal]);
    void import('./logs.ts').then(({ followLogs }) => followLogs({ ...own, signal: until }, context, onPanes));
  }

  /** They are followed anew when their screen is open. */
  stop(why: string): void {
    this.#followed?.stop.abort(new Error(why));
    this.#followed = undefined;
  }
}
