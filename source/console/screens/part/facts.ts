/** All that is known of one part, as lines to be read: headings at the left, what is below them two spaces further. Pure. */
import type { Messages } from '../../../messages/index.ts';
import type { Backlog, TopicBacklog } from '../../../observe/backlog/backlog.ts';
import { figureConcernsOf } from '../../../observe/figure-concerns.ts';
import type { Figures } from '../../../observe/figures.ts';
import { backlogText, memoryOf, shareOf, unanswered, volumeText } from '../../../observe/figures-text.ts';
import { canFix, fixSaid } from '../../../observe/fix-said.ts';
import {
  type ContainerStatus,
  containersOf,
  eventsOf,
  podStatus,
  podsOf,
  restartsOf,
} from '../../../observe/lookups.ts';
import type { SourceId } from '../../../observe/measure.ts';
import type { Trouble } from '../../../observe/sources/trouble.ts';
import { backlogAskedOf } from '../../../observe/told-by.ts';
import type { Cause, Snapshot } from '../../../observe/types.ts';
import { componentOf, components } from '../../../stack/components.ts';
import type { ComponentId, KubeObject } from '../../../stack/types.ts';
import { formatCount } from '../../../text/count.ts';
import { formatAge, formatDuration } from '../../../text/duration.ts';
import { glyphs } from '../../draw/glyphs.ts';
import type { ComponentView } from '../install/run.ts';
import { containerLines, containersIn, variableLines } from './containers.ts';

/** Of events, as many as say what is going on. */
const latest = 5;

export interface About {
  readonly id: ComponentId;
  readonly part: ComponentView | undefined;
  readonly figures: Figures | undefined;
  /** Why figures are missing. */
  readonly troubles: ReadonlyMap<SourceId, Trouble>;
  /** What else the instance has, and how that is. */
  readonly others: Readonly<Partial<Record<ComponentId, ComponentView>>>;
  readonly snapshot: Snapshot;
  /** Epoch milliseconds. */
  readonly now: number;
}

export function factLines(about: About, t: Messages): readonly string[] {
  const { headings } = t.console.part;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [headings.now, nowLines(about, t)],
    [headings.queue, queueLines(about, t)],
    [headings.pods, podLines(about, t)],
    [headings.events, eventLines(about, t)],
    [headings.around, aroundLines(about, t)],
    [headings.containers, containersIn(about.id, about.snapshot).flatMap((each) => containerLines(each, t))],
    [headings.environment, environmentLines(about, t)],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([heading, lines], index) => [...(index === 0 ? [] : ['']), heading, ...lines]);
}

// ---- how it is

function nowLines({ id, part, figures, now }: About, t: Messages): readonly string[] {
  const words = t.console.part;
  if (!part) return [];
  const { ready, desired, state, cause, message } = part;
  const { restarts = 0, restartedAt, cpu, memory, volume } = figures ?? {};
  const ago = restartedAt === undefined ? undefined : formatAge(now - restartedAt);
  const facts = [
    words.of(ready, desired, state === 'ready' ? undefined : t.cli.plain.states[state]),
    ...(cpu ? [words.cpu(shareOf(cpu))] : []),
    ...(memory ? [words.memory(memoryOf(memory))] : []),
    ...(volume ? [volumeText(id, volume, t)] : []),
    ...(restarts > 0 ? [words.restarts(restarts, ago)] : []),
  ];
  return [
    `  ${facts.join(' · ')}`,
    ...(figures?.bounds ? [`  ${words.unmeasured}`] : []),
    ...(message ? [`  ${message(t)}`] : []),
    ...(cause ? causeLines(cause, t) : []),
    ...(figures ? concernLines(id, figures, t) : []),
  ];
}

function causeLines(cause: Cause, t: Messages): readonly string[] {
  const fix = fixSaid(cause);
  const { fix: say, fixElsewhere } = t.console.part;
  return [
    `  ${glyphs.warning} ${cause.message(t)}`,
    ...cause.evidence.map((fact) => `      ${fact}`),
    ...(fix ? [`    ${(canFix(cause) ? say : fixElsewhere)(fix(t))}`] : []),
  ];
}

const concernLines = (id: ComponentId, figures: Figures, t: Messages): readonly string[] =>
  figureConcernsOf(id, figures).flatMap(({ message, hint }) => [`  ${glyphs.warning} ${message(t)}`, `    ${hint(t)}`]);

// ---- what waits for it

function queueLines({ id, figures, troubles }: About, t: Messages): readonly string[] {
  const { part } = t.console;
  const backlog = figures?.backlog;
  const source = backlogAskedOf(id);
  if (source === undefined && !backlog) return [];
  const trouble = source && troubles.get(source);
  const silence = trouble ? [`  ${unanswered(source, trouble, t)}`, `    ${trouble.message}`] : [];
  if (!backlog) return trouble ? silence : [`  ${part.unknown}`];
  return [
    ...silence,
    `  ${backlog.waiting === 0 ? part.nothingWaits : backlogText(backlog, t)}`,
    ...backlog.topics.flatMap((topic) => topicLines(topic, t)),
    ...(backlog.tasks?.queues ?? []).map(([queue, waiting]) => `  ${queue}: ${formatCount(waiting)}`),
  ];
}

