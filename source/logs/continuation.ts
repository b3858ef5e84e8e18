/** Which lines belong to the one before them: the rest of a traceback, the fields of a dump. */
import { componentOf } from '../stack/components.ts';
import { textAt } from './stamp.ts';
import type { Run } from './types.ts';

const [tab, space] = [9, 32];
/** T, C, n: no other line can begin a trace or go on with one. */
const beginnings: readonly (number | undefined)[] = [84, 67, 110];
/** As much of a line as tells. */
const longestHead = 200;

/** Asked of every line of a run, in their order. */
export class Continuations {
  /** Of each run: whether a traceback is being told, whose last line is not indented. */
  readonly #tracing = new Set<Run>();

  /** @param from where the line begins with its time, up to `end` */
  continues(run: Run, lines: Buffer, from: number, end: number): boolean {
    const at = textAt(lines, from);
    const byte = lines[at];
    // What runs once tells its steps indented: each of them is a line of its own.
    if ((byte === space || byte === tab) && end - at > 1)
      return componentOf(run.component).kind !== 'Job' || this.#tracing.has(run);
    const isTracing = this.#tracing.delete(run);
    // Most lines are no trace of anything, and none of them should cost a string.
    if (!isTracing && !beginnings.includes(byte)) return false;
    const text = lines.toString('latin1', at, Math.min(end, at + longestHead)).trimEnd();
    if (text === 'Traceback (most recent call last):') {
      this.#tracing.add(run);
      return false;
    }
    return (isTracing && /^[\w.]+(?::|$)/.test(text)) || /^(?:Caused by: |note: run with `RUST_BACKTRACE)/.test(text);
  }
}
