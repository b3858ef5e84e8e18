/** One fact a line, no redraws: for pipes, CI logs and screen readers. Whatever the cluster said is escaped. */
import type { Clock } from '../../context.ts';
import type {
  CauseEvent,
  ComponentEvent,
  DoneEvent,
  FiguresEvent,
  InstallEvent,
  MigrationEvent,
  PhaseEvent,
  PlanEvent,
  PreflightEvent,
  ProofEvent,
  SourcesEvent,
} from '../../install/events.ts';
import type { Messages, Say } from '../../messages/index.ts';
import type { Concern } from '../../observe/concerns.ts';
import { isNoteworthy } from '../../observe/figure-concerns.ts';
import { backlogText, memoryOf, shareOf, unanswered, volumeText } from '../../observe/figures-text.ts';
import { type Cause, isPatient } from '../../observe/types.ts';
import { undone, wordsOf } from '../../operate/scale/change.ts';
import type { LogErrorsEvent, ReviewEvent, ScaledEvent } from '../../operate/scale/events.ts';
import { formatDuration } from '../../text/duration.ts';
import { escapeControls, escapeLines } from '../../text/escape.ts';
import { padEnd, padStart, width } from '../../text/width.ts';
import type { Front } from './front.ts';
import { reviewLines } from './review.ts';

export interface PlainOptions {
  readonly out: PlainOutput;
  readonly err: PlainOutput;
  readonly t: Messages;
  readonly ascii: boolean;
  readonly clock: Clock;
  /** `posthog-sealos install` with the target of this run. */
  readonly install: string;
  /** Whether lines begin with the time since the front was made: for what goes on, not for a single look. */
  readonly timed: boolean;
  /** Whether also is said what the numbers cost, and why some are missing. */
  readonly verbose: boolean;
}

export interface PlainOutput {
  write(text: string): void;
  readonly color: boolean;
}

type Mark = 'ok' | 'warn' | 'fail' | 'wait' | 'stop' | 'run';
/** Glyph, the same in ASCII, colour (SGR). A word always stands beside it. */
const glyphs: Readonly<Record<Mark, readonly [string, string, number]>> = {
  ok: ['✔', '+', 32],
  warn: ['▲', '!', 33],
  fail: ['✖', 'x', 31],
  wait: ['·', '.', 2],
  stop: ['=', '=', 2],
  run: ['…', '~', 36],
};
const stateMarks = { ready: 'ok', failed: 'fail', waiting: 'wait', stopped: 'stop', running: 'run' } as const;
const verdictMarks = { pass: 'ok', warn: 'warn', fail: 'fail' } as const;
/** Migrations come by the thousand: told this often, or at each twentieth of the whole. */
const migrationEveryMs = 5_000;
const migrationParts = 20;
/** Widths of columns, in cells. */
const columns = { elapsed: 6, check: 11, component: 17, hop: 20, action: 8 } as const;

