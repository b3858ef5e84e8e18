/** The frame around every screen: how large its body is, the title above it, the footer below it. Pure. */
import { glyphs } from './draw/glyphs.ts';
import { accent, cellsOf, dim, type Line, spread, strong, textOf, warn } from './draw/line.ts';
import { type Binding, keyNames } from './keys/bindings.ts';
import type { App, View } from './screen.ts';
import type { State } from './state.ts';
import { wordsIn } from './words.ts';

export const smallest = { columns: 60, rows: 16 } as const;
/** Title, its rule, the rule above the footer, and the footer. */
export const frameRows = 4;

export const isTooSmall = ({ columns, rows }: Pick<State, 'columns' | 'rows'>): boolean =>
  columns < smallest.columns || rows < smallest.rows;

/** Between keys in the footer. */
const gap = '  ';

/** What a screen draws into. */
export const viewOf = (state: State): View => ({
  state,
  t: wordsIn(state),
  columns: state.columns,
  rows: state.rows - frameRows,
});

export const ruleOf = ({ columns }: Pick<State, 'columns'>): Line => [dim(glyphs.rule.repeat(columns))];

/**
 * ` posthog-sealos · install posthog          simulated · ns-1a2b3c · 31m04s `. Where not all fits, the program's own name goes
 * first, then facts, the first of them first.
 */
export function titleLine(left: Line, facts: readonly string[], state: State): Line {
  const { columns, isSimulated } = state;
  const simulated: Line = isSimulated ? [warn(wordsIn(state).sandbox.simulated)] : [];
  const right = (shown: readonly string[]): Line => {
    const said = shown.join(' · ');
    return [...simulated, dim(isSimulated && said !== '' ? ` · ${said}` : said), ' '];
  };
  const known = facts.filter((fact) => fact !== '');
  const fits = (head: Line, shown: readonly string[]) => cellsOf(head) + cellsOf(right(shown)) < columns;
  const whole: Line = [' ', strong('posthog-sealos'), dim(' · '), ...left];
  const short: Line = [' ', ...left.map((part, index) => (index === 0 ? strong(textOf(part)) : part))];
  if (fits(whole, known)) return spread(whole, right(known), columns);
  const shown: string[] = [];
  for (const fact of known.toReversed()) if (fits(short, [fact, ...shown])) shown.unshift(fact);
  return spread(short, right(shown), columns);
}

/**
 * Keys that work now, as many as fit, the most useful first, or what is to be told; how to leave keeps its place, and so does
 * the help: it leads to all that has none.
 */
export function footerLine(scopes: readonly (readonly Binding<App>[])[], state: State): Line {
  const { columns, toast } = state;
  const t = wordsIn(state);
  const app = { state, t } as App;
  const shown = scopes.flat().filter(({ quiet, disabled }) => !quiet && disabled?.(app) === undefined);
  const entries = shown.map((binding): Line => [accent(keyNames(binding)), ` ${binding.label(t)}`]);
  const last = entries.at(-1) ?? [];
  if (toast) {
    const told: Line = [' ', warn(toast(t))];
    // What is told is told whole; it goes by itself.
    return cellsOf(told) + cellsOf(last) < columns ? spread(told, last, columns) : told;
  }
  const help = entries[shown.findIndex(({ id }) => id === 'help')];
  const cellsWith = (entry: Line | undefined): number => (entry ? cellsOf(entry) + gap.length : 0);
  const room = columns - cellsOf(last) - 1;
  const line: Line[number][] = [' '];
  let isHelpDue = help !== undefined;
  for (const entry of entries.slice(0, -1)) {
    if (entry === help) isHelpDue = false;
    if (cellsOf(line) + cellsWith(entry) + (isHelpDue ? cellsWith(help) : 0) > room) break;
    line.push(...entry, gap);
  }
  return [...line, ...(isHelpDue && help ? [...help, gap] : []), ...last];
}
