/** Keys of the scale screen that set several values at once. */
import { presetOf } from '../../../operate/scale/presets.ts';
import { type SizeName, sizeNames } from '../../../stack/types.ts';
import { formatDuration } from '../../../text/duration.ts';
import { padEnd } from '../../../text/width.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { Choice } from '../../overlays/overlay.ts';
import type { App } from '../../screen.ts';
import { type Drained, drained, enoughS } from './drain.ts';
import { chosenRow, say, update } from './key.ts';
import { changesIn, type ScaleState, withWanted } from './state.ts';

export const drain: Binding<App> = {
  id: 'scale.drain',
  keys: ['d'],
  label: (t) => t.console.keys.drain,
  description: (t) => t.console.keys.drainText,
  run: (app) => {
    const { scale, home: shown } = app.state;
    const { scale: filled, rows, sooner } = drained(scale, chosenRow(app.state), shown.figures);
    const [slowest] = rows.toSorted((one, other) => rankOf(other) - rankOf(one));
    if (!slowest) return say(app, (t) => t.console.scale.nothingWaits);
    update(app, () => filled);
    say(app, (t) => {
      const { drainsSomehow, drainsLess, drains, drainsSooner } = t.console.scale;
      const { component, replicas, emptyInS } = slowest;
      if (emptyInS === undefined) return drainsSomehow(component, replicas);
      if (emptyInS === 'never' || emptyInS > enoughS) return drainsLess(component, replicas);
      const time = (seconds: number) => formatDuration(seconds * 1000, t.units);
      const more = sooner.find((row) => row.component === component);
      const then = typeof more?.emptyInS === 'number' ? drainsSooner(more.replicas, time(more.emptyInS)) : '';
      return drains(component, replicas, time(emptyInS)) + then;
    });
  },
};

/** What lasts longest comes first; what is not known, last. */
const rankOf = ({ emptyInS = -1 }: Drained): number => (emptyInS === 'never' ? Number.POSITIVE_INFINITY : emptyInS);

const longestSize = Math.max(...sizeNames.map(({ length }) => length));

/** The sizes, and what drains. */
export const presets: Binding<App> = {
  id: 'scale.presets',
  keys: ['p'],
  label: (t) => t.console.keys.presets,
  description: (t) => t.console.keys.presetsText,
  run: ({ state, change }) => {
    const { around } = state.scale;
    const sizes = sizeNames.map(
      (size): Choice => ({
        label: (t) =>
          `${padEnd(size, longestSize)}  ${t.console.install.sizes[size]}${size === around?.size ? t.console.scale.installed : ''}`,
      }),
    );
    const drains: Choice = { label: (t) => t.console.scale.drainNow };
    change((shown) => ({
      ...shown,
      overlay: {
        type: 'choices',
        title: (t) => t.console.scale.presets,
        entries: [...sizes, drains],
        index: Math.max(0, sizeNames.indexOf(around?.size ?? 'small')),
        onChoose: (app, index) => (sizeNames[index] ? fill(app, sizeNames[index]) : drain.run(app, 'd')),
      },
    }));
  },
};

function fill(app: App, size: SizeName): void {
  const { scale } = app.state;
  const { wants, bounded } = presetOf(size, scale.currents, scale.around?.partitions ?? new Map());
  const none: ScaleState = { ...scale, wants: new Map() };
  const filled = [...wants].reduce((all, [id, wanted]) => withWanted(all, id, wanted), none);
  update(app, () => filled);
  if (changesIn(filled).length === 0) say(app, (t) => t.console.scale.presetIsThere(size));
  else if (bounded.length > 0) say(app, (t) => t.console.scale.presetBounded(bounded.join(', ')));
}
