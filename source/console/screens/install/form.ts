/** The answers while they are being given: prompts of fields, choices and switches. Pure. */
import type { Language, Say } from '../../../messages/index.ts';
import { passwordProblem, problemWith } from '../../../stack/answers.ts';
import { type SizeName, sizeNames } from '../../../stack/types.ts';
import { edit, fieldOf, insert, type TextField } from '../../components/text-field.ts';

export const promptIds = ['language', 'kubeconfig', 'name', 'address', 'size', 'admin', 'more'] as const;
export type PromptId = (typeof promptIds)[number];

/** Fields, by the key of the answer that they give; the first two say where the cluster is. */
export const textIds = [
  'kubeconfig',
  'namespace',
  'name',
  'host',
  'admin.email',
  'admin.password',
  'mail.host',
  'mail.port',
  'mail.from',
  'mail.user',
  'mail.password',
] as const;
export type TextId = (typeof textIds)[number];
export type SwitchId = 'sandbox' | 'nobody' | 'telemetry' | 'mail';

export type Item =
  | { readonly type: 'text'; readonly id: TextId; readonly isMasked: boolean }
  | { readonly type: 'switch'; readonly id: SwitchId }
  | { readonly type: 'choice'; readonly id: 'language' | 'size' };

export interface Form {
  readonly at: PromptId;
  /** Which item of the prompt has the focus. */
  readonly focus: number;
  readonly texts: Readonly<Record<TextId, TextField>>;
  readonly switches: Readonly<Record<SwitchId, boolean>>;
  readonly size: SizeName;
  readonly language: Language;
  /** No kubeconfig was found, or the one that was given does not do. */
  readonly isKubeconfigNeeded: boolean;
  /** A kubeconfig that was pasted; its lines are not for a field. */
  readonly pasted: string | undefined;
  /** The cluster does not tell its domain, so that no host can be made up. */
  readonly isHostNeeded: boolean;
  /** Whether Enter was refused here, so that what is missing is said although nothing was typed. */
  readonly isPressed: boolean;
}

export interface GivenAnswers {
  readonly texts?: Partial<Record<TextId, string>>;
  readonly switches?: Partial<Record<SwitchId, boolean>>;
  readonly size?: SizeName;
}

export function formOf({ texts = {}, switches = {}, size = 'small' }: GivenAnswers, language: Language): Form {
  return {
    at: 'language',
    focus: 0,
    texts: Object.fromEntries(textIds.map((id) => [id, fieldOf(texts[id] ?? '')])) as Form['texts'],
    switches: { sandbox: false, nobody: false, telemetry: false, mail: false, ...switches },
    size,
    language,
    isKubeconfigNeeded: false,
    pasted: undefined,
    isHostNeeded: false,
    isPressed: false,
  };
}

const text = (id: TextId, isMasked = false): Item => ({ type: 'text', id, isMasked });
const toggle = (id: SwitchId): Item => ({ type: 'switch', id });

/** What a prompt asks; parts appear when they are switched on. */
export function itemsOf({ switches }: Form, prompt: PromptId): readonly Item[] {
  switch (prompt) {
    case 'language':
      return [{ type: 'choice', id: 'language' }];
    case 'kubeconfig':
      return switches.sandbox ? [toggle('sandbox')] : [text('kubeconfig'), toggle('sandbox')];
    case 'name':
      return [text('name'), text('namespace')];
    case 'address':
      return [text('host')];
    case 'size':
      return [{ type: 'choice', id: 'size' }];
    case 'admin':
      return switches.nobody
        ? [toggle('nobody')]
        : [text('admin.email'), text('admin.password', true), toggle('nobody')];
    case 'more': {
      const mail = [
        text('mail.host'),
        text('mail.port'),
        text('mail.from'),
        text('mail.user'),
        text('mail.password', true),
      ];
      return [toggle('telemetry'), toggle('mail'), ...(switches.mail ? mail : [])];
    }
  }
}

export const focusedItem = (form: Form): Item | undefined => itemsOf(form, form.at)[form.focus];

/** Whether printable keys are text now. */
export const isTyping = (form: Form): boolean => focusedItem(form)?.type === 'text';

/** @returns undefined for a press that the prompt does not take. */
export function press(form: Form, key: string): Form | undefined {
  const item = focusedItem(form);
  if (item?.type === 'text') {
    const field = edit(form.texts[item.id], key);
    if (field) return { ...form, texts: { ...form.texts, [item.id]: field }, isPressed: false };
  }
  if (item?.type === 'choice' && (key === 'up' || key === 'down' || key === 'k' || key === 'j'))
    return choose(form, item.id, key === 'up' || key === 'k' ? -1 : 1);
  if (item?.type === 'switch' && key === ' ')
    return { ...form, switches: { ...form.switches, [item.id]: !form.switches[item.id] }, focus: focusOf(form, item) };
  if (key === 'down' || key === 'tab') return refocus(form, 1);
  if (key === 'up' || key === 'shift-tab') return refocus(form, -1);
  return undefined;
}

