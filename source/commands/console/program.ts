/** One run of the console: what it is shown on, and what its screens ask for. */
import type { Actions, Where } from '../../console/actions.ts';
import { themeOf } from '../../console/draw/theme.ts';
import { instanceOf } from '../../console/screens/instance-screen.ts';
import type { LogsState } from '../../console/screens/logs/state.ts';
import type { ScaleState } from '../../console/screens/scale/state.ts';
import type { RunningConsole, Terminal } from '../../console/start.tsx';
import type { ScreenId, State } from '../../console/state.ts';
import { createStore, type Store } from '../../console/store.ts';
import { messageOf } from '../../errors.ts';
import type { Say } from '../../messages/index.ts';
import type { Snapshot } from '../../observe/types.ts';
import { type FlagValues, isSet, text } from '../flags.ts';
import { type Session, usesAscii, usesColor } from '../session.ts';
import { startedOf } from '../target.ts';
import type { Around } from './around.ts';
import { drawFirst } from './first-pictures.ts';
import { firstState } from './first-state.ts';
import { confirmFix } from './fixing.ts';
import type { Asked, Installing } from './installing.ts';
import { giveUp, togglePassword } from './kept.ts';
import { keepKubeconfig, type Memory, recall, remember } from './memory.ts';
import { type Occupied, occupy } from './occupied.ts';
import { Place } from './place.ts';
import type { Scaling } from './scaling.ts';
import { savePlan, showChange, showLines, showReading } from './show.ts';
import { ShownLogs } from './shown-logs.ts';
import { browse, copy, drawsWide, ring } from './terminal.ts';
import { askingKubeconfig, isElsewhere, ringing, shownAnew, timers } from './transitions.ts';

export interface ProgramOptions {
  readonly values: FlagValues;
  readonly session: Session;
  readonly terminal: Terminal;
  readonly screen: ScreenId;
  readonly asked: Asked;
  /** Which logs are shown first. */
  readonly logs?: Partial<LogsState>;
  /** What is set on the scale screen at first. */
  readonly scale?: Partial<ScaleState>;
}

/** Its last state, and the flags as they were changed on the way. */
export interface ConsoleEnd {
  readonly state: State;
  readonly values: FlagValues;
}

/** Shows the console until somebody leaves it. */
export async function runConsole(options: ProgramOptions): Promise<ConsoleEnd> {
  const program = new Program(options, await recall(options.session.io.env));
  return program.run();
}

/** How long an end may take that should take none, in milliseconds. */
const patienceMs = 2_000;

/**
 * How long what draws the screens waits for the first data, in milliseconds: loading it takes a processor that reading
 * them needs, but nothing while they are on their way.
 */
const firstDataMs = 150;

class Program {
  readonly #options: ProgramOptions;
  readonly #store: Store<State>;
  readonly #left = new AbortController();
  readonly #signal: AbortSignal;
  readonly #place: Place;
  #memory: Memory;
  #installing: Promise<Installing> | undefined;
  #screen: RunningConsole | undefined;
  #watching: AbortController | undefined;
  readonly #logs: ShownLogs;
  #scaling: Promise<Scaling> | undefined;
  #occupied: Occupied | undefined;
  #leave: () => void = () => {};

