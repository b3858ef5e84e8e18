/**
 * What a tail tells and a record keeps. A log is followed run by run: a container that restarts begins a new run, whose
 * lines are never those of the one before.
 */
import type { ComponentId } from '../stack/types.ts';

/** One run of one container; the same object, by identity, in everything that is told about it. */
export interface Run {
  readonly component: ComponentId;
  readonly pod: string;
  readonly container: string;
  readonly kind: 'init' | 'app' | 'ephemeral';
  /** Of the container, from 0; the number Kubernetes shows. */
  readonly restart: number;
  /** The file inside the container that holds this log, when it is not the container's output. */
  readonly file?: string;
}

/**
 * Why lines are, or may be, missing. `rotated`: the node began a new file while nothing was heard. `run-gone`: the
 * container has restarted more than once since. `pod-gone`: the pod was deleted before the end was read.
 */
export type GapReason = 'rotated' | 'run-gone' | 'pod-gone' | 'forbidden';

export type Marker =
  /** The container has ended, or this run of it. */
  | { readonly type: 'ended'; readonly exitCode: number | undefined; readonly reason: string | undefined }
  /** Nothing was heard for so long; what was missed has been read since. */
  | { readonly type: 'away'; readonly forMs: number }
  | { readonly type: 'gap'; readonly reason: GapReason; readonly forMs: number | undefined }
  /** Lines longer than is kept. */
  | { readonly type: 'cut'; readonly lines: number };

/** One line, or a mark between lines. */
export interface LogLine {
  /** Its number; later lines have larger ones. */
  readonly number: number;
  readonly run: Run;
  /** Milliseconds since 1970; NaN where it has no time. */
  readonly ms: number;
  /** As Kubernetes wrote it. */
  readonly stamp: string;
  /** Untrusted. */
  readonly text: string;
  readonly marker: Marker | undefined;
}

/** Why a component shows no lines, or no new ones. */
export type Waiting =
  | { readonly type: 'no-pods' }
  /** None of its pods has a container that was asked for; these they have. */
  | { readonly type: 'no-container'; readonly containers: readonly string[] }
  | { readonly type: 'container'; readonly pod: string; readonly container: string; readonly reason: string }
  /** @param right undefined: to read logs */
  | { readonly type: 'forbidden'; readonly right?: string }
  /** Undefined `message`: a connection that ended by itself. */
  | { readonly type: 'away'; readonly message: string };

export type TailEvent =
  /** @param before the run before it, which has a log still: read only where it is asked for */
  | { readonly type: 'opened'; readonly run: Run; readonly before?: Run }
  /**
   * Whole lines, each `<RFC 3339 with nanoseconds> <bytes>\n` as Kubernetes writes them (of a file, lines that no time is
   * known of begin with a space). Nobody may change the bytes. Per run in the order of the stream, none twice.
   */
  | { readonly type: 'lines'; readonly run: Run; readonly bytes: Buffer }
  /** Nothing more comes of it. */
  | { readonly type: 'closed'; readonly run: Run }
  /** Stands in the stream where it is told. */
  | { readonly type: 'marker'; readonly run: Run; readonly marker: Marker }
  /** Undefined: nothing is waited for. */
  | { readonly type: 'waiting'; readonly component: ComponentId; readonly waiting: Waiting | undefined };

/** Told all that happens, in order. Whoever answers with a promise is waited for. */
export type Tell = (event: TailEvent) => void | Promise<void>;

/** What is asked of a tail. */
export interface TailRequest {
  readonly app: string;
  readonly components: readonly ComponentId[];
  readonly follow: boolean;
  /** The run before the present one, instead of it. */
  readonly previous: boolean;
  /** Names of runs before the present ones, which are read before these. */
  readonly before?: ReadonlySet<string>;
  /** Lines of each container at the start; all when neither this nor `sinceTime` is given. */
  readonly tailLines?: number;
  /** Seconds since 1970. */
  readonly since?: number;
  /** Names; undefined: all of each pod, init containers too. */
  readonly containers?: readonly string[];
}
