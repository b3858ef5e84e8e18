/** A node as a tail sees it through the API server: containers that write, and everything that goes wrong on the way. */
import { ApiError, ConnectionError } from '../../source/cluster/index.ts';
import type { LogOptions, WatchEvent } from '../../source/cluster/types.ts';
import { secondsAt, textAt } from '../../source/logs/stamp.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import type { TestClock } from '../support/test-clock.ts';

type Fault = Error | 'end' | 'frozen' | undefined;
type Cut = 'end' | 'reset' | 'frozen';

const faultOf = (how: Cut): Fault => (how === 'reset' ? new ConnectionError('reset', 'read ECONNRESET') : how);

interface Stream {
  wake: () => void;
  fault: Fault;
}

interface Container {
  /** Whole lines of each run, with their times. */
  readonly runs: Buffer[][];
  /** Whole seconds, as a node tells them. */
  startedAt: string;
  /** How many lines of each run are rotated away. */
  readonly rotated: number[];
  exitCode: number | undefined;
  /** It has ended and waits to run anew. */
  isWaiting: boolean;
  /** Pods of one name tell themselves apart by it. */
  readonly uid: string;
  version: number;
}

/** Whether it ends now. @throws what broke it */
function isOver({ fault }: Stream): boolean {
  if (fault instanceof Error) throw fault;
  return fault === 'end';
}

