/** Components in rows: what each has and shall have, what waits for it and how long that takes, and what the change costs. */

import type { Say } from '../../../messages/index.ts';
import { unanswered } from '../../../observe/figures-text.ts';
import { backlogAskedOf } from '../../../observe/told-by.ts';
import { isImpossible } from '../../../operate/scale/guards.ts';
import type { Finding } from '../../../operate/scale/types.ts';
import { componentOf } from '../../../stack/components.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { escapeControls } from '../../../text/escape.ts';
import { width } from '../../../text/width.ts';
import { windowOf } from '../../components/blocks.ts';
import { indexOf } from '../../components/selection.ts';
import { drawField } from '../../components/text-field.ts';
import { bar, glyphs } from '../../draw/glyphs.ts';
import { bad, dim, type Line, type Picture, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { listView, withFacts } from '../beside.ts';
import { drawGone, drawWaiting } from '../instance-screen.ts';
import { marked, runLines } from './after-view.ts';
import { headLine, rowLine, saidUse, topicLines } from './row-view.ts';
import { costsIn, findingsIn, mostOf, rowsOf, type ScaleState } from './state.ts';

export function drawScale(view: View): Picture {
  const { scale } = view.state;
  const waiting = drawWaiting(view) ?? drawGone(view);
  if (waiting) return waiting;
  const ids = rowsOf(scale);
  const cursor = indexOf(ids, scale.chosen);
  const id = ids[cursor];
  if (id === undefined) return { lines: [[dim(` ${view.t.console.looking}`)]] };
  return withFacts(drawRows(ids, cursor, listView(view)), id, view);
}

function drawRows(ids: readonly ComponentId[], cursor: number, view: View): Picture {
  const { state, t, rows } = view;
  const { scale } = state;
  const id = ids[cursor] as ComponentId;
  const foot = footLines(id, view);
  const blocks = ids.map((each, index) => [rowLine(each, index === cursor, view)]);
  const lines = [headLine(view), ...windowOf(blocks, cursor, rows - 1 - foot.length), ...foot];
  const all = [...lines, ...topicLines(id, Math.max(0, rows - lines.length), view)];
  if (!scale.typing) return { lines: all };
  const typed = drawField(scale.typing, 20);
  const prompt = ` ${t.console.scale.prompt(id, t.scale.fields[scale.field])}`;
  const said: Line = [prompt, ...typed.line, ...(scale.trouble ? ['  ', warn(scale.trouble(t))] : [])];
  return {
    lines: Array.from({ length: rows }, (_, row) => (row === rows - 1 ? said : (all[row] ?? []))),
    cursor: { column: width(prompt) + typed.column, row: rows - 1 },
  };
}

/** What is to be known of the row, what speaks against the change, what it costs, and how it goes. */
function footLines(id: ComponentId, view: View): readonly Line[] {
  const { state, t, columns, rows } = view;
  const { scale } = state;
  const findings = [...findingsIn(scale), ...(scale.run?.refused ?? [])];
  const most = Math.max(2, rows - 13);
  const lines: Line[] = [];
  const note = [silenceOf(id, view), saidUse(state.home.figures.get(id), view), noteOf(id, scale, t)]
    .filter(Boolean)
    .join(t.console.scale.after.sentences);
  if (note !== '' && !scale.run) lines.push(...noteLines(note, findings.length === 0 ? 2 : 1, columns - 5));
  lines.push(...findingLines(findings, most, view));
  if (!isImpossible(findings)) lines.push(...costLines(scale, view));
  return [[], ...lines, ...runLines(view)];
}

/** Why what waits is not told, or old. */
function silenceOf(id: ComponentId, { state, t }: View): string | undefined {
  const source = backlogAskedOf(id);
  const trouble = source && state.home.troubles.get(source);
  return trouble && t.console.scale.after.sentence(escapeControls(unanswered(source, trouble, t)));
}

/** In at most so many lines. */
function noteLines(note: string, most: number, room: number): readonly Line[] {
  const whole = wrap(note, room);
  const said = whole.length <= most ? whole : [clip(note, room)];
  return said.map((text, row) => marked(row === 0 ? dim('i') : ' ', dim(text)));
}

/** What refuses before what only warns, and of that first what would be lost. */
const rankOf = ({ verdict, id }: Finding): number => (verdict === 'refuse' ? 0 : id === 'loses-events' ? 1 : 2);

/** Ways out that are on a key here, and so need no command. */
const onKey: Readonly<Partial<Record<Finding['id'], Say>>> = { partitions: (t) => t.console.scale.partitionsWay };

/** How much is said of findings: all; no ways out of warnings, which may be left as they are; or only a line of each. */
const lengths = ['whole', 'shorter', 'short'] as const;

/** In at most so many lines. */
function findingLines(findings: readonly Finding[], most: number, { t, columns }: View): readonly Line[] {
  const room = columns - 5;
  const linesOf = ({ id, verdict, message, hint }: Finding, length: (typeof lengths)[number]): readonly Line[] => {
    const isWarning = verdict === 'warn';
    if (isWarning && length === 'short') return [marked(warn(glyphs.warning), clip(message(t), room))];
    const mark = isWarning ? warn(glyphs.warning) : bad(glyphs.failed);
    const what = wrap(message(t), room).map((text, row) => marked(row === 0 ? mark : ' ', text));
    const said = isWarning && length !== 'whole' ? '' : ((onKey[id] ?? hint)?.(t) ?? '');
    const way = said === '' ? [] : length === 'short' ? [clip(said, room)] : wrap(said, room);
    return [...what, ...way.map((text) => marked(' ', dim(text)))];
  };
  const ranked = findings.toSorted((one, other) => rankOf(one) - rankOf(other));
  const tried = lengths.map((length) => ranked.flatMap((each) => linesOf(each, length)));
  return tried.find(({ length }) => length <= most) ?? (tried.at(-1) ?? []).slice(0, most);
}

function noteOf(id: ComponentId, { around, run, field }: ScaleState, t: View['t']): string | undefined {
  const { scaling } = componentOf(id);
  if (run) return undefined;
  if ('fixed' in scaling)
    return field === 'replicas' ? t.scale.guards.fixed(id, scaling.fixed) : t.console.scale.grows(id);
  const most = mostOf(id, around);
  if (most === undefined) return undefined;
  return 'partitionsOf' in scaling ? t.console.scale.partitions(most, id) : t.console.scale.most(most, id);
}

const barCells = 12;

/** What the change takes of the quota, of what is limited; its bar is of the moment when it takes most. */
function costLines(scale: ScaleState, { t, columns }: View): readonly Line[] {
  return costsIn(scale).map((cost): Line => {
    const { most, hard } = cost;
    const filled = bar(most / hard, barCells);
    const said = t.console.scale.quota(cost);
    return [' ', most > hard ? warn(filled) : dim(filled), '  ', clip(said, columns - barCells - 5)];
  });
}
