/**
 * Lines of several runs in the order of their times. Within a run nothing is ever moved, whatever its clock does: a line
 * counts as late as the latest before it. What is new is held back for a moment, so that what is slower can come before it.
 */
import { timeAt } from './stamp.ts';
import type { Marker, Run } from './types.ts';

const newline = 10;

export type Merged =
  /** Whole lines that follow each other. */
  | { readonly run: Run; readonly bytes: Buffer; readonly marker?: undefined }
  | { readonly run: Run; readonly bytes?: undefined; readonly marker: Marker };

interface Item {
  readonly content: Buffer | Marker;
  /** Of the next line. */
  at: number;
  readonly arrivedAt: number;
}

interface Queue {
  readonly run: Run;
  readonly items: Item[];
  bytes: number;
  /** Of the next line, or of the one before where it has none; milliseconds since 1970. */
  time: number;
  isOpen: boolean;
}

export class Merge {
  readonly #queues = new Map<Run, Queue>();

  open(run: Run): void {
    this.#queues.set(run, { run, items: [], bytes: 0, time: Number.NEGATIVE_INFINITY, isOpen: true });
  }

  /** Nothing more comes of this run. */
  close(run: Run): void {
    const queue = this.#queues.get(run);
    if (queue) queue.isOpen = false;
    if (queue?.items.length === 0) this.#queues.delete(run);
  }

  /** @param nowMs of any clock that only rises, the same as `take` is asked with */
  add(run: Run, content: Buffer | Marker, nowMs: number): void {
    const queue = this.#queues.get(run);
    if (!queue) return;
    queue.items.push({ content, at: 0, arrivedAt: nowMs });
    if (Buffer.isBuffer(content)) queue.bytes += content.length;
    if (queue.items.length === 1) advance(queue);
  }

  /** Bytes of this run that wait. */
  waiting(run: Run): number {
    return this.#queues.get(run)?.bytes ?? 0;
  }

  /** Whether anything waits. */
  get isEmpty(): boolean {
    return [...this.#queues.values()].every(({ items }) => items.length === 0);
  }

  /**
   * What can be told now: what nothing that is still to come stands before, and what has waited for `holdMs`.
   * @param holdMs Infinity: only the order counts
   */
  *take(nowMs: number, holdMs: number): Generator<Merged> {
    for (;;) {
      const queues = [...this.#queues.values()];
      const full = queues.filter(({ items }) => items.length > 0);
      const [first, second] = full.toSorted((one, other) => one.time - other.time);
      if (!first) return;
      const isComplete = queues.every(({ items, isOpen }) => items.length > 0 || !isOpen);
      const item = first.items[0] as Item;
      if (!isComplete && nowMs - item.arrivedAt < holdMs) return;
      yield this.#next(first, second?.time ?? Number.POSITIVE_INFINITY);
    }
  }

  /** The lines up to the first one that is later than `until`, at least one. */
  #next(queue: Queue, until: number): Merged {
    const { run, items } = queue;
    const item = items[0] as Item;
    if (!Buffer.isBuffer(item.content)) {
      this.#drop(queue);
      return { run, marker: item.content };
    }
    const { content } = item;
    const from = item.at;
    if (until === Number.POSITIVE_INFINITY) item.at = content.length;
    else
      do {
        item.at = content.indexOf(newline, item.at) + 1 || content.length;
        if (item.at >= content.length) break;
        queue.time = laterOf(queue.time, content, item.at);
      } while (queue.time <= until);
    const bytes = content.subarray(from, item.at);
    queue.bytes -= bytes.length;
    if (item.at >= content.length) this.#drop(queue);
    return { run, bytes };
  }

  #drop(queue: Queue): void {
    queue.items.shift();
    if (queue.items.length > 0) advance(queue);
    else if (!queue.isOpen) this.#queues.delete(queue.run);
  }
}

/** The time of what is next. */
function advance(queue: Queue): void {
  const [item] = queue.items;
  if (item && Buffer.isBuffer(item.content)) queue.time = laterOf(queue.time, item.content, item.at);
}

function laterOf(before: number, bytes: Buffer, at: number): number {
  const time = timeAt(bytes, at);
  return Math.max(time, before);
}
