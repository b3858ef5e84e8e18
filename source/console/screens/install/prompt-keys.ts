/** Keys of the prompts. */
import type { Where } from '../../actions.ts';
import type { TextField } from '../../components/text-field.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { App, KeyScope } from '../../screen.ts';
import type { State } from '../../state.ts';
import {
  type Form,
  focusedItem,
  goTo,
  itemsOf,
  press,
  problemAt,
  problemOf,
  promptBeside,
  type TextId,
} from './form.ts';
import type { InstallState } from './state.ts';
import { command, startPlan, update } from './update.ts';

const changeForm = (app: App, how: (form: Form) => Form): void =>
  update(app, (install) => ({ ...install, form: how(install.form) }));
const pressed = (app: App, key: string): void => changeForm(app, (form) => press(form, key) ?? form);

const choose: Binding<App> = {
  id: 'install.choose',
  keys: ['up', 'down', 'k', 'j'],
  label: (t) => t.console.keys.choose,
  description: (t) => t.console.keys.chooseText,
  run: pressed,
};

const next: Binding<App> = {
  id: 'install.next',
  keys: ['enter'],
  label: (t) => t.console.keys.next,
  description: (t) => t.console.keys.nextText,
  // Where nothing answers, nothing can be planned.
  disabled: ({ state: { install } }) => (promptBeside(install.form, 1) ? undefined : install.trouble),
  run: accept,
};

const back: Binding<App> = {
  id: 'install.back',
  keys: ['esc'],
  label: (t) => t.console.keys.back,
  description: (t) => t.console.keys.backText,
  run: (app) =>
    changeForm(app, (form) => {
      const before = promptBeside(form, -1);
      return before ? goTo(form, before) : form;
    }),
};

const field: Binding<App> = {
  id: 'install.field',
  keys: ['tab', 'shift-tab', 'down', 'up'],
  label: (t) => t.console.keys.field,
  description: (t) => t.console.keys.fieldText,
  run: pressed,
};

const toggle: Binding<App> = {
  id: 'install.toggle',
  keys: [' '],
  label: (t) => t.console.keys.toggle,
  description: (t) => t.console.keys.toggleText,
  run: pressed,
};

/** Also where text is typed. */
const lookAgain: Binding<App> = {
  id: 'install.look',
  keys: ['ctrl-r'],
  label: (t) => t.console.keys.recheck,
  description: (t) => t.console.keys.recheckText,
  run: ({ actions }) => actions.look(),
};

export const promptScope: KeyScope = {
  name: (t) => t.console.scopes.prompts,
  bindings: [choose, next, back, toggle, field, lookAgain, command],
};

export function promptBindings({ install }: State): readonly Binding<App>[] {
  const { form, trouble } = install;
  const item = focusedItem(form);
  return [
    ...(item?.type === 'choice' ? [choose] : []),
    next,
    ...(promptBeside(form, -1) ? [back] : []),
    ...(item?.type === 'switch' ? [toggle] : []),
    ...(itemsOf(form, form.at).length > 1 ? [field] : []),
    ...(trouble ? [lookAgain] : []),
    command,
  ];
}

/** To the next prompt, or after the last one to the checks; to what is wrong, if anything is. */
function accept(app: App): void {
  const { form } = app.state.install;
  const wrong = problemAt(form, form.at);
  if (wrong >= 0) {
    changeForm(app, (now) => ({ ...now, focus: wrong, isPressed: true }));
    return;
  }
  if (form.at === 'language' && form.language !== app.state.language) {
    app.actions.language(form.language);
    app.change((state) => ({ ...state, language: form.language }));
  }
  app.actions.remember(rememberable(app.state.install));
  if (form.at === 'kubeconfig' || form.at === 'name') app.actions.connect(whereOf(app.state.install));
  const after = promptBeside(form, 1);
  if (after) changeForm(app, (now) => goTo(now, after));
  else startPlan(app);
}

/** Where the cluster is, as far as it was said here. */
function whereOf({ form }: InstallState): Where {
  const [kubeconfig, namespace] = [form.texts.kubeconfig.text.trim(), form.texts.namespace.text.trim()];
  if (form.switches.sandbox) return { sandbox: true };
  return {
    ...(form.pasted ? { pasted: form.pasted } : kubeconfig ? { kubeconfig } : {}),
    ...(namespace ? { namespace } : {}),
  };
}

/** Without passwords; nor what cannot be an answer: it may be one that was pasted into the wrong field. */
function rememberable({ form }: InstallState) {
  const texts = (Object.entries(form.texts) as [TextId, TextField][]).filter(
    ([id, { text }]) =>
      text !== '' && !/password$|^kubeconfig$|^namespace$/.test(id) && problemOf(form, id) === undefined,
  );
  return {
    texts: Object.fromEntries(texts.map(([id, { text }]) => [id, text])),
    switches: form.switches,
    size: form.size,
  };
}
