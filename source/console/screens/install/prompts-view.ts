/** The prompts: what is answered, what is asked now, what is still to come. */
import type { PreflightEvent } from '../../../install/events.ts';
import type { Messages } from '../../../messages/index.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { padEnd, width } from '../../../text/width.ts';
import { drawField } from '../../components/text-field.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { accent, bad, dim, good, indent, type Line, type Picture, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { emailOf, hostOf, nameOf, namespaceOf, urlOf } from './defaults.ts';
import { type Form, type Item, itemsOf, type PromptId, problemOf, promptsOf, type TextId } from './form.ts';
import { sizeLines, spaceLines } from './sizes-view.ts';
import type { InstallState } from './state.ts';

interface Block {
  readonly lines: readonly Line[];
  readonly cursor?: { readonly column: number; readonly row: number };
}

export function drawPrompts(view: View): Picture {
  const { install } = view.state;
  const prompts = promptsOf(install.form);
  const labels = Math.max(...prompts.map((id) => width(view.t.console.install.prompts[id])));
  const at = prompts.indexOf(install.form.at);
  const blocks = prompts.map((id, index): Block => {
    const label = padEnd(view.t.console.install.prompts[id], labels);
    if (index < at)
      return {
        lines: [
          [good(` ${glyphs.ready} `), label, '  ', clip(summary(id, install, view.t), view.columns - labels - 6)],
        ],
      };
    if (index > at) return { lines: [[dim(` ${glyphs.waiting} ${label}`)]] };
    return current(id, label, labels, view);
  });
  return joined([...blocks, status(view)], at, view.rows);
}

/** One below the other; when they do not fit, the answered ones give way. */
function joined(blocks: readonly Block[], index: number, rows: number): Picture {
  const lines = blocks.flatMap((block) => block.lines);
  const before = blocks.slice(0, index).reduce((sum, block) => sum + block.lines.length, 0);
  const at = blocks[index]?.cursor;
  const cut = Math.max(0, Math.min(lines.length - rows, before));
  return {
    lines: lines.slice(cut, cut + rows),
    ...(at && { cursor: { column: at.column, row: before + at.row - cut } }),
  };
}

function status({ state, t, columns }: View): Block {
  const { trouble, surroundings, form } = state.install;
  if (trouble && isAbout(form)) return { lines: [] };
  if (trouble) return { lines: [[], ...wrap(trouble(t), columns - 4).map((line) => indent(1, [bad(line)]))] };
  if (!surroundings) return { lines: [[], [dim(` ${t.console.looking}`)]] };
  return { lines: aheadLines(state.install.ahead, t, columns) };
}

/** Whether the cluster cannot be looked at for what is asked here. */
const isAbout = ({ at, isKubeconfigNeeded, focus }: Form): boolean =>
  isKubeconfigNeeded ? at === 'kubeconfig' : at === 'name' && focus === 1;

/** What the checks say that run while somebody still answers. */
function aheadLines(ahead: readonly PreflightEvent[], t: Messages, columns: number): readonly Line[] {
  if (ahead.length === 0) return [];
  const count = (verdict: PreflightEvent['verdict']) => ahead.filter((each) => each.verdict === verdict).length;
  const [fine, warnings, failures] = [count('pass'), count('warn'), count('fail')];
  const first = ahead.find(({ verdict }) => verdict === (failures > 0 ? 'fail' : 'warn'));
  if (!first) return [[], [' ', good(glyphs.ready), dim(` ${t.console.install.checksFine(fine)}`)]];
  const mixed = t.console.install.checksMixed(fine, warnings, failures);
  return [
    [],
    [
      ' ',
      failures > 0 ? bad(glyphs.failed) : warn(glyphs.warning),
      ' ',
      dim(t.console.install.said(t.console.install.checks, mixed)),
    ],
    ...wrap(first.message(t), columns - 5)
      .slice(0, 2)
      .map((line) => indent(3, [dim(line)])),
  ];
}

function summary(id: PromptId, install: InstallState, t: Messages): string {
  const { form } = install;
  const words = t.console.install.summary;
  switch (id) {
    case 'language':
      return t.console.language;
    case 'kubeconfig':
      return form.switches.sandbox ? t.console.install.switches.sandbox : form.texts.kubeconfig.text;
    case 'name':
      return `${nameOf(install)}  (${namespaceOf(install)})`;
    case 'address':
      return urlOf(install) ?? hostOf(install) ?? form.texts.host.text;
    case 'size':
      return form.size;
    case 'admin': {
      if (form.switches.nobody) return words.nobody;
      return `${emailOf(install) ?? ''} (${form.texts['admin.password'].text ? words.typed : words.generated})`;
    }
    case 'more':
      return `${form.switches.mail ? words.mail(form.texts['mail.host'].text) : words.noMail}, ${words.reports(form.switches.telemetry)}`;
  }
}

