/** One part, as a text to be read that keeps up with what happens. */
import type { Messages } from '../../../messages/index.ts';
import { componentOf, objectName } from '../../../stack/components.ts';
import type { ComponentId } from '../../../stack/types.ts';
import type { Picture } from '../../draw/line.ts';
import { oncePer } from '../../once-per.ts';
import { drawText, type Reader, readerOf } from '../../overlays/text.ts';
import type { View } from '../../screen.ts';
import type { Seen, State } from '../../state.ts';
import { wordsIn } from '../../words.ts';
import type { HomeState } from '../home/state.ts';
import { ageBeat, drawGone, drawWaiting, nowOf } from '../instance-screen.ts';
import { factLines } from './facts.ts';

/** When the ages that are shown have to be drawn anew: they stand for minutes, not for moments. */
export const partBeat = (state: State): number => ageBeat(0, state);

const linesOf = oncePer(
  (
    id: ComponentId,
    seen: Seen,
    components: HomeState['run']['components'],
    figures: HomeState['figures'],
    troubles: HomeState['troubles'],
    t: Messages,
    now: number,
  ): readonly string[] => {
    const about = { id, part: components[id], figures: figures.get(id), troubles, others: components };
    return factLines({ ...about, snapshot: seen.snapshot, now: nowOf(seen, now) }, t);
  },
);

/** What is read now, and where in it somebody is. */
export function readerIn(state: State): Reader | undefined {
  const { id, pager, search, hit } = state.part;
  const facts = id && factsOf(id, state);
  return facts && { ...facts, pager, search, hit };
}

/** Undefined until something has been seen. */
function factsOf(id: ComponentId, state: State): Reader | undefined {
  const { seen, home } = state;
  if (!seen) return undefined;
  const lines = linesOf(id, seen, home.run.components, home.figures, home.troubles, wordsIn(state), partBeat(state));
  return readerOf(() => `${componentOf(id).kind}/${objectName(id, seen.snapshot.app)}`, 'facts', lines);
}

/** From its beginning, as much as there is room for. */
export function drawFacts(id: ComponentId, view: View): Picture {
  const facts = factsOf(id, view.state);
  // What is beyond what can be seen is not even broken into lines.
  return facts ? drawText({ ...facts, lines: facts.lines?.slice(0, view.rows) }, view) : { lines: [] };
}

export function drawPart(view: View): Picture {
  const reader = readerIn(view.state);
  return drawWaiting(view) ?? drawGone(view) ?? (reader ? drawText(reader, view) : { lines: [] });
}
