/** Scaling: values are set row by row, judged as they are set, reviewed, and then applied. */
import type { Say } from '../../../messages/index.ts';
import type { Field, Wanted } from '../../../operate/scale/types.ts';
import { fields } from '../../../operate/scale/types.ts';
import { formatAmount, parseAmount } from '../../../operate/scale/words.ts';
import { componentOf } from '../../../stack/components.ts';
import { parseQuantity } from '../../../stack/quantity.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { chosenAfter } from '../../components/selection.ts';
import { edit, fieldOf, insert, selectedField, type TextField } from '../../components/text-field.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { App, Screen } from '../../screen.ts';
import type { State } from '../../state.ts';
import { shownBeside } from '../beside.ts';
import { home, instanceFacts, quit, retry, titleOf } from '../instance-screen.ts';
import { back, command, raise, review } from './apply-keys.ts';
import { drain, presets } from './fill-keys.ts';
import { chosenRow, say, update } from './key.ts';
import { findingsIn, rowsOf, withWanted } from './state.ts';
import { drawScale } from './view.ts';

const choose: Binding<App> = {
  id: 'scale.choose',
  keys: ['up', 'down', 'k', 'j', 'pageup', 'pagedown', 'home', 'end'],
  label: (t) => t.console.keys.choose,
  description: (t) => t.console.keys.chooseText,
  quiet: true,
  run: (app, press) => {
    const chosen = chosenAfter(rowsOf(app.state.scale), app.state.scale.chosen, press);
    if (chosen !== undefined) update(app, (scale) => ({ ...scale, chosen: chosen as ComponentId }));
  },
};

const column: Binding<App> = {
  id: 'scale.column',
  keys: ['tab', 'shift-tab'],
  label: (t) => t.console.keys.column,
  description: (t) => t.console.keys.columnText,
  run: (app, press) =>
    update(app, (scale) => {
      const step = press === 'shift-tab' ? fields.length - 1 : 1;
      return { ...scale, field: fields[(fields.indexOf(scale.field) + step) % fields.length] as Field };
    }),
};

/** One step of what is sized: a quarter of a core, half a gibibyte. */
const steps = { cpu: 0.25, memory: 2 ** 29 } as const;

const step: Binding<App> = {
  id: 'scale.step',
  keys: ['left', 'right', '-', '+', '='],
  label: (t) => t.console.keys.step,
  description: (t) => t.console.keys.stepText,
  run: (app, press) => {
    const id = chosenRow(app.state);
    const { scale } = app.state;
    const current = id && scale.currents.get(id);
    if (!id || !current) return;
    const by = press === 'left' || press === '-' ? -1 : 1;
    const { field } = scale;
    if (field === 'replicas') return setReplicas(app, id, (scale.wants.get(id)?.replicas ?? current.replicas) + by);
    const now = scale.wants.get(id)?.[field] ?? current[field];
    if (now === '') return say(app, (t) => t.console.scale.noLimit(id));
    const next = formatAmount(field, Math.max(steps[field], parseQuantity(now) + by * steps[field]));
    if (parseAmount(field, next) !== undefined) set(app, id, { [field]: next });
  },
};

function setReplicas(app: App, id: ComponentId, replicas: number): void {
  const { scaling } = componentOf(id);
  if ('fixed' in scaling) say(app, (t) => t.scale.guards.fixed(id, scaling.fixed));
  else if (replicas >= 0) set(app, id, { replicas });
}

const set = (app: App, id: ComponentId, wanted: Wanted): void => update(app, (scale) => withWanted(scale, id, wanted));

const begin = (app: App, typing: TextField): void => update(app, (scale) => ({ ...scale, typing, trouble: undefined }));

const type: Binding<App> = {
  id: 'scale.type',
  keys: ['enter'],
  label: (t) => t.console.keys.edit,
  description: (t) => t.console.keys.editText,
  run: (app) => {
    const { scale } = app.state;
    const id = chosenRow(app.state);
    const current = id && scale.currents.get(id);
    if (id && current) begin(app, selectedField(String(scale.wants.get(id)?.[scale.field] ?? current[scale.field])));
  },
};

