/** How a change goes that was applied: what is told of it until it is settled, and then whether it helps. */
import type { Obstacle, Outcome } from '../../../operate/scale/outcome.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { formatCount } from '../../../text/count.ts';
import { formatDuration } from '../../../text/duration.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { bad, dim, good, type Line, type Span, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { idsIn, outcomeIn, type ScaleRun } from './state.ts';

/** A line behind its mark. */
export const marked = (mark: Span | string, text: string | Span): Line => [' ', mark, '  ', text];

/** Of what is told while it is waited for. */
const runRows = 5;
/** Of an error's words: whoever wants all of them opens the log. */
const errorCells = 60;

export function runLines(view: View): readonly Line[] {
  const { state, t, columns } = view;
  const { run } = state.scale;
  if (!run) return [];
  const room = columns - 5;
  if (run.settled)
    return [...idsIn(run).flatMap((id) => outcomeLines(id, run, view)), ...saidLines(run.said.slice(-1), view)];
  const said = saidLines(run.said, view);
  const { error } = run;
  if (!error) {
    const way: readonly Line[] = run.appliedAt.size > 0 ? [marked(' ', dim(t.console.scale.wayBack))] : [];
    return [...said, ...way];
  }
  const lines = wrap([error.say(t), error.hint?.(t)].filter(Boolean).join('\n'), room);
  return [...said, ...lines.map((text, row) => marked(row === 0 ? bad(glyphs.failed) : ' ', text))];
}

/** What was said last, each whole: why it takes long comes with what can be done. */
function saidLines(said: ScaleRun['said'], { t, columns }: View): readonly Line[] {
  const told: Line[] = [];
  for (const say of said.toReversed()) {
    const lines = wrap(say(t), columns - 5).map(
      (text, row): Line => marked(row === 0 ? dim(glyphs.waiting) : ' ', text),
    );
    if (told.length > 0 && told.length + lines.length > runRows) break;
    told.unshift(...lines);
  }
  return told;
}

function outcomeLines(id: ComponentId, { waited }: ScaleRun, view: View): readonly Line[] {
  const { state, t, columns } = view;
  const { home, now } = state;
  const part = home.run.components[id];
  const outcome = outcomeIn(id, state, now);
  if (!part || !outcome) return [];
  const { ready, desired } = part;
  const was = formatCount(waited.get(id) ?? 0);
  const waiting = formatCount(home.figures.get(id)?.backlog?.waiting ?? 0);
  const how = said(outcome, was, waiting, t);
  const there = desired === 0 ? t.console.scale.stopped(id) : t.console.scale.settled(id, ready, desired);
  const text = [there, how].filter(Boolean).join(t.console.scale.after.between);
  return wrap(text, columns - 5).map((line, row) => marked(row === 0 ? markOf(outcome) : ' ', line));
}

function markOf({ type }: Outcome): Span {
  if (type === 'slow' || type === 'standing') return warn(glyphs.warning);
  return type === 'unsettled' ? dim(glyphs.running) : good(glyphs.ready);
}

function said(outcome: Outcome, was: string, waiting: string, t: View['t']): string {
  const { after } = t.console.scale;
  const time = (seconds: number) => formatDuration(seconds * 1000, t.units);
  const rate = (perS: number) => formatCount(Math.round(perS));
  switch (outcome.type) {
    case 'none':
      return '';
    case 'empty':
      if (was === '0') return '';
      return waiting === '0' ? after.empty(was) : after.nearlyEmpty(was, waiting);
    case 'unsettled':
      return after.unsettled(was, waiting);
    case 'falling':
      return after.falling(was, waiting, rate(outcome.perS), time(outcome.emptyInS));
    case 'slow':
      return [after.slow(was, waiting, rate(outcome.perS), time(outcome.emptyInS)), reason(outcome.why, t)].join(
        after.sentences,
      );
    case 'standing':
      return [after.standing(was, waiting, rate(outcome.perS)), reason(outcome.why, t)].join(after.sentences);
  }
}

function reason(why: Obstacle, t: View['t']): string {
  const { obstacles } = t.console.scale.after;
  switch (why.type) {
    case 'restarts':
      return obstacles.restarts(why.count);
    case 'store':
      return obstacles.store(why.store);
    case 'errors': {
      const { count, alike, message } = why.errors;
      return obstacles.errors(count, alike, clip(message, errorCells));
    }
    case 'cpu':
      return obstacles.cpu(why.isBound);
    case 'partitions':
      return obstacles.partitions(why.count);
    case 'unknown':
      return obstacles.unknown;
  }
}
