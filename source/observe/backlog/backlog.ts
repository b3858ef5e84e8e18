/**
 * Events that wait in topics for those who read them: how many, how fast they come and go, when none will be left and how
 * long the oldest has waited. All of it out of looks at the broker's marks over the last half hour. Pure.
 */
import { components } from '../../stack/components.ts';
import type { ComponentId } from '../../stack/types.ts';
import { type Timed, trendOf } from '../ring.ts';
import type { Marks } from './marks.ts';

/** The broker's marks at a moment. */
export interface Look extends Timed {
  readonly marks: Marks;
}

/** Seconds; `never`: it does not get less. Undefined: not known yet. */
export type EmptyIn = number | 'never' | undefined;

interface Flow {
  /** Events that wait. */
  readonly waiting: number;
  /** Events a second; undefined until two looks can be compared. */
  readonly inPerS: number | undefined;
  readonly outPerS: number | undefined;
  readonly emptyInS: EmptyIn;
  /** How long the event has waited that is next; 0 when none waits. */
  readonly oldestS: number | undefined;
}

interface PartitionFlow extends Flow {
  /** Its number. */
  readonly partition: string;
}

/** What one consumer group has still to read of one topic. */
export interface TopicBacklog extends Flow {
  readonly group: string;
  readonly topic: string;
  /** Those that the group has read of, by number. */
  readonly partitions: readonly PartitionFlow[];
}

/** Tasks in Celery's queues, of which only the net change is known. */
export interface Tasks {
  /** A second; undefined until two looks can be compared. */
  readonly growPerS: number | undefined;
  /** Where some wait, those with most first. */
  readonly queues: readonly (readonly [queue: string, waiting: number])[];
}

/** What waits for a component, in all its groups and topics. */
export interface Backlog extends Flow {
  readonly component: ComponentId;
  /** Those with most first. */
  readonly topics: readonly TopicBacklog[];
  /** What waited, evenly over the looks that are kept, the latest last. */
  readonly trend: readonly number[];
  /** Of the worker: what waits is no events. */
  readonly tasks?: Tasks;
}

/** Rates are told over so many commits: one more or less of them is not much, and what was before does not count for long. */
const tellingCommits = 6;
/** Over fewer commits than that, whether it gets less at all does not show; and what arrives within them is only on the way. */
const leastCommits = 2;
/** Over a shorter time than this there are no rates. */
const leastS = 4;
/** Looks are not taken to the moment. */
const aboutS = 1;

/** Of every component that reads topics, by the looks there are; none before the first look. */
export function backlogs(looks: readonly Look[]): ReadonlyMap<ComponentId, Backlog> {
  const last = looks.at(-1);
  if (!last) return new Map();
  const found = new Map<ComponentId, Backlog>();
  for (const { id, commitsEveryS } of components) {
    const topics = [...last.marks.groups].flatMap(([group, byTopic]) => {
      if (readerOf(group) !== id) return [];
      const reading = { group, commitsEveryS, sinceMs: asManySince(group, looks) };
      return [...byTopic.keys()].map((topic) => topicBacklog(reading, topic, looks));
    });
    if (topics.length === 0) continue;
    const trend = trendOf(looks, ({ marks }) =>
      topics.reduce((sum, { group, topic }) => sum + waitingIn(marks, group, topic), 0),
    );
    found.set(id, {
      component: id,
      ...together(topics),
      topics: topics.sort((one, other) => other.waiting - one.waiting),
      trend,
    });
  }
  return found;
}

/** Whose consumer group it is (`stack/components.ts`). */
export function readerOf(group: string): ComponentId | undefined {
  const fits = (pattern: string) =>
    pattern.endsWith('*') ? group.startsWith(pattern.slice(0, -1)) : group === pattern;
  return components.find(({ groups }) => groups.some(fits))?.id;
}

/** How a group reads. */
interface Reading {
  readonly group: string;
  readonly commitsEveryS: number;
  /** When it was first seen with as many members as now, in monotonic milliseconds: others read at another rate. */
  readonly sinceMs: number;
}

function asManySince(group: string, looks: readonly Look[]): number {
  const membersAt = ({ marks }: Look) => marks.members.get(group);
  const now = membersAt(looks.at(-1) as Look);
  const before = looks.findLastIndex((look) => membersAt(look) !== now);
  return (looks[before + 1] as Look).at;
}

function topicBacklog(reading: Reading, topic: string, looks: readonly Look[]): TopicBacklog {
  const { group } = reading;
  const { marks } = looks.at(-1) as Look;
  const partitions = [...(marks.groups.get(group)?.get(topic)?.keys() ?? [])]
    .sort((one, other) => Number(one) - Number(other))
    .map((partition) => ({ partition, ...partitionFlow(pathOf(group, topic, partition, looks), reading) }));
  return { group, topic, ...together(partitions), partitions };
}

