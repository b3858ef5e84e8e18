/**
 * What of an instance wants attention, as a whole: ranked, the most important first. Nothing when all is well. The same
 * list stands at home's foot and in `status`. Pure.
 */
import type { Say } from '../messages/index.ts';
import { componentOf } from '../stack/components.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { formatCount } from '../text/count.ts';
import { formatDuration } from '../text/duration.ts';
import type { Backlog } from './backlog/backlog.ts';
import type { Drift } from './drift.ts';
import { type FigureConcernId, figureConcernsOf } from './figure-concerns.ts';
import { type Figures, isBehind, isDropping } from './figures.ts';
import { isFull } from './fill.ts';
import { debtQuota, nearlyUsedUp } from './room.ts';
import { type Cause, isPatient, isSettled, type State } from './types.ts';

/** Stable ids; scripts may test them. In order of rank. */
export const concernIds = [
  'debt',
  'broken',
  'address',
  'disk-full',
  'consumers',
  'worker-silent',
  'dropping',
  'behind',
  'tasks-waiting',
  'disk-filling',
  'quota',
  'drift',
  'certificate',
] as const;
export type ConcernId = (typeof concernIds)[number];

export interface Concern {
  readonly id: ConcernId;
  /** The parts that it is about; none where it is about the whole. */
  readonly components: readonly ComponentId[];
  /** One sentence. */
  readonly message: Say;
  /** Facts as the cluster states them, and untrusted, or as figures. */
  readonly evidence: readonly Say[];
  /** What comes of it, and what can be done. */
  readonly hint?: Say;
}

/** Where an instance is reached. */
export interface PublicAddress {
  readonly url: string;
  /** Whether its record tells it: then also the way to it can be proved, hop by hop. */
  readonly isRecorded: boolean;
}

/** Whether the public address answered when it was asked last. */
export interface Address extends PublicAddress {
  /** Why not; undefined when it did. */
  readonly trouble: Say | undefined;
  /** Epoch milliseconds when its certificate ends; undefined where that is not told. */
  readonly certificateUntil: number | undefined;
}

/** Of a part, what concerns look at. */
export interface PartSeen {
  readonly state: State;
  readonly cause: Cause | undefined;
}

