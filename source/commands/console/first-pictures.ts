/**
 * The pictures before Ink is there: loading it takes longer than all the rest, and a processor that reading the first
 * data needs. Plain ones, drawn anew whole.
 */
import { frameOf } from '../../console/app.ts';
import type { Theme } from '../../console/draw/theme.ts';
import { isTooSmall } from '../../console/frame.ts';
import type { Terminal } from '../../console/start.tsx';
import type { State } from '../../console/state.ts';
import type { Store } from '../../console/store.ts';
import { withoutWrap, withWrap } from './terminal.ts';

export interface FirstPictures {
  /** Just before somebody draws over them who does not wipe; synchronized, so that nothing is seen of it. */
  handOver(): void;
  /** When nothing came to take over. */
  hide(): void;
}

/** Shows the state on the alternate screen, and whatever becomes of it. */
export function drawFirst(store: Store<State>, theme: Theme, { stdin, stdout }: Terminal): FirstPictures {
  const draw = () => {
    const state = store.read();
    if (isTooSmall(state)) return;
    const painted = frameOf(state).map((line) => `${theme.paint(line, state.columns)}\x1b[K`);
    // Whoever draws next begins where the cursor is.
    stdout.write(`\x1b[H${painted.join('\r\n')}\x1b[H`);
  };
  // What is typed meanwhile is for the console, not for the screen.
  stdin.setRawMode(true);
  stdout.write(`\x1b[?1049h\x1b[?25l${withoutWrap}`);
  draw();
  const stop = store.subscribe(draw);
  return {
    handOver() {
      stop();
      stdout.write('\x1b[?2026h\x1b[2J\x1b[H');
    },
    hide() {
      stop();
      stdout.write(`\x1b[?1049l\x1b[?25h${withWrap}`);
      stdin.setRawMode(false);
    },
  };
}
