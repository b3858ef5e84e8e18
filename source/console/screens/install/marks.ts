/** The marks of states and verdicts, the same on every screen. */
import type { Verdict } from '../../../install/events.ts';
import type { State } from '../../../observe/types.ts';
import { glyphs, spin } from '../../draw/glyphs.ts';
import { accent, bad, dim, good, type Span, warn } from '../../draw/line.ts';

export const verdictMark = (verdict: Verdict): Span =>
  ({ pass: good(glyphs.ready), warn: warn(glyphs.warning), fail: bad(glyphs.failed) })[verdict];

/** Only one thing on a screen moves: the others that are on their way stand still. */
export function stateMark(state: State, beat?: number): Span {
  switch (state) {
    case 'ready':
      return good(glyphs.ready);
    case 'failed':
      return bad(glyphs.failed);
    case 'waiting':
      return dim(glyphs.waiting);
    case 'stopped':
      return dim(glyphs.stopped);
    case 'running':
      return accent(beat === undefined ? glyphs.running : spin(beat));
  }
}
