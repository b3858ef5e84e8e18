/** What the keys of the scale screen are made with. */
import type { Say } from '../../../messages/index.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { indexOf } from '../../components/selection.ts';
import type { App } from '../../screen.ts';
import type { State } from '../../state.ts';
import { changesIn, rowsOf, type ScaleState } from './state.ts';

export const update = ({ change }: App, how: (scale: ScaleState) => ScaleState): void =>
  change((state) => ({ ...state, scale: how(state.scale) }));

export const say = ({ change }: App, toast: Say): void => change((state) => ({ ...state, toast }));

export const chosenRow = ({ scale }: State): ComponentId | undefined => {
  const ids = rowsOf(scale);
  return ids[indexOf(ids, scale.chosen)];
};

export const readOnly = ({ state }: App): Say | undefined => (state.isReadOnly ? (t) => t.install.readOnly : undefined);

export const busy = ({ state }: App): Say | undefined =>
  state.scale.run && !state.scale.run.isOver ? (t) => t.console.scale.busy : undefined;

export const noChange = (app: App): Say | undefined =>
  readOnly(app) ?? busy(app) ?? (changesIn(app.state.scale).length === 0 ? (t) => t.console.scale.nothing : undefined);
