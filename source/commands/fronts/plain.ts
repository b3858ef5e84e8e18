/** One fact a line, no redraws: for pipes, CI logs and screen readers. Whatever the cluster said is escaped. */
import type { Clock } from '../../context.ts';
import type { UserError } from '../../errors.ts';
import type {
  CauseEvent,
  ComponentEvent,
  InstallEvent,
  PlanEvent,
  PreflightEvent,
  ProofEvent,
} from '../../install/events.ts';
import type { Messages, Say } from '../../messages/index.ts';
import { formatDuration } from '../../text/duration.ts';
import { escapeControls, escapeLines } from '../../text/escape.ts';
import { padEnd, padStart } from '../../text/width.ts';
import type { Front } from './front.ts';

export interface PlainOptions {
  readonly color: boolean;
  readonly ascii: boolean;
  readonly clock: Clock;
}

type Mark = 'ok' | 'warn' | 'fail' | 'wait' | 'run';
const glyphs: Readonly<Record<Mark, readonly [string, string, number]>> = {
  ok: ['✔', '[ok]', 32],
  warn: ['▲', '[!] ', 33],
  fail: ['✖', '[x] ', 31],
  wait: ['·', '[.] ', 2],
  run: ['…', '[~] ', 36],
};
const stateMarks = { ready: 'ok', failed: 'fail', waiting: 'wait', running: 'run' } as const;
const verdictMarks = { pass: 'ok', warn: 'warn', fail: 'fail' } as const;
/** Migrations come by the thousand: told this often, or at each twentieth of the whole. */
const migrationEveryMs = 5_000;

/** Whole seconds: nobody needs the first line's milliseconds. */
const elapsed = (ms: number) => padStart(formatDuration(Math.ceil(ms / 1000) * 1000), 6);

export function plainFront(
  out: (text: string) => void,
  err: (text: string) => void,
  t: Messages,
  { color, ascii, clock }: PlainOptions,
): Front {
  const startedAt = clock.monotonic();
  let migration = { at: Number.NEGATIVE_INFINITY, part: -1 };

  const mark = (name: Mark) => {
    const [glyph, word, code] = glyphs[name];
    const shown = ascii ? word : glyph;
    return color ? `\x1b[${code}m${shown}\x1b[0m` : shown;
  };
  const line = (...parts: readonly string[]) => out(`${parts.join(' ').trimEnd()}\n`);
  const told = (say: Say) => escapeLines(say(t));
  const below = (say: Say | undefined, word: string) => {
    for (const each of say ? told(say).split('\n') : []) line('    ', `${word}${each}`);
  };

  const preflight = ({ check, verdict, message, hint }: PreflightEvent) => {
    line(mark(verdictMarks[verdict]), padEnd(check, 11), told(message));
    if (verdict !== 'pass') below(hint, `${t.cli.plain.todo} `);
  };

  const plan = ({ objects, pods, cpu, memory, storage, minutes }: PlanEvent) => {
    const count = (action: string) => objects.filter((each) => each.action === action).length;
    line('');
    line(t.cli.plain.plan(count('create'), count('change'), count('same'), count('conflict')));
    for (const { action, kind, name, conflicts = [] } of objects) {
      if (action === 'same') continue;
      line('  ', padEnd(t.cli.plain.actions[action], 8), `${kind}/${escapeControls(name)}`);
      for (const { manager, field } of conflicts)
        line('           ', t.cli.plain.heldBy(escapeControls(field), escapeControls(manager)));
    }
    line(t.cli.plain.needs(t.install.demand({ pods, cpu, memory, storage, ephemeral: 0 })));
    line(t.cli.plain.minutes(minutes[0], minutes[1]));
    line('');
  };

  const component = ({ component: id, state, ready, desired, message }: ComponentEvent) => {
    const since = elapsed(clock.monotonic() - startedAt);
    line(
      since,
      mark(stateMarks[state]),
      padEnd(id, 17),
      `${ready}/${desired}`,
      t.cli.plain.states[state],
      message ? told(message) : '',
    );
  };

  const cause = ({ component: id, cause: found }: CauseEvent) => {
    if (!found) return;
    // What merely takes its time is no news.
    const quiet = found.id === 'starting' || found.id === 'dependency' || found.id === 'bucket-waiting';
    line('      ', mark(quiet ? 'wait' : 'warn'), padEnd(id, 17), told(found.message));
    if (quiet) return;
    for (const each of found.evidence) line('          ', escapeControls(each));
    if (found.fix && found.fix !== 'wait')
      line(
        '          ',
        t.cli.plain.fix(
          found.fix === 'mirror'
            ? 'posthog-sealos install --yes --mirror REGISTRY=HOST'
            : `posthog-sealos install --yes --fix ${found.id}`,
        ),
      );
  };

  const proof = ({ hop, ok, warning, ms, message, hint }: ProofEvent) => {
    line(
      mark(ok ? (warning ? 'warn' : 'ok') : warning ? 'wait' : 'fail'),
      padEnd(hop, 20),
      padStart(formatDuration(ms), 6),
      '',
      told(message),
    );
    if (!ok || warning) below(hint, `${t.cli.plain.todo} `);
  };

  return {
    event(event: InstallEvent) {
      switch (event.type) {
        case 'preflight':
          return preflight(event);
        case 'plan':
          return plan(event);
        case 'phase':
          return line(
            elapsed(event.elapsedMs),
            mark(stateMarks[event.state]),
            t.cli.plain.phase(event.phase),
            t.cli.plain.states[event.state],
          );
        case 'component':
          return component(event);
        case 'cause':
          return cause(event);
        case 'migration': {
          const part = event.total === 0 ? 0 : Math.floor((20 * event.done) / event.total);
          const now = clock.monotonic();
          if (now - migration.at < migrationEveryMs && part === migration.part) return;
          migration = { at: now, part };
          const eta = event.etaMs === undefined ? '' : t.cli.plain.left(formatDuration(event.etaMs));
          return line(
            '      ',
            mark('run'),
            padEnd('migrate', 17),
            `${event.done}/${event.total}`,
            escapeControls(event.current),
            eta,
          );
        }
        case 'proof':
          return proof(event);
        case 'note':
          return line('      ', mark('wait'), told(event.message));
        case 'done':
          line('');
          line(
            mark('ok'),
            event.proven
              ? t.cli.plain.done(escapeControls(event.url))
              : t.cli.plain.doneUnproven(escapeControls(event.url)),
          );
          return below(event.message, '');
        case 'error':
          return err(`${mark('fail')} ${told(event.message)}\n`);
      }
    },
    error({ say, hint, object }: UserError) {
      err(`${mark('fail')} ${told(say).split('\n').join('\n  ')}\n`);
      if (object) err(`  ${t.cli.plain.about(escapeControls(object))}\n`);
      for (const each of hint ? told(hint).split('\n') : []) err(`  ${each}\n`);
    },
  };
}
