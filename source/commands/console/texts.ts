/** A text over the screen: opened at once, filled when it is there. */
import { viewOf } from '../../console/frame.ts';
import { atEnd, type Reader, readerOf } from '../../console/overlays/text.ts';
import type { State } from '../../console/state.ts';
import type { Store } from '../../console/store.ts';
import { wordsIn } from '../../console/words.ts';
import type { Say } from '../../messages/index.ts';
import { readableLine } from '../../text/escape.ts';
import { saidOf, shownError } from './errors.ts';

export interface Text {
  readonly title: Say;
  readonly format: Reader['format'];
  /** Untrusted. */
  readonly lines: () => Promise<readonly string[]>;
  /** Whether its end matters most. */
  readonly fromEnd: boolean;
}

/** Where it cannot be had, it says why. */
export async function showText(
  { title, format, lines, fromEnd }: Text,
  store: Store<State>,
  signal: AbortSignal,
): Promise<void> {
  const show = (shown: readonly string[] | undefined) =>
    store.change((state) => {
      // Whoever closed it meanwhile does not want it back.
      const isOpen = shown === undefined || (state.overlay?.type === 'text' && state.overlay.lines === undefined);
      if (!isOpen) return state;
      const reader = readerOf(title, format, shown);
      return { ...state, overlay: shown && fromEnd ? atEnd(reader, viewOf(state)) : reader };
    }, true);
  show(undefined);
  try {
    // Before it is broken into lines: what is made visible needs its room.
    show((await lines()).map(readableLine));
  } catch (error) {
    if (signal.aborted) return;
    const said = saidOf(shownError(error))(wordsIn(store.read()));
    show(said.split('\n'));
  }
}