function topicLines({ group, topic, partitions, ...flow }: TopicBacklog, t: Messages): readonly string[] {
  const { part } = t.console;
  const lag = ({ waiting, inPerS, outPerS, emptyInS }: Omit<Backlog, 'component' | 'topics' | 'trend'>) =>
    [
      formatCount(waiting),
      ...(inPerS === undefined || outPerS === undefined ? [] : [part.rates(formatCount(inPerS), formatCount(outPerS))]),
      ...(typeof emptyInS === 'number' && emptyInS > 0
        ? [part.emptyIn(formatDuration(emptyInS * 1000, t.units))]
        : emptyInS === 'never' && waiting > 0
          ? [t.figures.fallsBehind]
          : []),
    ].join(t.concern.and);
  return [
    `  ${part.reads(group, topic, lag(flow))}`,
    // Each on its own matters where some are slower than others.
    ...(flow.waiting > 0 && partitions.length > 1
      ? partitions.map((each) => `    ${part.partition(each.partition, lag(each))}`)
      : []),
  ];
}

// ---- its pods

function podLines({ id, snapshot, now }: About, t: Messages): readonly string[] {
  const { kind } = componentOf(id);
  if (!/^(Deployment|StatefulSet|Job|Cluster)$/.test(kind)) return [];
  const pods = podsOf(id, snapshot, true);
  return pods.length === 0 ? [`  ${t.console.part.noPods}`] : pods.flatMap((pod) => linesOfPod(pod, now, t));
}

function linesOfPod(pod: KubeObject, now: number, t: Messages): readonly string[] {
  const { part } = t.console;
  const { phase = '', reason, message, containerStatuses = [] } = podStatus(pod);
  const { creationTimestamp, deletionTimestamp, name } = pod.metadata;
  const node = (pod['spec'] as { readonly nodeName?: string } | undefined)?.nodeName;
  const ready = containerStatuses.filter((each) => each.ready).length;
  const restarts = restartsOf([pod]);
  const facts = [
    deletionTimestamp === undefined ? (reason ?? phase) : part.leaving,
    `${ready}/${containerStatuses.length}`,
    ...(restarts > 0 ? [part.restarts(restarts, undefined)] : []),
    ...(node === undefined ? [] : [part.node(node)]),
    ...(creationTimestamp === undefined ? [] : [part.age(formatAge(now - Date.parse(creationTimestamp)))]),
  ];
  return [
    `  ${name}  ${facts.join(t.concern.and)}`,
    ...(message ? [`    ${message}`] : []),
    ...containersOf(pod).flatMap((container) => statusLines(container, now, t)),
  ];
}

/** Only of what does not simply run, or has run as it should. */
function statusLines({ name, state, lastState }: ContainerStatus, now: number, t: Messages): readonly string[] {
  const { part } = t.console;
  const ended = (at: ContainerStatus['state']): string | undefined => {
    const end = at?.terminated;
    if (!end || end.exitCode === 0) return undefined;
    const ago = end.finishedAt === undefined ? undefined : formatAge(now - Date.parse(end.finishedAt));
    return part.ended(end.reason ?? '-', end.exitCode, ago);
  };
  const waits = state?.waiting?.reason;
  const [over, before] = [ended(state), ended(lastState)];
  return [
    ...(waits === undefined ? [] : [`    ${name}: ${part.waits(waits)}`]),
    ...(over === undefined ? [] : [`    ${name}: ${over}`]),
    ...(before === undefined ? [] : [`    ${name}: ${part.endedBefore} ${before}`]),
  ];
}

// ---- around it

function aroundLines({ id, others }: About, t: Messages): readonly string[] {
  const { part } = t.console;
  const said = (ids: readonly ComponentId[]): string =>
    ids
      .map((each) => {
        const state = others[each]?.state;
        return state === undefined || state === 'ready' ? each : `${each} (${t.cli.plain.states[state]})`;
      })
      .join(', ');
  const needs = componentOf(id).waitsFor;
  const neededBy = components.filter(({ waitsFor }) => waitsFor.includes(id)).map((each) => each.id);
  if (needs.length + neededBy.length === 0) return [`  ${part.alone}`];
  return [
    ...(needs.length > 0 ? [`  ${part.needs(said(needs))}`] : []),
    ...(neededBy.length > 0 ? [`  ${part.neededBy(said(neededBy))}`] : []),
  ];
}

function eventLines({ id, snapshot, now }: About, t: Messages): readonly string[] {
  const events = eventsOf(id, snapshot);
  if (events.length === 0) return [`  ${t.console.part.noEvents}`];
  const shown = events.slice(0, latest).map(({ at, type, reason, message, count, involved }) => {
    const mark = type === 'Normal' ? glyphs.waiting : glyphs.warning;
    const often = count > 1 ? ` (x${count})` : '';
    const text = `${involved.kind}/${involved.name}: ${message.replace(/\s+/g, ' ')}`;
    return `  ${mark} ${at === 0 ? '-' : formatAge(now - at)}  ${reason}${often}  ${text}`;
  });
  const left = events.length - shown.length;
  return left > 0 ? [...shown, `  ${t.console.part.more(left)}`] : shown;
}

function environmentLines({ id, snapshot }: About, t: Messages): readonly string[] {
  const told = containersIn(id, snapshot).flatMap((container) => {
    const lines = variableLines(container, t);
    return lines.length > 0 ? [{ name: container.name, lines }] : [];
  });
  return told.flatMap(({ name, lines }) => [`  ${name}`, ...lines.map((line) => `    ${line}`)]);
}