export class FakeNode {
  readonly #clock: TestClock;
  readonly #containers = new Map<string, Container>();
  readonly #streams = new Set<Stream>();
  readonly #watchers = new Set<(event: WatchEvent | Error) => void>();
  /** Answers to the next requests for logs, instead of logs; undefined: the log. */
  readonly refusals: (Error | undefined)[] = [];
  /** What becomes of each of the next streams after so many bytes; undefined: nothing. */
  readonly cuts: ({ readonly after: number; readonly how: Cut } | undefined)[] = [];
  /** While it is on, nothing that happens to pods is told. */
  isDeaf = false;
  /** What the API server knows of pods while their node does not reach it. */
  #lastKnown: ReadonlyMap<string, KubeObject> | undefined;
  /** How much of a line is sent at once. */
  pieceBytes = 1000;
  requests = 0;
  #started = 0;

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  start(pod: string): void {
    const uid = `${pod} ${++this.#started}`;
    this.#containers.set(pod, {
      runs: [[]],
      startedAt: this.#now(),
      rotated: [0],
      exitCode: undefined,
      isWaiting: false,
      uid,
      version: 1,
    });
    this.#tell({ type: 'added', object: this.#podOf(pod) });
  }

  /** Watches end with it. */
  fail(error: Error): void {
    for (const hear of this.#watchers) hear(error);
  }

  /** @param aheadS how far the clock of the node is ahead, in seconds */
  write(pod: string, text: string, aheadS = 0): void {
    const { runs } = this.#of(pod);
    const stamp = `${new Date(this.#clock.now() + aheadS * 1000).toISOString().slice(0, -1)}000000Z`;
    runs.at(-1)?.push(Buffer.from(`${stamp} ${text}\n`));
    this.#wake();
  }

  /** The container ends; with `again` it runs anew. What the watch says of it comes when `tellPod` is called. */
  end(pod: string, exitCode: number): void {
    const container = this.#of(pod);
    container.exitCode = exitCode;
    container.version += 1;
    this.#wake();
  }

  /** It has ended once more, and will run again after a while. */
  crash(pod: string): void {
    this.end(pod, 1);
    this.#of(pod).isWaiting = true;
  }

  restart(pod: string): void {
    const container = this.#of(pod);
    container.runs.push([]);
    container.startedAt = this.#now();
    container.rotated.push(0);
    container.exitCode = undefined;
    container.isWaiting = false;
    container.version += 1;
    // Streams of the run before end with it.
    for (const stream of this.#streams) if (stream.fault === undefined) stream.fault = 'end';
    this.#wake();
  }

  /** From now on the API server does not learn what becomes of the pods; their logs are to be had all the same. */
  lose(): void {
    this.#lastKnown = new Map([...this.#containers.keys()].map((pod) => [pod, this.#podOf(pod)]));
  }

  /** It learns it now. */
  find(): void {
    this.#lastKnown = undefined;
    for (const pod of this.#containers.keys()) this.tellPod(pod);
  }

  tellPod(pod: string): void {
    this.#tell({ type: 'modified', object: this.#podOf(pod) });
  }

  delete(pod: string): void {
    const object = this.#podOf(pod);
    this.#containers.delete(pod);
    for (const stream of this.#streams) if (stream.fault === undefined) stream.fault = 'end';
    this.#wake();
    this.#tell({ type: 'deleted', object });
  }

  /** The oldest lines of the run that writes now can be read no more. */
  rotate(pod: string): void {
    const { runs, rotated } = this.#of(pod);
    rotated[rotated.length - 1] = runs.at(-1)?.length ?? 0;
  }

  /** What becomes of every stream that is open. */
  cut(how: Cut): void {
    for (const stream of this.#streams) stream.fault ??= faultOf(how);
    this.#wake();
  }

  async get({ name }: { readonly name: string }) {
    return this.#containers.has(name) ? this.#podOf(name) : undefined;
  }

  async list() {
    return { resourceVersion: '1', items: this.#pods() };
  }

  async *watch(_: object, { signal }: { readonly signal: AbortSignal }): AsyncGenerator<WatchEvent> {
    const waiting: (WatchEvent | Error)[] = [];
    let wake = () => {};
    const hear = (event: WatchEvent | Error) => {
      waiting.push(event);
      wake();
    };
    this.#watchers.add(hear);
    yield { type: 'synced', items: this.#pods() };
    signal.addEventListener('abort', () => wake());
    while (!signal.aborted) {
      while (waiting.length > 0) {
        const event = waiting.shift() as WatchEvent | Error;
        if (event instanceof Error) throw event;
        yield event;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted || waiting.length > 0) resolve();
      });
    }
  }

  async *logBytes(
    pod: string,
    { follow, previous, sinceTime, tailLines, timestamps, signal }: LogOptions,
  ): AsyncGenerator<Buffer> {
    this.requests += 1;
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    const container = this.#containers.get(pod);
    if (!container) throw new ApiError({ code: 404, reason: 'NotFound', message: `pods "${pod}" not found` });
    const index = container.runs.length - (previous && !container.isWaiting ? 2 : 1);
    const run = container.runs[index];
    if (!run) throw new ApiError({ code: 400, message: 'previous terminated container not found' });
    const since = sinceTime === undefined ? Number.NEGATIVE_INFINITY : Date.parse(sinceTime) / 1000;
    const stream: Stream = { wake: () => {}, fault: undefined };
    const cut = this.cuts.shift();
    let sent = 0;
    if (follow) this.#streams.add(stream);
    const abort = () => stream.wake();
    signal?.addEventListener('abort', abort);
    try {
      yield Buffer.alloc(0);
      let at = Math.max(container.rotated[index] ?? 0, tailLines === undefined ? 0 : run.length - tailLines);
      for (;;) {
        if (isOver(stream)) return;
        for (; at < run.length && stream.fault !== 'frozen'; at += 1) {
          const whole = run[at] as Buffer;
          if (secondsAt(whole, 0) < since) continue;
          const line = timestamps ? whole : whole.subarray(textAt(whole, 0));
          for (let from = 0; from < line.length; from += this.pieceBytes) {
            const piece = line.subarray(from, from + this.pieceBytes);
            yield piece;
            sent += piece.length;
            if (cut && sent >= cut.after) stream.fault ??= faultOf(cut.how);
            signal?.throwIfAborted();
            if (isOver(stream)) return;
          }
        }
        signal?.throwIfAborted();
        if (isOver(stream)) return;
        const hasEnded = container.exitCode !== undefined || index < container.runs.length - 1;
        if ((!follow || hasEnded) && stream.fault !== 'frozen') return;
        await new Promise<void>((resolve) => {
          stream.wake = resolve;
        });
      }
    } finally {
      this.#streams.delete(stream);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** All that each run of the pod has written. */
  written(pod: string): readonly string[] {
    return this.#of(pod).runs.map((run) => Buffer.concat(run).toString());
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  }

  #of(pod: string): Container {
    const container = this.#containers.get(pod);
    if (!container) throw new Error(`there is no ${pod}`);
    return container;
  }

  #wake(): void {
    for (const stream of this.#streams) stream.wake();
  }

  #tell(event: WatchEvent): void {
    if (this.isDeaf) return;
    for (const each of this.#watchers) each(event);
  }

  #pods(): readonly KubeObject[] {
    return [...this.#containers.keys()].map((pod) => this.#podOf(pod));
  }

  #podOf(name: string): KubeObject {
    const known = this.#lastKnown?.get(name);
    if (known) return known;
    const { runs, startedAt, exitCode, isWaiting, uid, version } = this.#of(name);
    const ended = (code: number | undefined) => ({
      terminated: { exitCode: code, reason: code === 0 ? 'Completed' : 'Error' },
    });
    const restartCount = runs.length - 1;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, uid, resourceVersion: String(version), labels: { 'posthog-sealos/component': 'web' } },
      status: {
        containerStatuses: [
          {
            name: 'web',
            restartCount,
            ...(isWaiting
              ? { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(exitCode) }
              : { state: exitCode === undefined ? { running: { startedAt } } : ended(exitCode) }),
            ...(restartCount > 0 && !isWaiting ? { lastState: ended(1) } : {}),
          },
        ],
      },
    };
  }
}
