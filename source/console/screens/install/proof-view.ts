/** The proof, hop by hop; and what to do with a PostHog that is ready. */
import type { ProofEvent } from '../../../install/events.ts';
import { componentsOf } from '../../../stack/components.ts';
import { phases } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { formatDuration } from '../../../text/duration.ts';
import { padEnd } from '../../../text/width.ts';
import { glyphs, spin } from '../../draw/glyphs.ts';
import { accent, bad, dim, good, indent, type Line, type Picture, spread, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { stateMark } from './marks.ts';

export function drawProof(view: View): Picture {
  const { state, t, rows } = view;
  const { proof, done, note } = state.install.run;
  const hops = proof.map((hop) => hopLines(hop, view));
  const end = done
    ? doneLines(view)
    : [[' ', accent(spin(state.beat)), dim(` ${(note ?? ((m) => m.console.install.proof.running))(t)}`)]];
  const foot: readonly Line[] = [[], ...end];
  return { lines: [...shortened(hops, rows - foot.length), ...foot] };
}

/** When not all hops fit, those that are fine become one line each, and the oldest of them go first. */
function shortened(hops: readonly (readonly Line[])[], rows: number): readonly Line[] {
  const all = hops.flat();
  if (all.length <= rows) return all;
  const firsts = hops.map((lines) => lines[0] ?? []);
  return firsts.length <= rows ? firsts : firsts.slice(firsts.length - rows);
}

function hopLines({ ok, warning, ms, message, hint }: ProofEvent, { t, columns }: View): readonly Line[] {
  const mark = warning ? warn(glyphs.warning) : ok ? good(glyphs.ready) : bad(glyphs.failed);
  const took: Line = [dim(formatDuration(ms, t.units)), ' '];
  const isFine = ok && !warning;
  if (isFine) return [spread([' ', mark, ' ', clip(message(t), columns - 12)], took, columns)];
  const [first = '', ...more] = wrap(message(t), columns - 12);
  const todo = hint ? wrap(t.cli.plain.todo(hint(t)), columns - 5) : [];
  return [
    spread([' ', mark, ' ', first], took, columns),
    ...more.map((line) => indent(3, [line])),
    ...todo.map((line) => indent(3, [dim(line)])),
  ];
}

function doneLines(view: View): readonly Line[] {
  const { state, t, columns } = view;
  const { done } = state.install.run;
  if (!done) return [];
  const words = t.console.install.done;
  const below = (text: string, isDim = true): readonly Line[] =>
    wrap(text, columns - 5).map((line) => indent(3, [isDim ? dim(line) : line]));
  return [
    indent(3, [strong(done.proven ? words.ready : words.unproven), '  ', accent(done.url)]),
    ...(done.proven ? [] : below(words.notProven)),
    ...signInLines(view),
    ...below(words.colleagues),
    ...below(words.delete),
  ];
}

function signInLines({ state, t, columns }: View): readonly Line[] {
  const { run, password } = state.install;
  const words = t.console.install.done;
  const owner = run.plan?.owner;
  const isKept = run.done?.isPasswordKept === true;
  if (owner === undefined)
    return run.done?.message ? wrap(run.done.message(t), columns - 5).map((line) => indent(3, [line])) : [];
  if (password === undefined)
    return wrap((isKept ? words.signIn : words.signInOwn)(owner), columns - 5).map((line) => indent(3, [line]));
  return [indent(3, [words.signInAs(owner)]), indent(3, [strong(words.password(password))])];
}

/** How far it was. */
function phaseLines({ state, t }: View): readonly Line[] {
  const { phases: views, components } = state.install.run;
  return phases.flatMap((phase): readonly Line[] => {
    const members = componentsOf(phase);
    const ready = members.filter(({ id }) => components[id]?.state === 'ready').length;
    const { [phase]: view } = views;
    if (!view) return [];
    const name = padEnd(t.console.install.phases[phase], 8);
    return [[' ', stateMark(view.state), ' ', dim(name), dim(t.console.install.partsReady(ready, members.length))]];
  });
}

/** What ended it, what remains, and what to do. */
export function drawFailure(view: View): Picture {
  const { state, t, columns } = view;
  const { error, proof } = state.install.run;
  if (!error) return { lines: [] };
  const said = wrap(error.say(t), columns - 4);
  return {
    lines: [
      ...(proof.length === 0 ? phaseLines(view) : []),
      ...shortened(
        proof.map((hop) => hopLines(hop, view)),
        Math.max(0, view.rows - said.length - 8),
      ),
      [],
      ...said.map((line, index): Line => [index === 0 ? bad(` ${glyphs.failed} `) : '   ', strong(line)]),
      ...(error.object ? [indent(3, [dim(t.cli.plain.about(error.object))])] : []),
      [],
      ...(error.hint ? wrap(error.hint(t), columns - 5).map((line) => indent(3, [line])) : []),
    ],
  };
}