export function plainFront({ out, err, t, ascii, clock, install, timed, verbose }: PlainOptions): Front {
  const startedAt = clock.monotonic();
  const told = new Map<string, string>();
  let migration = { at: Number.NEGATIVE_INFINITY, part: -1 };
  const wordWidth = Math.max(...Object.values(t.cli.plain.verdicts).map(width));

  const mark = (name: Mark, { color } = out) => {
    const [glyph, plain, code] = glyphs[name];
    const shown = ascii ? plain : glyph;
    return color ? `\x1b[${code}m${shown}\x1b[0m` : shown;
  };
  const verdict = (name: 'ok' | 'warn' | 'fail') => `${mark(name)} ${padEnd(t.cli.plain.verdicts[name], wordWidth)}`;
  const line = (...parts: readonly string[]) => out.write(`${parts.join(' ').trimEnd()}\n`);
  const said = (say: Say) => escapeLines(say(t));
  const below = (say: Say | undefined) => {
    for (const each of say ? said(say).split('\n') : []) line('    ', each);
  };
  const todo = (hint: Say | undefined) => below(hint && ((messages) => messages.cli.plain.todo(hint(messages))));
  const elapsed = () => {
    if (!timed) return [];
    const ms = clock.monotonic() - startedAt;
    return [padStart(ms < 1000 ? '0s' : formatDuration(ms), columns.elapsed)];
  };
  const beside = timed ? [' '.repeat(columns.elapsed)] : [];

  function preflight({ check, verdict: found, message, hint }: PreflightEvent): void {
    line(verdict(verdictMarks[found]), padEnd(check, columns.check), said(message));
    if (found !== 'pass') todo(hint);
  }

  function plan({ name, size, url, owner, objects, pods, cpu, memory, storage, minutes }: PlanEvent): void {
    const count = (action: string) => objects.filter((each) => each.action === action).length;
    line('');
    line(t.cli.plain.subject(name, size, escapeControls(url)));
    line(owner === undefined ? t.cli.plain.noOwner : t.cli.plain.owner(escapeControls(owner)));
    line(t.cli.plain.plan(count('create'), count('change'), count('same'), count('conflict')));
    for (const { action, kind, name, conflicts = [] } of objects) {
      if (action === 'same') continue;
      line('  ', padEnd(t.cli.plain.actions[action], columns.action), escapeControls(`${kind}/${name}`));
      for (const { manager, field } of conflicts)
        line('  ', ' '.repeat(columns.action), t.cli.plain.heldBy(escapeControls(field), escapeControls(manager)));
    }
    line(t.cli.plain.needs(t.install.demand({ pods, cpu, memory, storage, ephemeral: 0 })));
    line(t.cli.plain.minutes(minutes[0], minutes[1]));
    line('');
  }

  function phase({ phase: id, state, elapsedMs }: PhaseEvent): void {
    const took = state === 'ready' && elapsedMs >= 1000 ? `(${formatDuration(elapsedMs)})` : '';
    line(...elapsed(), mark(stateMarks[state]), t.cli.plain.phase(id), t.cli.plain.states[state], took);
  }

  function component({ component: id, state, ready, desired, message }: ComponentEvent): void {
    const count = `${ready}/${desired}`;
    const word = padEnd(t.cli.plain.states[state], Math.max(...Object.values(t.cli.plain.states).map(width)));
    const fact = [mark(stateMarks[state]), padEnd(id, columns.component), count, word, message ? said(message) : ''];
    if (told.get(id) === fact.join(' ')) return;
    told.set(id, fact.join(' '));
    line(...elapsed(), ...fact);
  }

  function cause({ component: id, cause: found }: CauseEvent): void {
    // That it is under way is what the component's own line says while it goes on; a single look has nothing else to say.
    if (!found || (timed && found.id === 'starting')) return;
    // Said, without evidence.
    const quiet = isPatient(found);
    const why = quiet ? said(found.message) : t.cli.plain.cause(said(found.message));
    line(...beside, mark(quiet ? 'wait' : 'warn'), padEnd(id, columns.component), why);
    if (quiet) return;
    for (const each of found.evidence) line(...beside, ' ', escapeControls(each));
    const command = fixCommand(found);
    if (command !== undefined) line(...beside, ' ', t.cli.plain.fix(command));
  }

  function fixCommand({ id, fix }: Cause): string | undefined {
    if (fix === undefined || fix === 'wait') return undefined;
    return fix === 'mirror' ? `${install} --yes --mirror REGISTRY=HOST` : `${install} --yes --fix ${id}`;
  }

  function migrate({ done, total, current, etaMs }: MigrationEvent): void {
    const part = total === 0 ? 0 : Math.floor((migrationParts * done) / total);
    const now = clock.monotonic();
    if (now - migration.at < migrationEveryMs && part === migration.part) return;
    migration = { at: now, part };
    const left = etaMs === undefined ? '' : t.cli.plain.left(formatDuration(etaMs, t.units));
    line(
      ...elapsed(),
      mark('run'),
      padEnd('migrate', columns.component),
      `${done}/${total}`,
      escapeControls(current),
      left,
    );
  }

  function proof({ hop, ok, warning, ms, message, hint }: ProofEvent): void {
    const name = warning ? 'warn' : ok ? 'ok' : 'fail';
    line(verdict(name), padEnd(hop, columns.hop), padStart(formatDuration(ms), columns.elapsed), '', said(message));
    if (name !== 'ok') todo(hint);
  }

  function done({ url, proven, message }: DoneEvent): void {
    const shown = escapeControls(url);
    line('');
    line(mark('ok'), proven ? t.cli.plain.done(shown) : t.cli.plain.doneUnproven(shown));
    below(message);
  }

  function figures({ component: id, figures: found }: FiguresEvent): void {
    const { cpu, memory, restarts, backlog, volume } = found;
    const facts = [
      ...(cpu ? [`CPU ${shareOf(cpu)}`] : []),
      ...(memory ? [t.cli.plain.memory(memoryOf(memory))] : []),
      ...(restarts > 0 ? [t.cli.plain.restarts(restarts)] : []),
      ...(volume ? [volumeText(id, volume, t)] : []),
    ];
    if (backlog && (backlog.waiting > 0 || facts.length === 0)) facts.push(backlogText(backlog, t));
    line(
      ...elapsed(),
      mark(isNoteworthy(id, found) ? 'warn' : 'wait'),
      padEnd(id, columns.component),
      facts.join(t.concern.and),
    );
  }

  function concerns(found: readonly Concern[]): void {
    // Why a part is broken stands beside the part.
    for (const { id, message, hint } of found)
      if (id !== 'broken') {
        line(...elapsed(), mark('warn'), said(message));
        todo(hint);
      }
    if (timed && found.length === 0) line(...elapsed(), mark('ok'), t.concern.none);
  }

  function sources({ sources: all }: SourcesEvent): void {
    const asked = all.map(({ id, tookMs = 0, trouble }) =>
      trouble ? `${id} (${escapeControls(trouble.message)})` : `${id} ${formatDuration(tookMs, t.units)}`,
    );
    const forbidden = all.filter(({ trouble }) => trouble?.isForbidden).map(({ id }) => id);
    const silent = all.flatMap(({ id, trouble }) =>
      trouble && !trouble.isForbidden ? unanswered(id, trouble, t) : [],
    );
    const short = [
      ...(forbidden.length > 0 ? [t.figures.forbidden(forbidden.join(', '))] : []),
      ...(silent.length > 0 ? [escapeControls(t.figures.missing(silent.join(', ')))] : []),
    ];
    for (const each of verbose ? [t.figures.asked(asked.join(', '))] : short) line(...beside, mark('wait'), each);
  }

  function review(event: ReviewEvent): void {
    for (const each of reviewLines(event, t)) line(...(each.verdict ? [verdict(each.verdict)] : []), each.text);
  }

  function logErrors({ component: id, errors: { count, alike, message } }: LogErrorsEvent): void {
    line(...elapsed(), mark('warn'), padEnd(id, columns.component), t.scale.logErrors(count, alike, message));
    todo((messages) => messages.scale.logErrorsHint(id));
  }

  function scaled({ changes, already, isSettled }: ScaledEvent): void {
    const before = already.join(', ');
    if (already.length > 0)
      line(mark(isSettled ? 'ok' : 'run'), isSettled ? t.scale.alreadyReady(before) : t.scale.alreadyUnseen(before));
    if (changes.length === 0) return;
    const words = wordsOf(changes).join(' ');
    line(mark('ok'), isSettled ? t.scale.scaled(words) : t.scale.scaledUnseen(words));
    line('    ', t.scale.undo(`posthog-sealos scale ${wordsOf(undone(changes)).join(' ')}`));
  }

  function error(say: Say, hint: Say | undefined, object: string | undefined): void {
    err.write(`${mark('fail', err)} ${said(say).split('\n').join('\n  ')}\n`);
    if (object) err.write(`  ${t.cli.plain.about(escapeControls(object))}\n`);
    for (const each of hint ? said(hint).split('\n') : []) err.write(`  ${each}\n`);
  }

  return {
    event(event: InstallEvent) {
      switch (event.type) {
        case 'preflight':
          return preflight(event);
        case 'plan':
          return plan(event);
        case 'phase':
          return phase(event);
        case 'component':
          return component(event);
        case 'cause':
          return cause(event);
        case 'migration':
          return migrate(event);
        case 'proof':
          return proof(event);
        case 'figures':
          return figures(event);
        case 'concerns':
          return concerns(event.concerns);
        case 'sources':
          return sources(event);
        case 'review':
          return review(event);
        case 'log-errors':
          return logErrors(event);
        case 'scaled':
          return scaled(event);
        case 'note':
          return line(...beside, mark('wait'), said(event.message));
        case 'done':
          return done(event);
      }
    },
    error: ({ say, hint, object }) => error(say, hint, object),
  };
}