export interface Whole {
  readonly parts: Readonly<Partial<Record<ComponentId, PartSeen>>>;
  readonly figures: ReadonlyMap<ComponentId, Figures>;
  /** How long each topic keeps events, in seconds, where that is known. */
  readonly kept: ReadonlyMap<string, number>;
  readonly quotas: readonly KubeObject[];
  readonly drift: readonly Drift[];
  /** Undefined until it has been asked. */
  readonly address: Address | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

type Told = Omit<Concern, 'id'>;

export function rankedConcerns(whole: Whole): readonly Concern[] {
  const found = [...ofTheWhole(whole), ...ofFigures(whole)];
  return found.toSorted((one, other) => concernIds.indexOf(one.id) - concernIds.indexOf(other.id));
}

const ofTheWhole = (whole: Whole): readonly Concern[] =>
  (Object.keys(rules) as (keyof typeof rules)[]).flatMap((id) => {
    const told = rules[id](whole);
    return told ? [{ id, ...told }] : [];
  });

const ofFigures = ({ figures }: Whole): readonly Concern[] =>
  [...figures].flatMap(([component, each]) =>
    figureConcernsOf(component, each).map((concern) => ({ ...concern, components: [component], evidence: [] })),
  );

/** A part that will not come by itself, or does not come for a reason that somebody has to do something about. */
export const isBroken = ({ state, cause }: PartSeen): boolean =>
  state === 'failed' || (!isSettled(state) && cause !== undefined && !isPatient(cause));

type Entry = readonly [ComponentId, PartSeen];
const entriesOf = ({ parts }: Whole): readonly Entry[] => Object.entries(parts) as unknown as readonly Entry[];

const rules: Readonly<Record<Exclude<ConcernId, FigureConcernId>, (whole: Whole) => Told | undefined>> = {
  debt(whole) {
    const cause = entriesOf(whole).find(([, part]) => part.cause?.id === 'debt')?.[1].cause;
    const isStopped = whole.quotas.some(({ metadata }) => metadata.name === debtQuota);
    if (!cause && !isStopped) return undefined;
    const evidence = cause ? cause.evidence.map(fact) : [fact(`ResourceQuota/${debtQuota}`)];
    return { components: [], message: (t) => t.cause.debt, evidence };
  },
  broken(whole) {
    const broken = entriesOf(whole).filter(([, part]) => isBroken(part) && part.cause?.id !== 'debt');
    const [first] = broken;
    if (!first) return undefined;
    const [id, { cause }] = first;
    return {
      components: broken.map(([each]) => each),
      message: (t) => t.concern.broken(id, cause?.message(t), broken.length - 1),
      // Why the first one is broken is the message.
      evidence: broken.flatMap(([each, part], index): readonly Say[] => [
        ...(index === 0 ? [] : [saidOf(each, part)]),
        ...(part.cause?.evidence ?? []).map(fact),
      ]),
    };
  },
  address({ address, parts }) {
    // While they are not there, why nothing answers is known.
    const isServed = parts.web?.state === 'ready' && parts.ingress?.state !== 'failed';
    if (!address?.trouble || !isServed) return undefined;
    const { url, trouble, isRecorded } = address;
    return {
      components: ['ingress'],
      message: (t) => t.concern.address(url, trouble(t)),
      evidence: [],
      hint: (t) => t.concern.addressHint(isRecorded),
    };
  },
  dropping({ figures, kept }) {
    const dropping = behindIn(figures).filter(({ backlog }) => isDropping(backlog, kept));
    if (dropping.length === 0) return undefined;
    const components = dropping.map(({ id }) => id);
    return { components, message: (t) => t.concern.dropping(components.join(', ')), evidence: [] };
  },
  behind({ figures, kept }) {
    const behind = behindIn(figures).toSorted((one, other) => other.backlog.waiting - one.backlog.waiting);
    const [worst] = behind;
    if (!worst) return undefined;
    return {
      components: behind.map(({ id }) => id),
      message: lateness(worst, kept),
      evidence: behind.slice(1).map((each) => lateness(each, kept)),
      hint: wayOut(worst.id, figures),
    };
  },
  quota({ quotas }) {
    const near = nearlyUsedUp(quotas);
    if (near.length === 0) return undefined;
    return {
      components: [],
      message: (t) => t.concern.quota(near.map((each) => t.concern.used(each)).join(t.concern.and)),
      evidence: [],
      hint: (t) => t.concern.quotaHint,
    };
  },
  drift({ drift }) {
    const [first] = drift;
    if (!first) return undefined;
    return {
      components: [],
      message: (t) => t.concern.drift(first, drift.length - 1),
      evidence: drift.slice(1).map(
        (each): Say =>
          (t) =>
            t.concern.drift(each, 0),
      ),
      hint: (t) => t.concern.driftHint,
    };
  },
  certificate({ address, now }) {
    const until = address?.certificateUntil;
    if (address === undefined || until === undefined || until - now > soonMs) return undefined;
    const hours = Math.floor((until - now) / hourMs);
    return {
      components: ['ingress'],
      message: (t) => t.concern.certificate(address.url, hours),
      evidence: [],
      hint: (t) => t.concern.certificateHint,
    };
  },
};

const hourMs = 60 * 60 * 1000;
/** cert-manager renews a month before the end: what is nearer than this is not being renewed. */
const soonMs = 14 * 24 * hourMs;

const saidOf =
  (id: ComponentId, { cause }: PartSeen): Say =>
  (t) =>
    t.concern.part(id, cause?.message(t));

const fact =
  (text: string): Say =>
  () =>
    text;

interface Behind {
  readonly id: ComponentId;
  readonly backlog: Backlog;
}

const behindIn = (figures: Whole['figures']): readonly Behind[] =>
  [...figures].flatMap(([id, { backlog }]) =>
    backlog && !backlog.tasks && isBehind(backlog) ? [{ id, backlog }] : [],
  );

/** More of it, where there can be more; nothing is written to a full disk, however many read. */
function wayOut(id: ComponentId, figures: Whole['figures']): Say {
  const volume = figures.get(id)?.volume;
  if (volume && isFull(volume)) return (t) => t.concern.behindFull(id);
  const isFixed = 'fixed' in componentOf(id).scaling;
  return (t) => (isFixed ? t.concern.behindFixed(id) : t.concern.behindHint(id));
}

function lateness({ id, backlog: { waiting, oldestS, emptyInS, topics } }: Behind, kept: Whole['kept']): Say {
  const keptS = kept.get(topics[0]?.topic ?? '');
  return (t) => {
    const time = (seconds: number) => formatDuration(seconds * 1000, t.units);
    const said = typeof emptyInS === 'number' ? t.figures.catchesUp(time(emptyInS)) : t.figures.fallsBehind;
    const age = oldestS === undefined ? undefined : time(oldestS);
    return t.concern.behind(`${id} ${said}`, formatCount(waiting), age, keptS && t.concern.kept(keptS / 3600));
  };
}
