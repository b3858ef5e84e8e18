/** What has been told of an install so far, as the screens show it: the events of the use case, folded. Pure. */
import type { UserError } from '../../../errors.ts';
import type {
  CauseEvent,
  ComponentEvent,
  DoneEvent,
  InstallEvent,
  MigrationEvent,
  PhaseEvent,
  PlanEvent,
  PreflightEvent,
  ProofEvent,
} from '../../../install/events.ts';
import type { Say } from '../../../messages/index.ts';
import type { Cause, State } from '../../../observe/types.ts';
import type { ComponentId, Phase } from '../../../stack/types.ts';

export interface PhaseView {
  readonly state: State;
  /** Monotonic milliseconds when it began; undefined before. */
  readonly since: number | undefined;
  /** How long it took; undefined until it is over. */
  readonly tookMs: number | undefined;
}

export interface ComponentView {
  readonly phase: Phase;
  readonly state: State;
  readonly ready: number;
  readonly desired: number;
  readonly message: Say | undefined;
  /** Monotonic milliseconds since when it is in this state. */
  readonly since: number;
  readonly cause: Cause | undefined;
}

export interface RunView {
  readonly checks: readonly PreflightEvent[];
  readonly plan: PlanEvent | undefined;
  readonly phases: Readonly<Partial<Record<Phase, PhaseView>>>;
  readonly components: Readonly<Partial<Record<ComponentId, ComponentView>>>;
  readonly migration: MigrationEvent | undefined;
  readonly proof: readonly ProofEvent[];
  readonly done: DoneEvent | undefined;
  /** Monotonic milliseconds since when the cluster is not heard; undefined while it is. */
  readonly cutOffSince: number | undefined;
  /** The last sentence that was told beside all this. */
  readonly note: Say | undefined;
  /** What ended it. */
  readonly error: UserError | undefined;
}

export const emptyRun: RunView = {
  checks: [],
  plan: undefined,
  phases: {},
  components: {},
  migration: undefined,
  proof: [],
  done: undefined,
  cutOffSince: undefined,
  note: undefined,
  error: undefined,
};

/** @param now monotonic milliseconds */
export function follow(run: RunView, event: InstallEvent, now: number): RunView {
  switch (event.type) {
    case 'preflight':
      return { ...run, checks: [...run.checks, event] };
    case 'plan':
      return { ...run, plan: event };
    case 'phase':
      return { ...run, phases: { ...run.phases, [event.phase]: phaseView(run.phases[event.phase], event, now) } };
    case 'component':
      return withComponent(run, event.component, componentView(run.components[event.component], event, now));
    case 'cause':
      return withCause(run, event);
    case 'migration':
      return { ...run, migration: event };
    case 'proof':
      return { ...run, proof: [...run.proof, event] };
    case 'note':
      return {
        ...run,
        note: event.message,
        ...(event.isConnected === undefined ? {} : { cutOffSince: event.isConnected ? undefined : now }),
      };
    case 'done':
      return { ...run, done: event };
    // Not of an install.
    case 'figures':
    case 'concerns':
    case 'sources':
    case 'review':
    case 'log-errors':
    case 'scaled':
      return run;
  }
}

const withComponent = (run: RunView, id: ComponentId, view: ComponentView): RunView => ({
  ...run,
  components: { ...run.components, [id]: view },
});

function phaseView(before: PhaseView | undefined, { state, elapsedMs }: PhaseEvent, now: number): PhaseView {
  if (state === 'waiting') return { state, since: undefined, tookMs: undefined };
  const since = before?.since ?? now - elapsedMs;
  return { state, since, tookMs: state === 'ready' ? now - since : undefined };
}

function componentView(before: ComponentView | undefined, event: ComponentEvent, now: number): ComponentView {
  const { phase, state, ready, desired, message } = event;
  const since = before?.state === state ? before.since : now;
  const cause = state === 'ready' ? undefined : before?.cause;
  return { phase, state, ready, desired, message, since, cause };
}

function withCause(run: RunView, { component, cause }: CauseEvent): RunView {
  const view = run.components[component];
  return view === undefined ? run : withComponent(run, component, { ...view, cause });
}

export type Stage = 'preflight' | 'plan' | 'progress' | 'proof' | 'done' | 'failed';

/** How far it is. @param agreed whether the plan has been agreed to */
export function stageOf({ checks, plan, proof, done, error }: RunView, agreed: boolean): Stage {
  if (error) return checks.some(({ verdict }) => verdict === 'fail') && !agreed ? 'preflight' : 'failed';
  if (done) return 'done';
  if (proof.length > 0) return 'proof';
  if (agreed) return 'progress';
  return plan ? 'plan' : 'preflight';
}
