/** The checks as they finish; what is in the way first, with what to do. */
import type { PreflightEvent } from '../../../install/events.ts';
import { wrap } from '../../../text/clip.ts';
import { padEnd, width } from '../../../text/width.ts';
import { windowOf } from '../../components/blocks.ts';
import { indexOf } from '../../components/selection.ts';
import { glyphs, spin } from '../../draw/glyphs.ts';
import { accent, bad, dim, indent, type Line, type Picture, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import type { PromptId } from './form.ts';
import { verdictMark } from './marks.ts';
import type { InstallState } from './state.ts';

const rank = { fail: 0, warn: 1, pass: 2 } as const;

/** What is in the way first; otherwise as they came. */
export const checksInOrder = ({ run }: InstallState): readonly PreflightEvent[] =>
  run.checks.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);

/** Where the chosen check stands among them. */
export const chosenCheck = (install: InstallState): number =>
  indexOf(
    checksInOrder(install).map(({ check }) => check),
    install.chosen,
  );

/** The prompt whose answer a check is about. */
export const promptOf: Readonly<Record<string, PromptId>> = {
  name: 'name',
  data: 'name',
  domain: 'address',
  host: 'address',
  quota: 'size',
  'limit-range': 'size',
};

export function drawChecks(view: View): Picture {
  const { state, t, rows } = view;
  const { run } = state.install;
  const cursor = chosenCheck(state.install);
  const blocks = checksInOrder(state.install).map((check, index) => checkLines(check, index === cursor, view));
  const foot = footLines(view);
  const count = (verdict: PreflightEvent['verdict']) => run.checks.filter((each) => each.verdict === verdict).length;
  const isOver = run.plan !== undefined || run.error !== undefined;
  const head: Line = [
    ' ',
    strong(t.console.install.checks),
    '  ',
    dim(isOver ? t.console.install.checksMixed(count('pass'), count('warn'), count('fail')) : ''),
    ...(isOver ? [] : [accent(spin(state.beat)), dim(` ${t.console.install.checking}`)]),
  ];
  return { lines: [head, [], ...windowOf(blocks, cursor, rows - 2 - foot.length), ...foot] };
}

function checkLines({ check, verdict, message, hint }: PreflightEvent, isChosen: boolean, view: View): readonly Line[] {
  const { t, columns } = view;
  const names = 11;
  const margin = names + 6;
  const said = wrap(message(t), columns - margin - 1);
  // Its id, where that is a word of the language.
  const name = padEnd(t.console.install.checkNames[check] ?? check, names);
  const head: Line = [
    isChosen ? accent(glyphs.selected) : ' ',
    ' ',
    verdictMark(verdict),
    ' ',
    isChosen ? strong(name) : name,
    ' '.repeat(Math.max(0, margin - 4 - width(name))),
    said[0] ?? '',
  ];
  const todo = hint && verdict !== 'pass' ? wrap(t.cli.plain.todo(hint(t)), columns - margin - 1) : [];
  return [
    head,
    ...said.slice(1).map((line) => indent(margin, [line])),
    ...todo.map((line) => indent(margin, [dim(line)])),
  ];
}

function footLines({ state, t, columns }: View): readonly Line[] {
  const { run } = state.install;
  const text = run.error ? [run.error.say(t), t.console.install.refused] : run.plan ? [t.console.install.warned] : [];
  const isFailure = run.error !== undefined;
  return text.length === 0
    ? []
    : [
        [],
        ...text.flatMap((each, index) =>
          wrap(each, columns - 2).map((line) => indent(1, [!isFailure ? warn(line) : index === 0 ? bad(line) : line])),
        ),
      ];
}