/** Sums; but it is empty when the slowest is, and as old as the oldest. */
function together(flows: readonly Flow[]): Flow {
  const sum = (each: (flow: Flow) => number | undefined) =>
    flows.reduce<number | undefined>((total, flow) => {
      const value = each(flow);
      return total === undefined || value === undefined ? undefined : total + value;
    }, 0);
  const empties = flows.map(({ emptyInS }) => emptyInS);
  const ages = flows.flatMap(({ oldestS }) => oldestS ?? []);
  const known = empties.filter((each) => typeof each === 'number');
  return {
    waiting: sum(({ waiting }) => waiting) ?? 0,
    inPerS: sum(({ inPerS }) => inPerS),
    outPerS: sum(({ outPerS }) => outPerS),
    emptyInS: empties.includes('never') ? 'never' : empties.includes(undefined) ? undefined : Math.max(0, ...known),
    oldestS: ages.length > 0 ? Math.max(...ages) : undefined,
  };
}

/** How a partition went, in one piece up to now. */
interface Step {
  readonly at: number;
  readonly end: number;
  readonly read: number;
}

/** A mark that goes back is another topic or group of the same name: what was before it does not count. */
function pathOf(group: string, topic: string, partition: string, looks: readonly Look[]): readonly Step[] {
  const path: Step[] = [];
  for (const { at, marks } of looks) {
    const end = marks.topics.get(topic)?.get(partition);
    const read = marks.groups.get(group)?.get(topic)?.get(partition);
    const before = path.at(-1);
    if (end === undefined || read === undefined) path.length = 0;
    else {
      if (before && (end < before.end || read < before.read)) path.length = 0;
      path.push({ at, end, read });
    }
  }
  return path;
}

function partitionFlow(path: readonly Step[], { sinceMs, commitsEveryS }: Reading): Flow {
  const now = path.at(-1);
  if (!now) return { waiting: 0, inPerS: undefined, outPerS: undefined, emptyInS: undefined, oldestS: undefined };
  const waiting = Math.max(0, now.end - now.read);
  const isSteady = ({ seconds }: Rates) => seconds + aboutS >= leastCommits * commitsEveryS;
  const late = path.filter(({ at }) => now.at - at <= tellingCommits * commitsEveryS * 1000);
  const [all, own] = [ratesOf(late), ratesOf(late.filter(({ at }) => at >= sinceMs))];
  const isOwn = isSteady(own);
  const rates = isOwn ? own : all;
  const { inPerS, outPerS } = rates;
  const emptyIn = (): EmptyIn => {
    if (waiting === 0) return 0;
    if (inPerS === undefined || outPerS === undefined) return undefined;
    // What has fallen by more than arrives between two commits is still being worked off, though it is little by now. Others
    // may have let it grow until just now.
    const highest = Math.max(...late.map(({ end, read }) => end - read));
    const isFalling = (outPerS > inPerS || !isOwn) && highest - waiting > inPerS * commitsEveryS;
    const onTheWayS = (isFalling ? 1 : leastCommits) * commitsEveryS;
    if (outPerS > 0 && waiting <= inPerS * onTheWayS) return 0;
    if (outPerS <= inPerS) return isSteady(rates) && !isFalling ? 'never' : undefined;
    return isOwn ? waiting / (outPerS - inPerS) : undefined;
  };
  const oldestS = waiting === 0 ? 0 : ageOf(now, path, inPerS);
  return { waiting, inPerS, outPerS, oldestS, emptyInS: emptyIn() };
}

interface Rates extends Pick<Flow, 'inPerS' | 'outPerS'> {
  /** So long was looked at. */
  readonly seconds: number;
}

function ratesOf(path: readonly Step[]): Rates {
  const [from, now] = [path[0] as Step, path.at(-1) as Step];
  const seconds = (now.at - from.at) / 1000;
  if (seconds < leastS) return { inPerS: undefined, outPerS: undefined, seconds };
  return { inPerS: (now.end - from.end) / seconds, outPerS: (now.read - from.read) / seconds, seconds };
}

/** Since the topic was as long as has been read: seen, or reckoned back by the rate where it was before the first look. */
function ageOf(now: Step, path: readonly Step[], inPerS: number | undefined): number | undefined {
  const after = path.findIndex(({ end }) => end > now.read);
  const [before, first] = [path[after - 1], path[after] as Step];
  if (before) {
    const share = (now.read - before.end) / (first.end - before.end);
    return (now.at - before.at - share * (first.at - before.at)) / 1000;
  }
  const seen = (now.at - first.at) / 1000;
  if (!inPerS) return seen > 0 ? seen : undefined;
  return seen + (first.end - now.read) / inPerS;
}

function waitingIn(marks: Marks, group: string, topic: string): number {
  const ends = marks.topics.get(topic);
  let sum = 0;
  for (const [partition, read] of marks.groups.get(group)?.get(topic) ?? [])
    sum += Math.max(0, (ends?.get(partition) ?? read) - read);
  return sum;
}

/** How much more waits each second; negative when it gets less, undefined when it is not known yet. */
export const growthOf = ({ inPerS, outPerS, tasks }: Backlog): number | undefined =>
  tasks ? tasks.growPerS : inPerS === undefined || outPerS === undefined ? undefined : inPerS - outPerS;
