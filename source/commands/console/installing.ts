/** The install behind its screens: the same use case as the plain front's, with somebody who answers. */
import type { InstallAnswers } from '../../console/actions.ts';
import type { Confirm } from '../../console/overlays/overlay.ts';
import { formOf } from '../../console/screens/install/form.ts';
import { follow } from '../../console/screens/install/run.ts';
import type { InstallState } from '../../console/screens/install/state.ts';
import { answersWithDefaults } from '../../console/screens/install/update.ts';
import type { Context } from '../../context.ts';
import { UserError } from '../../errors.ts';
import type { ConflictChoices, InstallRequest } from '../../install/contract.ts';
import { asUserError } from '../../install/explain.ts';
import { previewFix } from '../../install/fixes.ts';
import { install } from '../../install/install.ts';
import { lookAround, type Surroundings } from '../../install/surroundings.ts';
import type { Cause, CauseId } from '../../observe/types.ts';
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
}

export class Installing {
  readonly #options: InstallingOptions;
  readonly #fixes: CauseId[];
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #agree: ((choose: ConflictChoices) => void) | undefined;
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
      if (asked.isAgreed || surroundings.ledger) void this.#start({ values: {}, password: undefined }, true);
      else void this.#checkAhead();
    } catch (error) {
      if (signal.aborted) return;
      const outside = await open().catch(() => undefined);
      const known = shownError(outside ? asUserError(error, outside) : error);
      await close();
      const isKubeconfigNeeded = kubeconfigTroubles.includes(known.code);
      change((now) => ({
        ...now,
        trouble: saidOf(known),
        form: { ...now.form, isKubeconfigNeeded: isKubeconfigNeeded || now.form.isKubeconfigNeeded },
      }));
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
    const isUntouched = form.at === 'language' || form.at === 'kubeconfig';
    const filled = formOf(known, form.language);
    return {
      ...form,
      ...(isUntouched
        ? {
            texts: { ...filled.texts, kubeconfig: form.texts.kubeconfig },
            switches: { ...filled.switches, sandbox: form.switches.sandbox },
            size: filled.size,
          }
        : {}),
      isHostNeeded: platform.domain === undefined,
    };
  }

  /** With these answers, as soon as it is known what the place offers. */
  async plan(answers: (install: InstallState) => InstallAnswers): Promise<void> {
    const { read, change } = this.#options;
    await this.#looking;
    if (read().surroundings) await this.#start(answers(read()), false);
    else change((now) => ({ ...now, mode: 'prompts' }));
  }

  /** Runs the use case from the checks to the end, as far as it is let. */
  async #start(answers: InstallAnswers, isAgreed: boolean): Promise<void> {
    this.#ahead.abort();
    this.#turn += 1;
    const turn = this.#turn;
    await this.callOff();
    // Somebody has asked again meanwhile.
    if (turn !== this.#turn) return;
    const { asked, context, change, signal } = this.#options;
    if (isAgreed)
      change((now) => ({ ...now, mode: 'run', isAgreed, isWarned: true, since: context.clock.monotonic() }));
    const stop = new AbortController();
    const until = AbortSignal.any([signal, stop.signal]);
    const prompts: AnswerSource = { values: answers.values, place: () => (t) => t.answers.places.prompt };
    const password = answers.password ?? asked.adminPassword;
    const request: InstallRequest = {
      ...asked.request,
      sources: [prompts, ...asked.request.sources],
      ...(password === undefined ? {} : { adminPassword: password }),
      // Somebody who sees the plan decides; without a look at it, what was said before counts.
      ...(isAgreed || asked.request.conflicts ? {} : { conflicts: 'ask' as const }),
      // Read whenever a cause appears: what is asked for later counts, too.
      fixes: this.#fixes,
      consent: () => (isAgreed ? Promise.resolve(true) : this.#agreement(until)),
    };
    const ended = this.#drive(request, until);
    this.#running = { stop, ended };
    await ended;
  }

  /** Rejects when nobody can agree any more: an install that waits for ever could not be left. */
  #agreement(until: AbortSignal): Promise<ConflictChoices> {
    return new Promise((resolve, reject) => {
      this.#agree = resolve;
      until.addEventListener('abort', () => reject(until.reason), { once: true });
    });
  }

  agree(choose: ConflictChoices): void {
    this.#agree?.(choose);
  }

  async #drive(request: InstallRequest, signal: AbortSignal): Promise<void> {
    const { change, context, open, read } = this.#options;
    const over = new AbortController();
    try {
      const outside = await open();
      void followTail({ outside, clock: context.clock, read, change }, AbortSignal.any([signal, over.signal]));
      for await (const event of install(request, outside, signal)) {
        if (signal.aborted) return;
        const now = context.clock.monotonic();
        change((state) => ({ ...state, run: follow(state.run, event, now) }));
      }
    } catch (error) {
      if (!signal.aborted) change((state) => ({ ...state, run: { ...state.run, error: shownError(error) } }));
    } finally {
      over.abort();
    }
  }

  /** Ends what runs; what was applied stays, and Kubernetes goes on with it. */
  async callOff(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#agree = undefined;
    running?.stop.abort(new UserError({ code: 'called-off', exit: 130, say: (t) => t.cli.interrupted }));
    await running?.ended;
  }

  /** The question before a fix; undefined when there is none that could be applied from here. */
  confirmFix(cause: Cause, then: () => void): Confirm | undefined {
    const { run, surroundings } = this.#options.read();
    const preview = previewFix(cause, run.plan?.name ?? '', surroundings?.namespace ?? '');
    return (
      preview && {
        type: 'confirm',
        question: preview.say,
        commands: preview.commands,
        onYes: () => {
          this.#fixes.push(cause.id);
          then();
        },
      }
    );
  }
}

/** A cluster cannot be looked for without another kubeconfig. */
const kubeconfigTroubles: readonly string[] = ['no-kubeconfig', 'bad-kubeconfig', 'unknown-context'];