const digits: Binding<App> = {
  id: 'scale.digits',
  keys: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  label: (t) => t.console.keys.digits,
  description: (t) => t.console.keys.digitsText,
  quiet: true,
  run: (app, press) => begin(app, fieldOf(press)),
};

const accept: Binding<App> = {
  id: 'scale.accept',
  keys: ['enter'],
  label: (t) => t.console.keys.accept,
  run: (app) => {
    const { typing, field } = app.state.scale;
    const id = chosenRow(app.state);
    if (!typing || !id) return;
    const text = typing.text.trim();
    const wrong = (trouble: Say) => update(app, (scale) => ({ ...scale, trouble }));
    if (field === 'replicas') {
      if (!/^\d{1,4}$/.test(text)) return wrong((t) => t.console.scale.badReplicas);
      update(app, (scale) => ({ ...scale, typing: undefined }));
      return setReplicas(app, id, Number(text));
    }
    const amount = parseAmount(field, text);
    if (amount === undefined) return wrong((t) => t.scale.errors.badValue[field](text));
    update(app, (scale) => ({ ...scale, typing: undefined }));
    return set(app, id, { [field]: formatAmount(field, amount) });
  },
};

const cancel: Binding<App> = {
  id: 'scale.cancel',
  keys: ['esc'],
  label: (t) => t.console.keys.cancel,
  run: (app) => update(app, (scale) => ({ ...scale, typing: undefined, trouble: undefined })),
};

const undoRow: Binding<App> = {
  id: 'scale.undoRow',
  keys: ['u'],
  label: (t) => t.console.keys.undoRow,
  description: (t) => t.console.keys.undoRowText,
  run: (app) => {
    const id = chosenRow(app.state);
    if (id) update(app, (scale) => ({ ...scale, wants: new Map([...scale.wants].filter(([each]) => each !== id)) }));
  },
};

const undoAll: Binding<App> = {
  id: 'scale.undoAll',
  keys: ['U'],
  label: (t) => t.console.keys.undoAll,
  description: (t) => t.console.keys.undoAllText,
  quiet: true,
  run: (app) => update(app, (scale) => ({ ...scale, wants: new Map() })),
};

const bindings = [
  choose,
  step,
  review,
  column,
  type,
  drain,
  undoRow,
  presets,
  digits,
  undoAll,
  raise,
  back,
  command,
  home,
  quit,
];
const typing = [accept, cancel];

/** More partitions first, where nothing else leads on. */
const withRaise = [{ ...raise, quiet: false }, ...bindings.filter(({ id }) => id !== raise.id)];

/** Whether too few of them are what stands in the way of the chosen row. */
const needsPartitions = (state: State): boolean => {
  const id = chosenRow(state);
  return findingsIn(state.scale).some(({ id: finding, component }) => finding === 'partitions' && component === id);
};

export const scaleScreen: Screen = {
  place: { key: 's', name: (t) => t.console.screens.scale },
  title: (state, t) => titleOf(state, t.console.screens.scale),
  facts: instanceFacts,
  bindings: (state) => {
    if (state.home.trouble) return [retry, home, quit];
    if (state.home.gone) return [home, quit];
    if (state.scale.typing) return typing;
    return needsPartitions(state) ? withRaise : bindings;
  },
  keyTable: [
    { name: (t) => t.console.screens.scale, bindings },
    { name: (t) => t.console.scopes.value, bindings: typing },
  ],
  isTyping: ({ scale, home: { gone, trouble } }) => scale.typing !== undefined && !trouble && !gone,
  press: (press, app) => {
    const field = app.state.scale.typing && edit(app.state.scale.typing, press);
    if (!field) return false;
    update(app, (scale) => ({ ...scale, typing: field, trouble: undefined }));
    return true;
  },
  paste: (text, app) =>
    update(app, (scale) => (scale.typing ? { ...scale, typing: insert(scale.typing, text) } : scale)),
  shows: (state) => {
    const { figures, troubles, gone, trouble } = state.home;
    return [state.scale, figures, troubles, gone, trouble, state.seen === undefined, ...shownBeside(state)];
  },
  isMoving: (state) => state.home.run.cutOffSince !== undefined,
  draw: drawScale,
};
