/** What the scale screen shows: what there is, what it shall be, and what has been applied. */
import type { UserError } from '../../../errors.ts';
import type { LogErrors } from '../../../logs/log-errors.ts';
import type { Say } from '../../../messages/index.ts';
import { type QuotaUse, quotaUseOf, roomOf } from '../../../observe/room.ts';
import { type Currents, changesOf } from '../../../operate/scale/change.ts';
import { costOf } from '../../../operate/scale/cost.ts';
import { findingsOf, type Surroundings } from '../../../operate/scale/guards.ts';
import { type Outcome, outcomeOf } from '../../../operate/scale/outcome.ts';
import type { Change, Field, Finding, Wanted, Wants } from '../../../operate/scale/types.ts';
import { componentOf } from '../../../stack/components.ts';
import type { ComponentId } from '../../../stack/types.ts';
import type { TextField } from '../../components/text-field.ts';
import type { State } from '../../state.ts';

/** A change that is under way, or over. */
export interface ScaleRun {
  readonly changes: readonly Change[];
  /** What has been told of it, the latest last. */
  readonly said: readonly Say[];
  readonly isOver: boolean;
  readonly error: UserError | undefined;
  /** What the cluster itself has shown to speak against it. */
  readonly refused: readonly Finding[];
  /** How much waited for each part when it was applied. */
  readonly waited: ReadonlyMap<ComponentId, number>;
  /** Once all of it was ready: when, in monotonic milliseconds, and how often each part's containers had restarted by then. */
  readonly settled: { readonly at: number; readonly restarts: ReadonlyMap<ComponentId, number> } | undefined;
  /** When each part was applied, in monotonic milliseconds. */
  readonly appliedAt: ReadonlyMap<ComponentId, number>;
  /** What the logs of parts that it has not helped complain of since. */
  readonly errors: ReadonlyMap<ComponentId, LogErrors>;
}

/** One that is just begun. */
export const begun = (changes: ScaleRun['changes'], waited: ScaleRun['waited']): ScaleRun => ({
  changes,
  said: [],
  isOver: false,
  error: undefined,
  refused: [],
  waited,
  settled: undefined,
  appliedAt: new Map(),
  errors: new Map(),
});

export interface ScaleState {
  /** Empty until the instance has been looked at. */
  readonly currents: Currents;
  readonly around: Surroundings | undefined;
  readonly wants: Wants;
  readonly chosen: ComponentId | undefined;
  readonly field: Field;
  /** A value that is being typed. */
  readonly typing: TextField | undefined;
  readonly trouble: Say | undefined;
  readonly run: ScaleRun | undefined;
  /** The last change that was made from here, as far as it has come. */
  readonly applied: readonly Change[];
}

export const emptyScale: ScaleState = {
  currents: new Map(),
  around: undefined,
  wants: new Map(),
  chosen: undefined,
  field: 'replicas',
  typing: undefined,
  trouble: undefined,
  run: undefined,
  applied: [],
};

/** Those that people scale first; stores, which only grow, come last. */
const order: readonly ComponentId[] = [
  'web',
  'worker',
  'plugins',
  'capture',
  'ingestion',
  'replay-ingestion',
  'replay-capture',
  'feature-flags',
  'recording-api',
  'personhog',
  'property-defs',
  'postgres',
  'redis',
  'clickhouse',
  'zookeeper',
  'kafka',
];

export const rowsOf = ({ currents }: ScaleState): readonly ComponentId[] => order.filter((id) => currents.has(id));

export const changesIn = ({ wants, currents }: ScaleState): readonly Change[] => changesOf(wants, currents);

export const findingsIn = ({ wants, currents, around }: ScaleState): readonly Finding[] =>
  around ? findingsOf(wants, currents, around) : [];

/** What the quota counts now, then, and while the change rolls, of what is limited; nothing while nothing changes. */
export function costsIn(scale: ScaleState): readonly QuotaUse[] {
  const { around, wants, currents } = scale;
  if (!around || changesIn(scale).length === 0) return [];
  return quotaUseOf(costOf(wants, currents), roomOf(around.quotas));
}

/** The most replicas that work at once; undefined where nothing is known. */
export function mostOf(id: ComponentId, around: Surroundings | undefined): number | undefined {
  const { scaling } = componentOf(id);
  if ('fixed' in scaling) return undefined;
  return 'max' in scaling ? scaling.max : partitionsOf(id, around);
}

/** Of the topic that it reads; undefined where it reads none, or they are not known. */
export function partitionsOf(id: ComponentId, around: Surroundings | undefined): number | undefined {
  const { scaling } = componentOf(id);
  return 'partitionsOf' in scaling ? around?.partitions.get(scaling.partitionsOf) : undefined;
}

export const idsIn = ({ changes }: ScaleRun): readonly ComponentId[] => [
  ...new Set(changes.map(({ component }) => component)),
];

/** Whether the change has helped the part; undefined until it is ready. @param now monotonic milliseconds */
export function outcomeIn(
  id: ComponentId,
  { scale: { run, around }, home }: Pick<State, 'scale' | 'home'>,
  now: number,
): Outcome | undefined {
  const part = home.run.components[id];
  if (!part || !run?.settled) return undefined;
  const { at, restarts } = run.settled;
  const changed = {
    component: id,
    replicas: part.desired,
    partitions: partitionsOf(id, around),
    restarts: restarts.get(id) ?? 0,
    settledS: (now - at) / 1000,
    errors: run.errors.get(id),
  };
  return outcomeOf(changed, home.figures);
}

/** With another value of one field; a value as it is now is none that is wanted. */
export function withWanted(scale: ScaleState, id: ComponentId, wanted: Wanted): ScaleState {
  const wants = new Map(scale.wants).set(id, { ...scale.wants.get(id), ...wanted });
  const run = scale.run?.isOver ? undefined : scale.run;
  return { ...scale, wants: leftOf(wants, scale.currents), trouble: undefined, run };
}

/** With what there is now: what is as it was wanted is wanted no more. */
export const withCurrents = (scale: ScaleState, currents: Currents): ScaleState => ({
  ...scale,
  currents,
  wants: leftOf(scale.wants, currents),
});

/** What is not as it is wanted. */
function leftOf(wants: Wants, currents: Currents): Wants {
  const changed = new Set(changesOf(wants, currents).map(({ component, field }) => `${component}:${field}`));
  return new Map(
    [...wants].flatMap(([id, fields]): [ComponentId, Wanted][] => {
      const left = Object.entries(fields).filter(([field]) => changed.has(`${id}:${field}`));
      return left.length === 0 ? [] : [[id, Object.fromEntries(left)]];
    }),
  );
}
