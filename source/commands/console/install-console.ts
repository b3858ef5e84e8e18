/** The install on screens: the same use case as the plain front's, with somebody who answers. */
import type { Actions, InstallAnswers } from '../../console/actions.ts';
import { themeOf } from '../../console/draw/theme.ts';
import { formOf } from '../../console/screens/install/form.ts';
import { follow } from '../../console/screens/install/run.ts';
import { type InstallState, installState } from '../../console/screens/install/state.ts';
import { type RunningConsole, startConsole, type Terminal } from '../../console/start.tsx';
import type { State } from '../../console/state.ts';
import { createStore, type Store } from '../../console/store.ts';
import { type ExitCode, exitCodes, UserError } from '../../errors.ts';
import type { InstallRequest } from '../../install/contract.ts';
import type { InstallEvent } from '../../install/events.ts';
import { previewFix } from '../../install/fixes.ts';
import { install } from '../../install/install.ts';
import { lookAround } from '../../install/surroundings.ts';
import { dictionaries, type Say } from '../../messages/index.ts';
import type { AnswerSource } from '../../stack/answers.ts';
import { type FlagValues, isSet, text } from '../flags.ts';
import { frontFor } from '../fronts/front.ts';
import { type OpenOutside, type Session, usesAscii, usesColor } from '../session.ts';
import { sameTarget } from '../target.ts';
import { givenAnswers } from './given-answers.ts';
import { type Memory, recall, remember } from './memory.ts';
import { browse, copy, suspend } from './terminal.ts';

/** What the flags say, as the plain front understands them. */
export interface ScreenRequest {
  readonly request: Omit<InstallRequest, 'consent' | 'adminPassword'>;
  readonly adminPassword: string | undefined;
  /** `--yes`: nothing is asked. */
  readonly isAgreed: boolean;
}

export async function installOnScreen(
  values: FlagValues,
  session: Session,
  terminal: Terminal,
  asked: ScreenRequest,
): Promise<ExitCode> {
  const memory = await recall(session.io.env);
  const console = new InstallConsole(values, session, terminal, asked, memory);
  return console.run();
}

class InstallConsole {
  readonly #values: FlagValues;
  readonly #session: Session;
  readonly #terminal: Terminal;
  readonly #asked: ScreenRequest;
  readonly #store: Store<State>;
  readonly #left = new AbortController();
  readonly #signal: AbortSignal;
  readonly #fixes: string[];
  #memory: Memory;
  #outside: Promise<OpenOutside> | undefined;
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #agree: (() => void) | undefined;
  #screen: RunningConsole | undefined;
  #leave: () => void = () => {};

