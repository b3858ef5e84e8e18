/** The install behind its screens: the same use case as the plain front's, with somebody who answers. */
import type { InstallAnswers } from '../../console/actions.ts';
import { type Form, formOf, goTo, type PromptId, promptIds, type TextId } from '../../console/screens/install/form.ts';
import { follow } from '../../console/screens/install/run.ts';
import type { InstallState } from '../../console/screens/install/state.ts';
import { answersWithDefaults } from '../../console/screens/install/update.ts';
import type { Context } from '../../context.ts';
import { UserError } from '../../errors.ts';
import type { ConflictChoices, InstallRequest } from '../../install/contract.ts';
import type { PlanEvent } from '../../install/events.ts';
import { asUserError } from '../../install/explain.ts';
import { install } from '../../install/install.ts';
import { isAllReady } from '../../install/status.ts';
import { lookAround, type Surroundings } from '../../install/surroundings.ts';
import type { Say } from '../../messages/index.ts';
import type { CauseId, Snapshot } from '../../observe/types.ts';
import type { AnswerSource } from '../../stack/answers.ts';
import type { OpenOutside } from '../session.ts';
import { saidOf, shownError } from './errors.ts';
import { givenAnswers } from './given-answers.ts';
import type { Memory } from './memory.ts';
import { followTail } from './tail.ts';

/** What the flags say. */
export interface Asked {
  readonly request: Omit<InstallRequest, 'consent' | 'adminPassword'>;
  readonly adminPassword: string | undefined;
  /** `--name`. */
  readonly name: string | undefined;
  /** `--yes`: nothing is asked. */
  readonly isAgreed: boolean;
}

export interface InstallingOptions {
  readonly asked: Asked;
  readonly context: Context;
  readonly signal: AbortSignal;
  readonly open: () => Promise<OpenOutside>;
  /** Forgets the cluster, so that the next `open` asks for it again. */
  readonly close: () => Promise<void>;
  readonly remembered: () => Memory['answers'];
  read(): InstallState;
  change(update: (install: InstallState) => InstallState): void;
  /** One sentence at the foot of the screen. */
  tell(say: Say): void;
  /** Opens the console of an instance for which there is nothing to do. */
  onWhole(name: string): void;
  onSnapshot(snapshot: Snapshot): void;
}

/** Whether the plan is asked about: never, unless it is that of an install that goes on, or always. */
type Way = 'agreed' | 'resume' | 'ask';

/** Who holds the key down has not read what came up meanwhile. */
const readMs = 500;
const heldMs = 100;

export class Installing {
  readonly #options: InstallingOptions;
  readonly #fixes: CauseId[];
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  /** Waits for an answer, since when on our clock; `triedAt` is when the key was pressed last. */
  #asking: { readonly agree: (choose: ConflictChoices) => void; readonly since: number; triedAt: number } | undefined;
  #looking: Promise<void> | undefined;
  #ahead = new AbortController();
  /** Counts what was asked for: of several at once, only the last one goes on. */
  #turn = 0;

  constructor(options: InstallingOptions) {
    this.#options = options;
    this.#fixes = [...options.asked.request.fixes] as CauseId[];
  }

