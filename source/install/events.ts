/** What an install (or proof, or status) tells while it runs. Screen, plain and JSON fronts consume the same events. */
import type { Say } from '../messages/index.ts';
import type { Concern } from '../observe/concerns.ts';
import type { Figures } from '../observe/figures.ts';
import type { SourceId } from '../observe/measure.ts';
import type { Trouble } from '../observe/sources/trouble.ts';
import type { Cause, State } from '../observe/types.ts';
import type { LogErrorsEvent, ReviewEvent, ScaledEvent } from '../operate/scale/events.ts';
import type { ComponentId, KubeObject, Phase, RenderedObject, SizeName } from '../stack/types.ts';

export type Verdict = 'pass' | 'warn' | 'fail';
export type PlanAction = 'create' | 'change' | 'same' | 'conflict';

export interface PreflightEvent {
  readonly type: 'preflight';
  /** Stable id of the check. */
  readonly check: string;
  readonly verdict: Verdict;
  readonly message: Say;
  readonly hint?: Say;
}

export interface PlannedObject {
  readonly kind: string;
  readonly name: string;
  readonly action: PlanAction;
  readonly component: RenderedObject['component'];
  /** What would be applied; only people who ask see it. */
  readonly wanted: KubeObject;
  /** Absent for what stays the same. */
  readonly change?: ObjectChange;
  /** With `conflict`: who else holds which fields. */
  readonly conflicts?: readonly { readonly manager: string; readonly field: string }[];
}

/** An object before and after, as the server holds it and would hold it; with secrets. */
export interface ObjectChange {
  readonly before: KubeObject | undefined;
  readonly after: KubeObject;
}

export interface PlanEvent {
  readonly type: 'plan';
  readonly name: string;
  readonly size: SizeName;
  readonly url: string;
  /** E-mail of the first user; undefined when whoever signs up first becomes that. */
  readonly owner: string | undefined;
  readonly objects: readonly PlannedObject[];
  /** Sums at the peak, in pods, cores, bytes. */
  readonly pods: number;
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
  /** How long it usually takes, from, to. */
  readonly minutes: readonly [number, number];
  /** It goes on with an install that was agreed to and has not ended, with the same answers. */
  readonly isResumed: boolean;
}

export interface PhaseEvent {
  readonly type: 'phase';
  readonly phase: Phase;
  readonly state: State;
  readonly elapsedMs: number;
}

export interface ComponentEvent {
  readonly type: 'component';
  readonly component: ComponentId;
  readonly phase: Phase;
  readonly state: State;
  readonly ready: number;
  readonly desired: number;
  readonly message?: Say;
}

export interface CauseEvent {
  readonly type: 'cause';
  readonly component: ComponentId;
  /** Undefined when the cause that was told before is gone. */
  readonly cause: Cause | undefined;
}

export interface MigrationEvent {
  readonly type: 'migration';
  readonly done: number;
  readonly total: number;
  readonly current: string;
  /** Milliseconds left at the measured rate; absent until there is one. */
  readonly etaMs?: number;
}

export interface ProofEvent {
  readonly type: 'proof';
  /** Stable id of the hop, such as `capture`, `topic`, `public-capture`. */
  readonly hop: string;
  readonly ok: boolean;
  /** A hop that only warns does not fail the proof (a missing city). */
  readonly warning?: boolean;
  readonly ms: number;
  readonly message: Say;
  readonly hint?: Say;
}

/** What happens between the events above, one sentence. */
export interface NoteEvent {
  readonly type: 'note';
  /** Whether the cluster is heard (again), when it is about that. */
  readonly isConnected?: boolean;
  readonly message: Say;
}

export interface DoneEvent {
  readonly type: 'done';
  readonly url: string;
  readonly name: string;
  readonly elapsedMs: number;
  /** `false`: works as far as it could be tested without a user. */
  readonly proven: boolean;
  /** The cluster keeps the first admin's generated password until somebody has saved it. */
  readonly isPasswordKept?: boolean;
  /** What SDKs send with; public by nature. */
  readonly projectKey?: string;
  readonly message?: Say;
}

/** The numbers beside a component, as they are now. */
export interface FiguresEvent {
  readonly type: 'figures';
  readonly component: ComponentId;
  readonly figures: Figures;
}

/** All that wants attention now, the most important first; told anew when it has become something else. */
export interface ConcernsEvent {
  readonly type: 'concerns';
  readonly concerns: readonly Concern[];
}

/** How it went to ask for the numbers. */
export interface SourcesEvent {
  readonly type: 'sources';
  readonly sources: readonly {
    readonly id: SourceId;
    /** Milliseconds until the last answer. */
    readonly tookMs: number | undefined;
    /** Why it tells nothing; undefined when it does. */
    readonly trouble: Trouble | undefined;
  }[];
}

export type InstallEvent =
  | PreflightEvent
  | PlanEvent
  | PhaseEvent
  | ComponentEvent
  | CauseEvent
  | MigrationEvent
  | ProofEvent
  | NoteEvent
  | FiguresEvent
  | ConcernsEvent
  | SourcesEvent
  | ReviewEvent
  | LogErrorsEvent
  | ScaledEvent
  | DoneEvent;
