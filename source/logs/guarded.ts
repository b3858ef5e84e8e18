/** Patterns that people write may never end: they run under guard. */
import { type Context, createContext, Script } from 'node:vm';

/** How long a pattern may take for the lines it is given at once, in milliseconds. */
const patienceMs = 200;

export class SlowPattern extends Error {}

const call = new Script('run()');
/** Made once: a context costs more than looking at thousands of lines. */
let context: Context | undefined;
const shared: { run: () => void } = { run() {} };

/** @throws SlowPattern when it takes too long: V8 lets itself be stopped inside a regular expression, too. */
export function guarded<T>(run: () => T): T {
  let result: { readonly value: T } | undefined;
  shared.run = () => {
    result = { value: run() };
  };
  context ??= createContext(shared);
  try {
    call.runInContext(context, { timeout: patienceMs });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new SlowPattern();
    throw error;
  }
  return (result as { readonly value: T }).value;
}

/**
 * Looks at so many, one after the other. A busy machine is no slow pattern: whoever is stopped goes on where they were.
 * @throws SlowPattern when one of them takes too long by itself
 */
export function guardedEach(count: number, look: (index: number) => void): void {
  for (let [at, tries] = [0, 0]; at < count; ) {
    const before = at;
    try {
      guarded(() => {
        for (; at < count; at += 1) look(at);
      });
    } catch (error) {
      tries = at === before ? tries + 1 : 0;
      if (!(error instanceof SlowPattern) || tries > 1) throw error;
    }
  }
}