  constructor(options: ProgramOptions, memory: Memory) {
    this.#options = options;
    this.#memory = memory;
    const { session, values } = options;
    this.#signal = AbortSignal.any([session.signal, this.#left.signal]);
    const language = text(values, 'lang') === undefined ? (memory.language ?? session.language) : session.language;
    this.#store = createStore<State>(firstState(options, language, memory), timers);
    this.#place = new Place({
      session,
      values,
      kubeconfig: () => this.#memory.kubeconfig,
      onOpen: (place) => this.#store.change((state) => ({ ...state, place })),
      signal: this.#signal,
    });
    this.#logs = new ShownLogs({
      context: session.context,
      around: () => this.#around(),
      onPanes: (logs) => this.#remember({ logs: [...logs] }),
    });
  }

  async run(): Promise<ConsoleEnd> {
    const { session, terminal } = this.#options;
    const isAscii = usesAscii(session, this.#place.values) || (await drawsWide(terminal));
    const left = new Promise<void>((resolve) => {
      this.#leave = resolve;
    });
    this.#signal.addEventListener('abort', () => this.#leave(), { once: true });
    // It may have come before anybody listened.
    if (this.#signal.aborted) this.#leave();
    const theme = themeOf({ ascii: isAscii, color: usesColor(session, session.io.stdout, this.#place.values) });
    const first = drawFirst(this.#store, theme, terminal);
    this.#store.subscribe(() => this.#follow());
    try {
      const { screen } = this.#store.read();
      if (screen !== 'install') {
        const firstLines = screen === 'logs' ? this.#logs.first() : undefined;
        const watched = this.#watch(this.#options.asked.name, firstLines);
        await (firstLines ?? Promise.race([watched, session.context.clock.sleep(firstDataMs)]));
      } else this.#install((installing) => installing.look());
      const { startConsole } = await import('../../console/start.tsx');
      first.handOver();
      this.#screen = startConsole({
        store: this.#store,
        theme,
        actions: this.#actions(),
        terminal,
        timers,
        now: () => session.context.clock.monotonic(),
      });
      this.#occupied = occupy(terminal, async (run) => this.#screen?.lend(run));
      this.#store.subscribe(ringing(this.#store, () => ring(terminal)));
      await Promise.race([left, this.#screen.ended, this.#occupied.crashed]);
    } finally {
      this.#left.abort(new Error('left'));
      if (this.#screen) await this.#screen.stop();
      else first.hide();
      this.#occupied?.free();
      // Something may hang that no signal ends: a pipe that nobody writes into, say.
      await Promise.race([this.#end(), session.context.clock.sleep(patienceMs)]);
    }
    return { state: this.#store.read(), values: this.#place.values };
  }

  #actions(): Actions {
    const { terminal } = this.#options;
    return {
      language: (language) => this.#remember({ language }),
      remember: (answers) => {
        const place = this.#store.read().install.surroundings?.namespace;
        const { texts = {}, switches = {}, size = 'small' } = answers;
        if (place !== undefined)
          this.#remember({ answers: { ...this.#memory.answers, [place]: { texts, switches, size } } });
      },
      connect: (where) => void this.#connect(where),
      watch: (instance) => void this.#watch(instance),
      look: () => this.#install((installing) => installing.look()),
      plan: (answers) => this.#install((installing) => installing.plan(answers)),
      agree: (choose) => this.#install((installing) => installing.agree(choose)),
      callOff: () => this.#install((installing) => installing.callOff()),
      fix: (cause) => void confirmFix(cause, this.#around(), (use) => this.#install(use)),
      restart: (part) => void import('./restarting.ts').then(({ restartPart }) => restartPart(part, this.#around())),
      read: (what, of) => showReading(what, of, this.#around()),
      showChange: (object) => showChange(object, this.#around()),
      save: (plan) => void savePlan(plan, this.#around()),
      password: () => void togglePassword(this.#around()),
      saved: () => void giveUp(this.#around()),
      raise: (more) => void this.#scaling?.then((scaling) => scaling.raise(more)),
      scale: (wants) => void this.#scaling?.then((scaling) => scaling.apply(wants)),
      copy: (what) => copy(what, terminal),
      saveLines: (pane) =>
        void import('./save-lines.ts').then(({ saveLines }) =>
          saveLines(pane, this.#around(), this.#options.session.context.clock),
        ),
      browse: (url) =>
        void browse(url).then((isOpen) => {
          if (!isOpen) showLines((t) => t.console.install.noBrowser, [url], this.#around());
        }),
      redraw: () => void this.#screen?.lend(async () => {}),
      suspend: () => void this.#occupied?.suspend(),
      leave: () => this.#leave(),
    };
  }

  #toast(toast: Say): void {
    this.#store.change((state) => ({ ...state, toast }), true);
  }

  #remember(news: Partial<Memory>): void {
    this.#memory = { ...this.#memory, ...news };
    void remember(this.#options.session.io.env, news);
  }

  // ---- what speaks to the cluster: loaded when the first picture is drawn, because nobody should wait for it

  #install(then: (installing: Installing) => unknown): void {
    this.#installing ??= import('./installing.ts').then(({ Installing }) => this.#newInstalling(Installing));
    void this.#installing.then(then);
  }

  #newInstalling(Made: typeof Installing): Installing {
    const { asked, session } = this.#options;
    return new Made({
      asked,
      context: session.context,
      signal: this.#signal,
      open: () => this.#place.open(),
      close: () => this.#close(),
      remembered: () => this.#memory.answers,
      read: () => this.#store.read().install,
      tell: (say) => this.#toast(say),
      onWhole: (name) => void this.#watch(name),
      onSnapshot: (snapshot) => this.#see(snapshot),
      change: (update) => this.#store.change((state) => ({ ...state, install: update(state.install) })),
    });
  }

  async #end(): Promise<void> {
    await (await this.#installing)?.callOff();
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#logs.stop('the cluster is left');
    await this.#place.close();
  }

  /** Looks at another place from now on. */
  async #connect(where: Where): Promise<void> {
    if (!isElsewhere(where, this.#store.read().install.surroundings?.namespace)) return;
    const { pasted, ...given } = where;
    let path: string | undefined;
    try {
      if (pasted !== undefined) path = await keepKubeconfig(this.#options.session.io.env, pasted);
    } catch (error) {
      return this.#store.change((state) => askingKubeconfig(state, messageOf(error)));
    }
    this.#place.change({ ...given, ...(path === undefined ? {} : { kubeconfig: path }) });
    const { values } = this.#place;
    this.#store.change((state) => ({
      ...state,
      isSimulated: isSet(values, 'sandbox'),
      started: startedOf(values, this.#options.session.io.env),
    }));
    await this.#close();
    const kubeconfig = path ?? given.kubeconfig;
    this.#install(async (installing) => {
      await installing.look();
      // One that leads nowhere is not worth remembering.
      if (kubeconfig !== undefined && this.#store.read().install.surroundings) this.#remember({ kubeconfig });
    });
  }

  // ---- home

  /** Resolves when something of it is shown. @param before what is shown before it */
  async #watch(name: string | undefined, before?: Promise<unknown>): Promise<void> {
    this.#watching?.abort();
    this.#watching = new AbortController();
    const followed = this.#store.read().logs.followed;
    this.#store.change((state) => ({ ...state, ...shownAnew(state, name), started: this.#startedFor(name) }), true);
    if (followed && !this.#store.read().logs.followed) this.#logs.stop('all is looked at anew');
    let isSeen = false;
    const first = Promise.withResolvers<void>();
    const onFirst = () => {
      this.#store.show();
      first.resolve();
    };
    const home = {
      before,
      open: () => this.#place.open(),
      change: (update: (home: State['home']) => State['home']) =>
        this.#store.change((state) => ({ ...state, home: update(state.home) })),
      onSnapshot: (snapshot: Snapshot) => {
        this.#see(snapshot);
        // What is concluded from it comes in the same breath.
        if (!isSeen) timers.after(0, onFirst);
        isSeen = true;
      },
      onNone: () => {
        this.#store.change((state) => ({ ...state, screen: 'install' }));
        this.#install((installing) => installing.look());
      },
      // They are listed at home only.
      onSeveral: () => this.#store.change((state) => ({ ...state, screen: 'home' })),
    };
    const until = AbortSignal.any([this.#signal, this.#watching.signal]);
    const { watchHome } = await import('./home.ts');
    await Promise.race([first.promise, watchHome(home, name, until)]);
  }

  /** Of several instances, commands have to name the one that is shown. */
  #startedFor(name: string | undefined): State['started'] {
    const { values } = this.#place;
    const { home, started } = this.#store.read();
    return home.choices.length > 1 ? startedOf({ ...values, name }, this.#options.session.io.env) : started;
  }

  #see(snapshot: Snapshot): void {
    const at = this.#options.session.context.clock.monotonic();
    this.#store.change((state) => ({ ...state, seen: { snapshot, at } }));
  }

  // ---- what is read

  /** When a screen is open for the first time, and the instance is known. */
  #follow(): void {
    const { screen, home } = this.#store.read();
    const { clock } = this.#options.session.context;
    if (screen === 'scale' && home.name !== undefined)
      this.#scaling ??= import('./scaling.ts').then(({ Scaling: Made }) => new Made(() => this.#around(), clock));
    const of = this.#instance();
    if (screen === 'logs' && of !== '') this.#logs.follow(of);
  }

  /** The instance that is shown. */
  #instance(): string {
    return instanceOf(this.#store.read()) ?? '';
  }

  #around(): Around {
    return {
      store: this.#store,
      open: () => this.#place.open(),
      instance: this.#instance(),
      toast: (say) => this.#toast(say),
      signal: this.#signal,
    };
  }
}
