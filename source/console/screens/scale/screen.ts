/** Scaling: values are set row by row, judged as they are set, reviewed, and then applied. */
import type { Messages, Say } from '../../../messages/index.ts';
import { undone, wordsOf } from '../../../operate/scale/change.ts';
import { losesEvents } from '../../../operate/scale/guards.ts';
import { kubectlFor } from '../../../operate/scale/partitions.ts';
import type { Field, Wanted, Wants } from '../../../operate/scale/types.ts';
import { fields } from '../../../operate/scale/types.ts';
import { formatAmount, parseAmount } from '../../../operate/scale/words.ts';
import { componentOf } from '../../../stack/components.ts';
import { parseQuantity } from '../../../stack/quantity.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { chosenAfter, indexOf } from '../../components/selection.ts';
import { edit, fieldOf, insert } from '../../components/text-field.ts';
import { glyphs } from '../../draw/glyphs.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { App, Screen } from '../../screen.ts';
import type { State } from '../../state.ts';
import { home, instanceFacts, quit, retry, titleOf } from '../instance-screen.ts';
import { drained } from './drain.ts';
import { changesIn, findingsIn, rowsOf, type ScaleState, withWanted } from './state.ts';
import { drawScale } from './view.ts';

const update = ({ change }: App, how: (scale: ScaleState) => ScaleState): void =>
  change((state) => ({ ...state, scale: how(state.scale) }));
const say = ({ change }: App, toast: Say): void => change((state) => ({ ...state, toast }));

const chosenRow = ({ scale }: State): ComponentId | undefined => {
  const ids = rowsOf(scale);
  return ids[indexOf(ids, scale.chosen)];
};

const readOnly = ({ state }: App): Say | undefined => (state.isReadOnly ? (t) => t.install.readOnly : undefined);
const busy = ({ state }: App): Say | undefined =>
  state.scale.run && !state.scale.run.isOver ? (t) => t.console.scale.busy : undefined;
const noChange = (app: App): Say | undefined =>
  readOnly(app) ?? busy(app) ?? (changesIn(app.state.scale).length === 0 ? (t) => t.console.scale.nothing : undefined);

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

const begin = (app: App, text: string): void =>
  update(app, (scale) => ({ ...scale, typing: fieldOf(text), trouble: undefined }));

const type: Binding<App> = {
  id: 'scale.type',
  keys: ['enter'],
  label: (t) => t.console.keys.edit,
  description: (t) => t.console.keys.editText,
  run: (app) => {
    const { scale } = app.state;
    const id = chosenRow(app.state);
    const current = id && scale.currents.get(id);
    if (id && current) begin(app, String(scale.wants.get(id)?.[scale.field] ?? current[scale.field]));
  },
};

