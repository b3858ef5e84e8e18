/** How far the migrations are, from the migrate Job's log (stack-spec E). Pure. */

export interface Migration {
  readonly done: number;
  /** 0 until the plan is known. */
  readonly total: number;
  readonly current: string;
  readonly step: number;
}

export const initialMigration: Migration = { done: 0, total: 0, current: '', step: 0 };

/** The state after a line; the same object when the line says nothing. A second try of the Job begins with a new plan, of what is left. */
export function readMigrationLine(state: Migration, line: string): Migration {
  const plan = /^PLAN (\d+)(?: and about (\d+) more)?/.exec(line);
  if (plan) return { ...state, total: state.done + Number(plan[1]) + Number(plan[2] ?? 0) };
  const step = /^STEP (\d+)\/(\d+) (.*)/.exec(line);
  if (step) return { ...state, step: Number(step[1]), current: (step[3] as string).trim() };
  const applied = /^\s*Applying (?:migration )?(\S+?)(?:\.\.\.)?(?:\s+OK)?$/.exec(
    line.replace(/\.\.\.\s*OK\s*$/, ' OK').trimEnd(),
  );
  if (applied) {
    const done = state.done + 1;
    return { ...state, done, total: Math.max(state.total, done), current: (applied[1] as string).replace(/\.+$/, '') };
  }
  if (/^All migrations complete$/.test(line.trim()))
    return { ...state, done: state.done, total: state.done, current: '' };
  return state;
}

/** Fewer samples than this say nothing about a rate. */
const fewest = 5;
const windowSize = 60;

/** Milliseconds left at the rate of the last samples; undefined while there is none. */
export function migrationEta(
  samples: readonly { readonly at: number; readonly done: number }[],
  total: number,
): number | undefined {
  const recent = samples.slice(-windowSize);
  const first = recent[0];
  const last = recent.at(-1);
  if (!first || !last || recent.length < fewest || last.done <= first.done || total <= last.done) return undefined;
  return Math.round(((total - last.done) * (last.at - first.at)) / (last.done - first.done));
}