/** The prompt that is being answered: its items, and below them what is wrong or worth knowing. */
function current(id: PromptId, label: string, labels: number, view: View): Block {
  const { state, t, columns } = view;
  const { install } = state;
  const { form } = install;
  const margin = labels + 5;
  const head = (rest: Line): Line => [accent(` ${glyphs.selected} `), strong(label), '  ', ...rest];
  const below = (text: string, tone = dim): readonly Line[] =>
    wrap(text, columns - margin - 1).map((line) => indent(margin, [tone(line)]));
  const hint = below(hintOf(id, install, t));
  if (id === 'size') return { lines: [head([]), ...hint, ...sizeLines(view), [], ...spaceLines(view), []] };
  const items = itemsOf(form, id);
  const fields = Math.max(
    0,
    ...items.map((item) => (item.type === 'text' ? width(t.console.install.fields[item.id]) : 0)),
  );
  const lines: Line[] = [];
  let cursor: Block['cursor'];
  for (const [index, item] of items.entries()) {
    const isFocused = index === form.focus;
    const name =
      items.length > 1 && item.type === 'text' ? `${padEnd(t.console.install.fields[item.id], fields)}  ` : '';
    const room = columns - margin - width(name) - 3;
    const drawn = drawItem(item, install, isFocused, room, t);
    const mark: Line = items.length > 1 ? [isFocused ? accent(`${glyphs.selected} `) : '  '] : [];
    if (isFocused && drawn.column !== undefined)
      cursor = { column: margin + width(name) + mark.length * 2 + drawn.column, row: lines.length };
    const own: Line = [...mark, isFocused ? name : dim(name), ...drawn.line];
    lines.push(index === 0 ? head(own) : indent(margin, own));
    const problem = item.type === 'text' ? problemShown(item.id, install) : undefined;
    if (problem) lines.push(...below(problem(t), warn));
    else if (isFocused && install.trouble && isAbout(form)) lines.push(...below(install.trouble(t), bad));
  }
  if (id === 'language') lines.splice(0, lines.length, head([]), ...languageLines(view, margin));
  const means = id === 'admin' && form.switches.nobody ? below(t.console.install.nobodyMeans, warn) : [];
  const url = id === 'address' && problemOf(form, 'host') === undefined ? urlOf(install) : undefined;
  return {
    lines: [...lines, ...(url ? [indent(margin, [url])] : []), ...means, ...hint, []],
    ...(cursor && { cursor }),
  };
}

/** What was not touched is not called wrong before Enter was pressed. */
function problemShown(id: TextId, { form }: InstallState) {
  return form.texts[id].text === '' && !form.isPressed ? undefined : problemOf(form, id);
}

function hintOf(id: PromptId, { surroundings }: InstallState, t: Messages): string {
  const { hints } = t.console.install;
  return id === 'address' ? hints.address(surroundings?.platform.domain) : hints[id];
}

function drawItem(
  item: Item,
  install: InstallState,
  isFocused: boolean,
  room: number,
  t: Messages,
): { readonly line: Line; readonly column?: number } {
  const { form } = install;
  if (item.type === 'switch') {
    const { [item.id]: isOn } = form.switches;
    const name = t.console.install.switches[item.id];
    return { line: [isOn ? accent(`${glyphs.on} `) : `${glyphs.off} `, isFocused ? strong(name) : name] };
  }
  if (item.type === 'choice') return { line: [] };
  const drawn = drawField(form.texts[item.id], room, {
    isMasked: item.isMasked,
    placeholder: placeholderOf(item.id, install, t),
  });
  return isFocused ? drawn : { line: drawn.line };
}

function placeholderOf(id: TextId, install: InstallState, t: Messages): string {
  switch (id) {
    case 'kubeconfig':
      return install.form.pasted ? t.console.install.placeholders.pasted : '~/.kube/config';
    case 'namespace':
      return namespaceOf(install);
    case 'name':
      return nameOf(install);
    case 'host':
      return hostOf(install) ?? '';
    case 'admin.email':
      return emailOf(install) ?? '';
    case 'admin.password':
      return t.console.install.placeholders.madeForYou;
    case 'mail.port':
      return '587';
    default:
      return id === 'mail.user' || id === 'mail.password' ? t.console.install.placeholders.none : '';
  }
}

function languageLines({ state }: View, margin: number): readonly Line[] {
  return (['zh', 'en'] as const).map((language) => {
    const name = language === 'zh' ? '中文' : 'English';
    const isChosen = state.install.form.language === language;
    return indent(margin, isChosen ? [accent(`${glyphs.selected} `), strong(name)] : ['  ', name]);
  });
}
