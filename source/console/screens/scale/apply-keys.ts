/** Keys of the scale screen that reach the cluster, each behind a question. */
import type { Messages } from '../../../messages/index.ts';
import { asStarted, startedCommand } from '../../../messages/started.ts';
import { isEmptied } from '../../../observe/figures.ts';
import { inOrder, undone, wordsOf } from '../../../operate/scale/change.ts';
import { emptyAfter } from '../../../operate/scale/estimate.ts';
import { losesEvents } from '../../../operate/scale/guards.ts';
import { kubectlOf, movesSettings } from '../../../operate/scale/kubectl.ts';
import { kubectlFor } from '../../../operate/scale/partitions.ts';
import type { Change, Wanted, Wants } from '../../../operate/scale/types.ts';
import { componentOf } from '../../../stack/components.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { formatDuration } from '../../../text/duration.ts';
import { fieldOf } from '../../components/text-field.ts';
import { glyphs } from '../../draw/glyphs.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { Confirm } from '../../overlays/overlay.ts';
import type { App } from '../../screen.ts';
import type { State } from '../../state.ts';
import { busy, chosenRow, noChange, readOnly, say } from './key.ts';
import { changesIn, costsIn, findingsIn, mostOf, type ScaleState } from './state.ts';

/** The topic whose partitions bound how many of the row work at once. */
const topicOf = (state: State): string | undefined => {
  const id = chosenRow(state);
  const scaling = id && componentOf(id).scaling;
  return scaling && 'partitionsOf' in scaling ? scaling.partitionsOf : undefined;
};

export const raise: Binding<App> = {
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
        commands: [asStarted(kubectlFor(around.app, around.namespace, more), state.started)],
        name: around.app,
        field: fieldOf(''),
        onYes: (app) => {
          // More on top of what somebody else added meanwhile could not be taken back.
          if (app.state.scale.around?.partitions.get(topic) === now) return app.actions.raise(more);
          return say(app, (t) => t.scale.changedMeanwhile(id));
        },
      },
    }));
  },
};

export const review: Binding<App> = {
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
  const order = inOrder(changes.map(({ component }) => component));
  const asked = {
    question: (t: Messages) =>
      [
        [
          ...order.map((id) => changeOf(id, changes, t)),
          ...(order.length > 1 ? [t.scale.review.order(order.join(', '))] : []),
          ...warnings.map(({ message }) => `${glyphs.warning} ${message(t)}`),
        ],
        [...effects(changes, wanted, app.state, t), ...costsIn(wanted).map(t.console.scale.quota)],
      ]
        .filter((lines) => lines.length > 0)
        .map((lines) => lines.join('\n'))
        .join('\n\n'),
    commands: [`${startedCommand(app.state.started, 'scale')} ${wordsOf(changes).join(' ')}`],
    ...byHand(changes, app.state),
    onYes: (now: App) => {
      const then = changesIn({ ...now.state.scale, wants });
      if (wordsAndBefore(then) === wordsAndBefore(changes)) return now.actions.scale(wants);
      // Somebody else was faster: what is agreed to is what was shown.
      const other = then.find((each) => !changes.some((shown) => wordsAndBefore([shown]) === wordsAndBefore([each])));
      return say(now, (t) => t.scale.changedMeanwhile(other?.component ?? (changes[0] as Change).component));
    },
  };
  const name = scale.around?.app ?? '';
  app.change((state) => ({
    ...state,
    overlay: losesEvents(warnings)
      ? { type: 'naming', name, field: fieldOf(''), ...asked }
      : { type: 'confirm', ...asked },
  }));
}

function byHand(changes: readonly Change[], { seen, scale }: State): Pick<Confirm, 'byHand'> {
  const commands = seen ? kubectlOf(changes, seen.snapshot) : [];
  const isRecorded = scale.around?.size !== undefined;
  return commands.length === 0
    ? {}
    : { byHand: (t) => t.scale.review.byHand(commands, isRecorded, movesSettings(changes)) };
}

const wordsAndBefore = (changes: readonly Change[]): string =>
  changes.map(({ component, field, from, to }) => `${component} ${field} ${from} ${to}`).join('\n');

/** When what waits is gone with other replicas, as the row says it. */
function effects(changes: readonly Change[], scale: ScaleState, { home }: State, t: Messages): readonly string[] {
  return changes.flatMap(({ component: id, field, from, to }) => {
    const backlog = home.figures.get(id)?.backlog;
    if (field !== 'replicas' || !backlog || isEmptied(backlog)) return [];
    const counts = { from: Number(from), to: Number(to), partitions: mostOf(id, scale.around) };
    const then = emptyAfter(backlog, counts);
    if (then === undefined) return [];
    return [
      then === 'never' ? t.console.scale.stays(id) : t.console.scale.gone(id, formatDuration(then * 1000, t.units)),
    ];
  });
}

const changeOf = (id: ComponentId, changes: readonly Change[], t: Messages): string => {
  const own = changes.filter(({ component }) => component === id);
  const listed = own.map(({ field, from, to }) => `${t.scale.fields[field]} ${from || '-'} → ${to}`);
  return t.console.install.said(id, listed.join(t.concern.and));
};

export const back: Binding<App> = {
  id: 'scale.back',
  keys: ['Z'],
  label: (t) => t.console.keys.undoApplied,
  description: (t) => t.console.keys.undoAppliedText,
  quiet: true,
  disabled: (app) =>
    readOnly(app) ??
    // Also what does not come can be taken back.
    (app.state.scale.run?.appliedAt.size ? undefined : busy(app)) ??
    (changesIn({ ...app.state.scale, wants: before(app.state) }).length > 0
      ? undefined
      : (t) => t.console.scale.nothingApplied),
  run: (app) => confirm(app, before(app.state)),
};

/** As it was before the last change from here. */
function before({ scale }: State): Wants {
  const wants = new Map<ComponentId, Wanted>();
  for (const { component, field, to } of undone(scale.applied))
    wants.set(component, { ...wants.get(component), [field]: field === 'replicas' ? Number(to) : to });
  return wants;
}

export const command: Binding<App> = {
  id: 'scale.command',
  keys: ['$'],
  label: (t) => t.console.keys.command,
  description: (t) => t.console.keys.commandText,
  quiet: true,
  disabled: noChange,
  run: ({ state, change }) => {
    const text = `${startedCommand(state.started, 'scale')} ${wordsOf(changesIn(state.scale)).join(' ')}`;
    change((now) => ({ ...now, overlay: { type: 'command', text } }));
  },
};
