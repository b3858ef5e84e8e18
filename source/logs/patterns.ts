/** What lines are chosen by: regular expressions that people write, and that may never end. */
import { createContext, Script } from 'node:vm';

export interface BadPattern {
  readonly pattern: string;
  readonly why: string;
}

/** `(?i)` at the beginning, as grep and Go have it, means whatever the case. */
export function compile(pattern: string): RegExp | BadPattern {
  const [, insensitive, rest = ''] = /^(\(\?i\))?(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(rest, insensitive ? 'iu' : 'u');
  } catch (error) {
    return { pattern, why: (error as Error).message.replace(/^Invalid regular expression: /, '') };
  }
}

export const isBad = (compiled: RegExp | BadPattern): compiled is BadPattern => !(compiled instanceof RegExp);

/** How long a pattern may take for the lines it is given at once, in milliseconds. */
const patienceMs = 200;

export class SlowPattern extends Error {}

const call = new Script('run()');

/** @throws SlowPattern when it takes too long: V8 lets itself be stopped inside a regular expression, too. */
export function guarded<T>(run: () => T): T {
  let result: { readonly value: T } | undefined;
  const context = createContext({
    run: () => {
      result = { value: run() };
    },
  });
  try {
    call.runInContext(context, { timeout: patienceMs });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new SlowPattern();
    throw error;
  }
  return (result as { readonly value: T }).value;
}