  /** What the cluster offers; and straight on with an install that was begun or agreed to before. */
  look(): Promise<void> {
    this.#looking = this.#look();
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { change, asked, signal, open, close } = this.#options;
    change((now) => ({ ...now, trouble: undefined, surroundings: undefined }));
    try {
      const surroundings = await lookAround(await open(), asked.name, signal);
      change((now) => ({ ...now, surroundings, form: this.#form(now, surroundings) }));
      const nothing = { values: {}, password: undefined };
      if (asked.isAgreed) void this.#start(nothing, 'agreed');
      else if (surroundings.ledger && asked.request.readOnly) this.#toConsole(surroundings.ledger.app, 'onlyLook');
      else if (surroundings.ledger) void this.#start(nothing, 'resume');
      else void this.#checkAhead();
    } catch (error) {
      if (signal.aborted) return;
      const outside = await open().catch(() => undefined);
      const known = shownError(outside ? asUserError(error, outside) : error);
      await close();
      change((now) => ({ ...now, trouble: saidOf(known), form: refusedForm(now.form, known.code) }));
    }
  }

  /** The checks with the answers as they are now: whoever still answers learns early what is in the way. */
  async #checkAhead(): Promise<void> {
    const { asked, signal, open, read, change } = this.#options;
    change((now) => ({ ...now, ahead: [] }));
    const { values } = answersWithDefaults(read());
    const prompts: AnswerSource = { values, place: () => (t) => t.answers.places.prompt };
    const sources = [prompts, ...asked.request.sources];
    const request: InstallRequest = { ...asked.request, sources, dryRun: true, conflicts: 'keep', consent: 'missing' };
    this.#ahead.abort();
    this.#ahead = new AbortController();
    const until = AbortSignal.any([signal, this.#ahead.signal]);
    try {
      for await (const event of install(request, await open(), until)) {
        if (event.type !== 'preflight') return;
        change((now) => ({ ...now, ahead: [...now.ahead, event] }));
      }
    } catch {
      // Whatever is wrong is told when the plan is asked for.
    }
  }

  /** With what is known of the place; what somebody has begun to type stays. */
  #form({ form }: InstallState, { ledger, namespace, platform }: Surroundings): InstallState['form'] {
    const { asked, remembered } = this.#options;
    const known = ledger
      ? givenAnswers([{ values: ledger.answers, place: () => () => '' }])
      : { ...remembered()?.[namespace], ...givenAnswers(asked.request.sources) };
    const filled = formOf(known, form.language);
    const isBefore = (prompt: PromptId) => promptIds.indexOf(form.at) < promptIds.indexOf(prompt);
    return {
      ...form,
      texts: Object.fromEntries(
        Object.entries(form.texts).map(([id, field]) => [id, field.text === '' ? filled.texts[id as TextId] : field]),
      ) as Form['texts'],
      switches: isBefore('admin') ? { ...filled.switches, sandbox: form.switches.sandbox } : form.switches,
      size: isBefore('size') ? filled.size : form.size,
      isHostNeeded: platform.domain === undefined,
    };
  }

  /** With these answers, as soon as it is known what the place offers. */
  async plan(answers: (install: InstallState) => InstallAnswers): Promise<void> {
    const { read, change } = this.#options;
    await this.#looking;
    if (read().surroundings) await this.#start(answers(read()), 'ask');
    else change((now) => ({ ...now, mode: 'prompts' }));
  }

  /** Runs the use case from the checks to the end, as far as it is let. */
  async #start(answers: InstallAnswers, way: Way): Promise<void> {
    this.#ahead.abort();
    this.#turn += 1;
    const turn = this.#turn;
    await this.callOff();
    // Somebody has asked again meanwhile.
    if (turn !== this.#turn) return;
    const { asked, context, change, signal } = this.#options;
    if (way !== 'ask') change((now) => ({ ...now, mode: 'run', since: context.clock.monotonic() }));
    if (way === 'agreed') this.#proceed();
    const stop = new AbortController();
    const until = AbortSignal.any([signal, stop.signal]);
    const prompts: AnswerSource = { values: answers.values, place: () => (t) => t.answers.places.prompt };
    const password = answers.password ?? asked.adminPassword;
    const request: InstallRequest = {
      ...asked.request,
      sources: [prompts, ...asked.request.sources],
      ...(password === undefined ? {} : { adminPassword: password }),
      // Somebody who sees the plan decides; without a look at it, what was said before counts.
      ...(way === 'agreed' || asked.request.conflicts ? {} : { conflicts: 'ask' as const }),
      // Read whenever a cause appears: what is asked for later counts, too.
      fixes: this.#fixes,
      // The plan may be seen; why nothing comes of it stands at its key.
      dryRun: asked.request.readOnly,
      consent: async (plan) =>
        way === 'agreed' || (way === 'resume' && (goesOn(plan) || this.#onlyMends(plan)))
          ? this.#proceed()
          : this.#agreement(until),
    };
    const ended = this.#drive(request, way, until);
    this.#running = { stop, ended };
    await ended;
  }

  /** Whoever has asked for a fix has agreed to it; nothing else is done. */
  #onlyMends({ objects }: PlanEvent): boolean {
    return this.#fixes.length > 0 && objects.every(({ action }) => action === 'same');
  }

  /** Rejects when nobody can agree any more: an install that waits for ever could not be left. */
  #agreement(until: AbortSignal): Promise<ConflictChoices> {
    const since = this.#options.context.clock.monotonic();
    return new Promise((resolve, reject) => {
      this.#asking = { agree: resolve, since, triedAt: 0 };
      until.addEventListener('abort', () => reject(until.reason), { once: true });
    });
  }

  /** Says yes to the plan; not for a key that has been held down since before it was there. */
  agree(choose: ConflictChoices): void {
    const asking = this.#asking;
    if (!asking) return;
    const now = this.#options.context.clock.monotonic();
    const isHeld = now - asking.triedAt < heldMs;
    asking.triedAt = now;
    if (isHeld || now - asking.since < readMs) {
      this.#options.tell((t) => t.console.install.plan.again);
      return;
    }
    this.#asking = undefined;
    this.#proceed();
    asking.agree(choose);
  }

  /** From here on the cluster is changed. */
  #proceed(): true {
    const since = this.#options.context.clock.monotonic();
    this.#options.change((now) => ({ ...now, isAgreed: true, isWarned: true, chosen: undefined, since }));
    return true;
  }

  /** Same answers, and nothing to do: whether the rest is left to the console, because all of it is well. */
  async #isWhole(plan: PlanEvent, outside: OpenOutside, signal: AbortSignal): Promise<boolean> {
    const { asked, read } = this.#options;
    const isFinished = read().surroundings?.ledger?.finished === true;
    const isSame = plan.objects.every(({ action }) => action === 'same');
    if (!isFinished || !isSame || asked.adminPassword !== undefined || this.#fixes.length > 0) return false;
    if (await isAllReady(outside, plan.name, signal)) return true;
    this.#proceed();
    return false;
  }

  /** Whoever asked for an install has to be told why it is another screen that comes. */
  #toConsole(name: string, why: 'nothingToDo' | 'onlyLook'): void {
    const { onWhole, tell } = this.#options;
    onWhole(name);
    tell((t) => t.console.install[why](name));
  }

  async #drive(request: InstallRequest, way: Way, signal: AbortSignal): Promise<void> {
    const { change, context, open, read, onSnapshot } = this.#options;
    const over = new AbortController();
    try {
      const outside = await open();
      void followTail({ outside, clock: context.clock, read, change }, AbortSignal.any([signal, over.signal]));
      for await (const event of install({ ...request, onSnapshot }, outside, signal)) {
        if (signal.aborted) return;
        const now = context.clock.monotonic();
        change((state) => ({ ...state, run: follow(state.run, event, now) }));
        if (way === 'resume' && event.type === 'plan' && (await this.#isWhole(event, outside, signal)))
          return this.#toConsole(event.name, 'nothingToDo');
      }
    } catch (error) {
      if (signal.aborted) return;
      const known = shownError(error);
      change((state) => ({
        ...state,
        run: { ...state.run, error: known },
        form: afterFailure(state.form, known.code),
      }));
    } finally {
      over.abort();
    }
  }

  /** Ends what runs; what was applied stays, and Kubernetes goes on with it. */
  async callOff(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#asking = undefined;
    running?.stop.abort(new UserError({ code: 'called-off', exit: 130, say: (t) => t.cli.interrupted }));
    await running?.ended;
  }

  /** Applied when its cause is seen. */
  fix(cause: CauseId): void {
    this.#fixes.push(cause);
  }
}

/** What was agreed to before goes on, unless somebody else has put a hand to it. */
const goesOn = ({ isResumed, objects }: PlanEvent): boolean =>
  isResumed && objects.every(({ action }) => action !== 'conflict');

/** A cluster cannot be looked for without another kubeconfig. */
const kubeconfigTroubles: readonly string[] = ['no-kubeconfig', 'bad-kubeconfig', 'unknown-context', 'unauthorized'];

/** Who goes back to the answers comes to the one that was in the way. */
function afterFailure(form: Form, code: string): Form {
  if (code === 'admin-refused') return { ...goTo(form, 'admin'), focus: 1 };
  return code === 'unauthorized' ? refusedForm(form, code) : form;
}

/** What the cluster refuses comes back to the field that caused it. */
function refusedForm(form: Form, code: string): Form {
  const isGiven = form.texts.kubeconfig.text !== '' || form.pasted !== undefined;
  const { namespace } = form.texts;
  if (code === 'forbidden' && namespace.text !== '') return { ...goTo(form, 'name'), focus: 1 };
  const isNeeded = kubeconfigTroubles.includes(code) || form.isKubeconfigNeeded;
  const isPast = promptIds.indexOf(form.at) > promptIds.indexOf('kubeconfig');
  return { ...(isNeeded && (isGiven || isPast) ? goTo(form, 'kubeconfig') : form), isKubeconfigNeeded: isNeeded };
}