  constructor(values: FlagValues, session: Session, terminal: Terminal, asked: ScreenRequest, memory: Memory) {
    this.#values = values;
    this.#session = session;
    this.#terminal = terminal;
    this.#asked = asked;
    this.#memory = memory;
    this.#fixes = [...asked.request.fixes];
    this.#signal = AbortSignal.any([session.signal, this.#left.signal]);
    const { clock } = session.context;
    const language = text(values, 'lang') === undefined ? (memory.language ?? session.language) : session.language;
    this.#store = createStore<State>(
      {
        columns: terminal.stdout.columns || 80,
        rows: terminal.stdout.rows || 24,
        language,
        now: clock.monotonic(),
        beat: 0,
        screen: 'install',
        overlay: undefined,
        toast: undefined,
        place: '',
        isSimulated: isSet(values, 'sandbox'),
        install: installState(formOf(givenAnswers(asked.request.sources), language), sameTarget(values, 'install')),
      },
      timers,
    );
  }

  async run(): Promise<ExitCode> {
    const { io, context } = this.#session;
    const left = new Promise<void>((resolve) => {
      this.#leave = resolve;
    });
    this.#signal.addEventListener('abort', () => this.#leave(), { once: true });
    const color = usesColor(this.#session, io.stdout, this.#values);
    this.#screen = startConsole({
      store: this.#store,
      theme: themeOf({ ascii: usesAscii(this.#session, this.#values), color }),
      actions: this.#actions(),
      terminal: this.#terminal,
      timers,
      now: () => context.clock.monotonic(),
    });
    try {
      void this.#look();
      await Promise.race([left, this.#screen.ended]);
    } finally {
      this.#left.abort(new Error('left'));
      await this.#callOff();
      await this.#screen.stop();
      await this.#close();
    }
    return this.#goodbye();
  }

  #change(update: (state: State) => State): void {
    this.#store.change(update);
  }

  #changeInstall(update: (install: InstallState) => InstallState): void {
    this.#change((state) => ({ ...state, install: update(state.install) }));
  }

  #actions(): Actions {
    return {
      language: (language) => this.#remember({ language }),
      remember: (answers) => {
        const place = this.#store.read().install.surroundings?.namespace;
        if (place === undefined) return;
        const { texts = {}, switches = {}, size = 'small' } = answers;
        this.#remember({ answers: { ...this.#memory.answers, [place]: { texts, switches, size } } });
      },
      look: () => void this.#look(),
      plan: (answers) => void this.#start(answers, false),
      agree: () => this.#agree?.(),
      callOff: () => void this.#callOff(),
      fix: (cause) => this.#confirmFix(cause),
      copy: (what) => copy(what, this.#terminal),
      browse: (url) =>
        void browse(url).then((isOpen) => {
          if (!isOpen) this.#toast((t) => t.console.install.noBrowser(url));
        }),
      suspend: () => suspend(),
      leave: () => this.#leave(),
    };
  }

  #toast(toast: Say): void {
    this.#change((state) => ({ ...state, toast }));
  }

  #remember(news: Partial<Memory>): void {
    this.#memory = { ...this.#memory, ...news };
    void remember(this.#session.io.env, this.#memory);
  }

  #open(): Promise<OpenOutside> {
    this.#outside ??= this.#session.open(this.#values, { ...this.#session, signal: this.#signal });
    return this.#outside;
  }

  async #close(): Promise<void> {
    const outside = await this.#outside?.catch(() => undefined);
    await outside?.cluster.close();
    await outside?.leave?.();
  }

  /** What the cluster offers; and straight to the progress of an install that was left half done. */
  async #look(): Promise<void> {
    this.#changeInstall((now) => ({ ...now, trouble: undefined }));
    try {
      const outside = await this.#open();
      const { namespace, server } = outside.cluster;
      this.#change((state) => ({ ...state, place: [namespace, ...regionOf(server.hostname)].join(' · ') }));
      const surroundings = await lookAround(outside, text(this.#values, 'name'), this.#signal);
      const { ledger } = surroundings;
      const given = givenAnswers(this.#asked.request.sources);
      const remembered = this.#memory.answers?.[surroundings.namespace];
      const known = ledger
        ? givenAnswers([{ values: ledger.answers, place: () => () => '' }])
        : { ...remembered, ...given };
      this.#changeInstall((now) => ({
        ...now,
        surroundings,
        form: {
          // What somebody has begun to type stays.
          ...(now.form.at === 'language' ? formOf(known, now.form.language) : now.form),
          isHostNeeded: surroundings.platform.domain === undefined,
        },
      }));
      if (this.#asked.isAgreed || ledger) await this.#start({ values: {}, password: undefined }, true);
    } catch (error) {
      if (this.#signal.aborted) return;
      this.#outside = undefined;
      this.#changeInstall((now) => ({ ...now, trouble: saidOf(error) }));
    }
  }

  /** Runs the use case from the checks to the end, as far as it is let. */
  async #start(answers: InstallAnswers, isAgreed: boolean): Promise<void> {
    await this.#callOff();
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const { clock } = this.#session.context;
    if (isAgreed)
      this.#changeInstall((now) => ({ ...now, mode: 'run', isAgreed: true, isWarned: true, since: clock.monotonic() }));
    const prompts: AnswerSource = { values: answers.values, place: () => (t) => t.answers.places.prompt };
    const password = answers.password ?? this.#asked.adminPassword;
    const request: InstallRequest = {
      ...this.#asked.request,
      sources: [prompts, ...this.#asked.request.sources],
      ...(password === undefined ? {} : { adminPassword: password }),
      fixes: this.#fixes as InstallRequest['fixes'],
      consent: () =>
        isAgreed
          ? Promise.resolve(true)
          : new Promise((resolve) => {
              this.#agree = () => resolve(true);
            }),
    };
    const ended = this.#drive(request, signal);
    this.#running = { stop, ended };
    await ended;
  }

  async #drive(request: InstallRequest, signal: AbortSignal): Promise<void> {
    const { clock } = this.#session.context;
    try {
      const outside = await this.#open();
      const events = install(request, outside, signal);
      for await (const event of events) {
        if (signal.aborted) return;
        this.#tell(event, clock.monotonic());
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#changeInstall((now) => ({ ...now, run: { ...now.run, error: asShown(error) } }));
    }
  }

  #tell(event: InstallEvent, now: number): void {
    this.#changeInstall((state) => ({ ...state, run: follow(state.run, event, now) }));
  }

  async #callOff(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#agree = undefined;
    running?.stop.abort(new Error('called off'));
    await running?.ended;
  }

  #confirmFix(cause: Parameters<Actions['fix']>[0]): void {
    const { install: shown } = this.#store.read();
    const preview = previewFix(cause, shown.run.plan?.name ?? '', shown.surroundings?.namespace ?? '');
    if (!preview) {
      this.#toast((t) => t.console.install.noFix);
      return;
    }
    const then = () => {
      this.#fixes.push(cause.id);
      this.#toast((t) => t.console.install.fixAsked(cause.component));
    };
    this.#change((state) => ({
      ...state,
      overlay: { type: 'confirm', question: preview.say, commands: preview.commands, then },
    }));
  }

  /** What stays in the scrollback. */
  #goodbye(): ExitCode {
    const { signal } = this.#session;
    const { install: shown, language } = this.#store.read();
    const { done, error } = shown.run;
    if (done) {
      frontFor(this.#values, { ...this.#session, t: dictionaries[language] }, false).event(done);
      return exitCodes.done;
    }
    if (error) throw error;
    const again = sameTarget(this.#values, 'install');
    throw new UserError({
      code: 'interrupted',
      exit: exitCodes.interrupted,
      say: (m) => m.cli.interrupted,
      hint: (m) => (shown.isAgreed ? m.cli.interruptedHint(again) : m.cli.interruptedUnchanged(again)),
      cause: signal.reason,
    });
  }
}

const timers = {
  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** `usw-1` of `usw-1.sealos.io`; an address of numbers tells nobody anything. */
const regionOf = (host: string): readonly string[] =>
  /^[a-z]/i.test(host) && host.includes('.') ? [host.split('.')[0] as string] : [];

const saidOf = (error: unknown): Say => {
  const known = asShown(error);
  return (t) => [known.say(t), known.hint?.(t)].filter(Boolean).join('\n');
};

function asShown(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new UserError({
    code: 'bug',
    exit: exitCodes.failed,
    say: (t) => t.cli.bug(message),
    hint: (t) => t.cli.bugHint,
    cause: error,
  });
}
