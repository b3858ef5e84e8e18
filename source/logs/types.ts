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
  /** A file inside the container that is read by exec, when the log is not on its output. */
  readonly file?: string;
}

/** Why lines are known to be missing, and for how long (milliseconds, when it can be told). */
export type GapReason = 'rotated' | 'pod-gone' | 'run-gone' | 'cut-long' | 'forbidden';

export type Marker =
  | { readonly type: 'ended'; readonly exitCode: number | undefined; readonly reason: string | undefined }
  | { readonly type: 'restarted'; readonly restart: number; readonly exitCode?: number; readonly reason?: string }
  | { readonly type: 'away'; readonly forMs: number }
  | { readonly type: 'gap'; readonly reason: GapReason; readonly forMs: number | undefined };

/** Why a part shows no lines. */
export type Waiting =
  | { readonly type: 'no-pods' }
  | { readonly type: 'no-lines' }
  | { readonly type: 'container'; readonly pod: string; readonly container: string; readonly reason: string }
  | { readonly type: 'forbidden'; readonly right: string }
  | { readonly type: 'away'; readonly sinceMs: number; readonly message: string };

export type TailEvent =
  | { readonly type: 'opened'; readonly run: Run }
  /**
   * Whole lines, each `<RFC 3339 with nanoseconds> <bytes>\n` as Kubernetes writes them (a file's lines get no time: they
   * begin with a space). The bytes belong to who receives them. Per run in the order of the stream, none twice.
   */
  | { readonly type: 'lines'; readonly run: Run; readonly bytes: Buffer }
  /** Stands in the stream where it is told; `at` in milliseconds since 1970. */
  | { readonly type: 'marker'; readonly run: Run; readonly at: number; readonly marker: Marker }
  /** Undefined: it shows lines. */
  | { readonly type: 'waiting'; readonly component: ComponentId; readonly waiting: Waiting | undefined }
  /** The past is read: what follows is new. Without `follow`, the tail ends after it. */
  | { readonly type: 'caught-up'; readonly component: ComponentId };

/** What is asked of a tail. */
export interface TailRequest {
  readonly app: string;
  readonly components: readonly ComponentId[];
  readonly follow: boolean;
  readonly previous: boolean;
  /** Lines of each container at the start; all when neither this nor `sinceTime` is given. */
  readonly tailLines?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  /** Names; undefined: all of each pod, init containers too. */
  readonly containers?: readonly string[];
}
