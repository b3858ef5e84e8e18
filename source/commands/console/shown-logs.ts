/** The logs of the instance that is shown, followed from when their screen is opened for the first time. */
import type { Context } from '../../context.ts';
import type { ComponentId } from '../../stack/types.ts';
import type { Around } from './around.ts';

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