const digits: Binding<App> = {
  id: 'scale.digits',
  keys: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  label: (t) => t.console.keys.digits,
  description: (t) => t.console.keys.digitsText,
  quiet: true,
  run: begin,
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

const drain: Binding<App> = {
  id: 'scale.drain',
  keys: ['d'],
  label: (t) => t.console.keys.drain,
  description: (t) => t.console.keys.drainText,
  run: (app) => {
    const { scale, home: shown } = app.state;
    const all = drained(scale, chosenRow(app.state), shown.figures);
    const [last, short] = [all.at(-1), all.find(({ isEnough }) => !isEnough)];
    if (!last) return say(app, (t) => t.console.scale.nothingWaits);
    update(app, () => last.scale);
    if (short) say(app, (t) => t.console.scale.drainsLess(short.component, short.replicas));
  },
};

/** The topic whose partitions bound how many of the row work at once. */
const topicOf = (state: State): string | undefined => {
  const id = chosenRow(state);
  const scaling = id && componentOf(id).scaling;
  return scaling && 'partitionsOf' in scaling ? scaling.partitionsOf : undefined;
};

const raise: Binding<App> = {
  id: 'scale.raise',
  keys: ['P'],
  label: (t) => t.console.keys.raise,
  description: (t) => t.console.keys.raiseText,
  quiet: true,
  disabled: (app) =>
    readOnly(app) ??
    busy(app) ??
    (app.state.scale.around?.partitions.has(topicOf(app.state) ?? '')
      ? undefined
      : (t) => t.console.scale.noPartitions),
  run: ({ state, change }) => {
    const [topic, id, { around, wants }] = [topicOf(state), chosenRow(state), state.scale];
    const now = topic === undefined ? undefined : around?.partitions.get(topic);
    if (!around || topic === undefined || id === undefined || now === undefined) return;
    // As many as are wanted, at least one more.
    const then = Math.max(now + 1, wants.get(id)?.replicas ?? 0);
    const more = { topic, count: then - now };
    change((shown) => ({
      ...shown,
      overlay: {
        type: 'naming',
        question: (t) => t.console.scale.raise(topic, now, then),
        commands: [kubectlFor(around.app, around.namespace, more)],
        name: around.app,
        field: fieldOf(''),
        onYes: ({ actions }) => actions.raise(more),
      },
    }));
  },
};

const review: Binding<App> = {
  id: 'scale.review',
  keys: ['a'],
  label: (t) => t.console.keys.review,
  description: (t) => t.console.keys.reviewText,
  disabled: noChange,
  run: (app) => {
    const { scale } = app.state;
    const refusal = findingsIn(scale).find(({ verdict }) => verdict === 'refuse');
    if (refusal) return say(app, refusal.message);
    return confirm(app, scale.wants);
  },
};

function confirm(app: App, wants: Wants): void {
  const { scale } = app.state;
  const wanted = { ...scale, wants };
  const changes = changesIn(wanted);
  const warnings = findingsIn(wanted).filter(({ verdict }) => verdict === 'warn');
  const asked = {
    question: (t: Messages) =>
      [
        ...changes.map(
          ({ component, field, from, to }) => `${component}: ${t.scale.fields[field]} ${from || '-'} → ${to}`,
        ),
        ...warnings.map(({ message }) => `${glyphs.warning} ${message(t)}`),
      ].join('\n'),
    commands: [`${scale.command} ${wordsOf(changes).join(' ')}`],
    onYes: ({ actions }: App) => actions.scale(wants),
  };
  const name = scale.around?.app ?? '';
  app.change((state) => ({
    ...state,
    overlay: losesEvents(warnings)
      ? { type: 'naming', name, field: fieldOf(''), ...asked }
      : { type: 'confirm', ...asked },
  }));
}

const back: Binding<App> = {
  id: 'scale.back',
  keys: ['Z'],
  label: (t) => t.console.keys.undoApplied,
  description: (t) => t.console.keys.undoAppliedText,
  quiet: true,
  disabled: (app) =>
    readOnly(app) ??
    busy(app) ??
    (app.state.scale.applied.length > 0 ? undefined : (t) => t.console.scale.nothingApplied),
  run: (app) => {
    const wants = new Map<ComponentId, Wanted>();
    for (const { component, field, to } of undone(app.state.scale.applied))
      wants.set(component, { ...wants.get(component), [field]: field === 'replicas' ? Number(to) : to });
    confirm(app, wants);
  },
};

const command: Binding<App> = {
  id: 'scale.command',
  keys: ['$'],
  label: (t) => t.console.keys.command,
  description: (t) => t.console.keys.commandText,
  quiet: true,
  disabled: noChange,
  run: ({ state, change }) => {
    const text = `${state.scale.command} ${wordsOf(changesIn(state.scale)).join(' ')}`;
    change((now) => ({ ...now, overlay: { type: 'command', text } }));
  },
};

const bindings = [
  choose,
  step,
  column,
  type,
  review,
  drain,
  undoRow,
  digits,
  undoAll,
  raise,
  back,
  command,
  home,
  quit,
];
const typing = [accept, cancel];

export const scaleScreen: Screen = {
  place: { key: 's', name: (t) => t.console.screens.scale },
  title: (state, t) => titleOf(state, t.console.screens.scale),
  facts: instanceFacts,
  bindings: (state) => {
    if (state.home.trouble) return [retry, home, quit];
    return state.scale.typing ? typing : bindings;
  },
  keyTable: [
    { name: (t) => t.console.screens.scale, bindings },
    { name: (t) => t.console.scopes.value, bindings: typing },
  ],
  isTyping: ({ scale, home: { trouble } }) => scale.typing !== undefined && !trouble,
  press: (press, app) => {
    const field = app.state.scale.typing && edit(app.state.scale.typing, press);
    if (!field) return false;
    update(app, (scale) => ({ ...scale, typing: field, trouble: undefined }));
    return true;
  },
  paste: (text, app) =>
    update(app, (scale) => (scale.typing ? { ...scale, typing: insert(scale.typing, text) } : scale)),
  shows: ({ scale, home: { figures, trouble }, seen }) => [scale, figures, trouble, seen === undefined],
  isMoving: (state) => state.home.run.cutOffSince !== undefined,
  draw: drawScale,
};