/** The switch stays under the cursor when what it switches appears above it. */
function focusOf(form: Form, item: Item & { readonly type: 'switch' }): number {
  const after = { ...form, switches: { ...form.switches, [item.id]: !form.switches[item.id] } };
  return itemsOf(after, form.at).findIndex(({ id }) => id === item.id);
}

function choose(form: Form, id: 'language' | 'size', by: number): Form {
  const languages = ['zh', 'en'] as const;
  const moved = <T>(all: readonly T[], now: T): T =>
    all[Math.max(0, Math.min(all.length - 1, all.indexOf(now) + by))] as T;
  return id === 'size'
    ? { ...form, size: moved(sizeNames, form.size) }
    : { ...form, language: moved(languages, form.language) };
}

function refocus(form: Form, by: number): Form | undefined {
  const focus = form.focus + by;
  return focus < 0 || focus >= itemsOf(form, form.at).length ? undefined : { ...form, focus };
}

export function paste(form: Form, pasted: string): Form {
  const item = focusedItem(form);
  if (item?.type !== 'text') return form;
  if (item.id === 'kubeconfig' && pasted.includes('\n')) return { ...form, pasted, isPressed: false };
  const field = insert(form.texts[item.id], pasted);
  return { ...form, texts: { ...form.texts, [item.id]: field }, isPressed: false };
}

/** To another prompt, with the focus on its first item. */
export const goTo = (form: Form, at: PromptId): Form => ({ ...form, at, focus: 0, isPressed: false });

/** The prompts of this form, in order. */
export const promptsOf = ({ isKubeconfigNeeded }: Form): readonly PromptId[] =>
  promptIds.filter((id) => id !== 'kubeconfig' || isKubeconfigNeeded);

/** The prompt after or before this one; undefined at the end. */
export function promptBeside(form: Form, by: 1 | -1): PromptId | undefined {
  const prompts = promptsOf(form);
  return prompts[prompts.indexOf(form.at) + by];
}

/** What is wrong with a field. An empty one has its default, where there is one. */
export function problemOf(form: Form, id: TextId): Say | undefined {
  const value = id === 'host' ? hostText(form) : form.texts[id].text.trim();
  if (id === 'admin.password') return form.texts[id].text === '' ? undefined : passwordProblem(form.texts[id].text);
  if (id === 'mail.password') return undefined;
  if (id === 'kubeconfig') return value || form.pasted ? undefined : (t) => t.console.install.problems.needed;
  if (id === 'namespace')
    return value === '' || isNamespace(value) ? undefined : (t) => t.cli.errors.badNamespace(value);
  const isNeeded = id === 'mail.host' || id === 'mail.from' || (id === 'host' && form.isHostNeeded);
  if (value === '') return isNeeded ? (t) => t.console.install.problems.needed : undefined;
  if (id === 'host' && form.isHostNeeded && !value.includes('.')) return (t) => t.console.install.problems.wholeHost;
  return problemWith(id, value);
}

/** A label of DNS, as the API server wants it. */
const isNamespace = (name: string): boolean => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);

/** An address may be given as a browser shows it. */
export const hostText = ({ texts }: Form): string =>
  texts.host.text
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/.*$/, '')
    .toLowerCase();

/** The first item of the prompt that cannot stay as it is. */
export const problemAt = (form: Form, prompt: PromptId): number =>
  itemsOf(form, prompt).findIndex((item) => item.type === 'text' && problemOf(form, item.id) !== undefined);

/** The answers as a source of the use case; what was left empty is left out. */
export function answersOf(
  form: Form,
  defaults: { readonly host?: string; readonly email?: string },
): {
  readonly values: Readonly<Record<string, unknown>>;
  readonly password: string | undefined;
} {
  const given = (id: TextId): string | undefined => form.texts[id].text.trim() || undefined;
  const { nobody, mail, telemetry } = form.switches;
  const email = given('admin.email') ?? defaults.email;
  const pairs: readonly (readonly [string, unknown])[] = [
    ['name', given('name')],
    ['host', hostText(form) || defaults.host],
    ['size', form.size],
    ['telemetry', telemetry],
    ['admin.email', nobody ? undefined : email],
    ...(mail
      ? (['mail.host', 'mail.port', 'mail.from', 'mail.user', 'mail.password'] as const).map(
          (id) => [id, id === 'mail.password' ? form.texts[id].text || undefined : given(id)] as const,
        )
      : []),
  ];
  return {
    values: Object.fromEntries(pairs.filter(([, value]) => value !== undefined)),
    password: nobody ? undefined : form.texts['admin.password'].text || undefined,
  };
}
