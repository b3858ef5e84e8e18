/** What the install's screens show. */
import type { PreflightEvent } from '../../../install/events.ts';
import type { Surroundings } from '../../../install/surroundings.ts';
import type { Say } from '../../../messages/index.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { fieldOf } from '../../components/text-field.ts';
import { type Form, goTo } from './form.ts';
import { emptyRun, type RunView, type Stage, stageOf } from './run.ts';

export interface InstallState {
  readonly form: Form;
  /** What the cluster offers; undefined until it has answered. */
  readonly surroundings: Surroundings | undefined;
  /** Why the cluster could not be looked at. */
  readonly trouble: Say | undefined;
  /** Checks with the defaults, made while the answers are still being given. */
  readonly ahead: readonly PreflightEvent[];
  readonly run: RunView;
  /** `prompts`: answers are being given; `run`: they have been, and checks, plan or progress are shown. */
  readonly mode: 'prompts' | 'run';
  readonly isAgreed: boolean;
  /** Warnings of the checks have been read. */
  readonly isWarned: boolean;
  /** Monotonic milliseconds when the run began. */
  readonly since: number;
  /** What is chosen, by its name: a check, a part, a line of the plan. Undefined is the first. */
  readonly chosen: string | undefined;
  /** The last lines of a part's log; untrusted. */
  readonly tail: { readonly part: ComponentId; readonly lines: readonly string[] } | undefined;
  /** Fields of others that are to be taken over, as `Kind/name field`; the others keep theirs. */
  readonly taken: ReadonlySet<string>;
  /** The first admin's, while it is shown. */
  readonly password: string | undefined;
}

export function installState(form: Form): InstallState {
  return {
    form,
    surroundings: undefined,
    trouble: undefined,
    ahead: [],
    run: emptyRun,
    mode: 'prompts',
    isAgreed: false,
    isWarned: false,
    since: 0,
    chosen: undefined,
    tail: undefined,
    taken: new Set(),
    password: undefined,
  };
}

/** Where an instance of that name was before: from its name on, or as its record has it. Another name may have one that lives. */
export function begunAnew({ form, surroundings }: InstallState, name: string): InstallState {
  const texts = { ...form.texts, name: fieldOf(name) };
  return { ...installState({ ...goTo(form, 'name'), texts }), surroundings };
}

/** What is seen: warnings stay until they have been read. */
export function shownStage({ run, isAgreed, isWarned }: InstallState): Stage {
  const stage = stageOf(run, isAgreed);
  const warns = run.checks.some(({ verdict }) => verdict !== 'pass');
  return stage === 'plan' && warns && !isWarned ? 'preflight' : stage;
}
