/** Every key that works now, and what it does. */
import { wrap } from '../../text/clip.ts';
import { padEnd, width } from '../../text/width.ts';
import { type Pager, pageWithRest, scrollWithRest } from '../components/pager.ts';
import { accent, dim, type Line, type Picture, strong } from '../draw/line.ts';
import { type Binding, keyName } from '../keys/bindings.ts';
import type { App, View } from '../screen.ts';

interface Scopes {
  readonly here: readonly Binding<App>[];
  readonly everywhere: readonly Binding<App>[];
}

export function drawHelp(pager: Pager, scopes: Scopes, view: View): Picture {
  return { lines: pageWithRest(helpLines(scopes, view), pager, view.rows) };
}

export function pressHelp(pager: Pager, press: string, scopes: Scopes, view: View): Pager | undefined {
  return scrollWithRest(pager, press, helpLines(scopes, view).length, view.rows);
}

function helpLines({ here, everywhere }: Scopes, view: View): readonly Line[] {
  const { help } = view.t.console;
  const cells = Math.max(...[...here, ...everywhere].map((binding) => width(allKeys(binding))));
  const rows = (bindings: readonly Binding<App>[]) => bindings.flatMap((binding) => row(binding, cells, view));
  return [[strong(help.here)], ...rows(here), [], [strong(help.everywhere)], ...rows(everywhere)];
}

/** Cells that a description has at least. */
const leastText = 16;

const allKeys = ({ keys }: Binding<App>): string => keys.map(keyName).join(' ');

/** What it does; below it, why it cannot now. */
function row(binding: Binding<App>, cells: number, { state, t, columns }: View): readonly Line[] {
  const why = binding.disabled?.(contextless(state, t));
  const said = (binding.description ?? binding.label)(t);
  const indent = cells + 4;
  const keys: Line = ['  ', accent(padEnd(allKeys(binding), cells + 2))];
  if (why && indent + width(`${said}  ${why(t)}`) <= columns) return [[...keys, dim(`${said}  ${why(t)}`)]];
  const tone = (text: string) => (why ? dim(text) : text);
  const [first = '', ...others] = wrap(said, Math.max(leastText, columns - indent));
  const rest = others.map((line): Line => [' '.repeat(indent), tone(line)]);
  if (!why) return [[...keys, first], ...rest];
  const reason = wrap(why(t), columns - indent - 2).map((line): Line => [' '.repeat(indent + 2), dim(line)]);
  return [[...keys, dim(first)], ...rest, ...reason];
}

/** Whether an action can act is asked of the state alone. */
export const contextless = (state: App['state'], t: App['t']): App => ({ state, t }) as App;
