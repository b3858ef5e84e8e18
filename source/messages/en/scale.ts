import type { Dimension, QuotaUse } from '../../observe/room.ts';
import type { Following } from '../../stack/following.ts';
import { gibibytes, rounded } from '../../text/bytes.ts';

export const dimensions: Readonly<Record<Dimension, string>> = {
  pods: 'pods',
  cpu: 'CPU',
  memory: 'memory',
  ephemeral: 'ephemeral storage',
  storage: 'disk',
  buckets: 'buckets',
};
export const amount = (dimension: Dimension, value: number): string =>
  dimension === 'pods' || dimension === 'buckets'
    ? String(value)
    : dimension === 'cpu'
      ? rounded(value)
      : gibibytes(value);

/** `12.2 → 13.2`, `28.9 → 32.9 GiB`; of what stays the same, that. */
const change = (dimension: QuotaUse['dimension'], from: number, to: number): string => {
  const [before, after] = [amount(dimension, from), amount(dimension, to)];
  return before === after ? after : `${before.replace(/ GiB$/, '')} → ${after}`;
};

const fixed = {
  identity: 'it has one identity and one volume, and a second one would be another store',
  database: 'it is a database of the platform with one node',
  once: 'it runs once and ends',
  platform: 'the platform runs it',
};

/** A setting that goes with the memory of a store. */
interface Move extends Following {
  readonly before: number;
}
const moved = ({ before, value }: Move): string => `${gibibytes(before)} → ${gibibytes(value)}`;
const settings: Readonly<Record<Following['setting'], (move: Move) => string>> = {
  query: (move) => `A query may take ${moved(move)}.`,
  cache: (move) => `Its mark cache: ${moved(move)}.`,
  broker: (move) => `The broker's own memory: ${moved(move)}.`,
  heap: (move) => `Its heap: ${moved(move)}.`,
  connections: ({ before, value }) => `Connections: ${before} → ${value}.`,
};
/** What happens while a store is away. */
const away: Readonly<Record<string, string>> = {
  postgres: 'pages fail and what comes in waits',
  redis: 'pages fail and tasks wait',
  clickhouse: 'insights fail and events wait in the queue',
  zookeeper: 'ClickHouse cannot write and events wait in the queue',
  kafka: 'new events are refused, and what waits stays',
};

/** What is missing while a part has no replicas. */
const without: Readonly<Record<string, string>> = {
  web: 'nobody can open PostHog: its pages and its API are away; events are still taken',
  worker: 'background tasks wait: exports, alerts, cohorts and mails come later',
  capture: 'new events are refused at the door: they are lost',
  'replay-capture': 'new recordings are refused at the door: they are lost',
  'feature-flags': 'applications get neither flags nor their configuration, and fall back to their defaults',
  'recording-api': 'recordings cannot be played; they are still stored',
  personhog: 'persons cannot be looked up: pages that show them fail',
};

/** Of the log of a component that was changed. */
const logErrors = (count: number, alike: number): string =>
  count === 1
    ? 'one error since then'
    : `${count} errors since then, ${alike === 1 ? 'the latest' : `${alike === count ? 'all' : `${alike} of them`} like this`}`;

export const scale = {
  place: 'scale',
  consent: 'Apply it? [y/N] ',
  consentToLoss: (name: string) => `New events will be lost. Type ${name} to apply it: `,
  fields: { replicas: 'replicas', cpu: 'CPU', memory: 'memory' },
  words: {
    title: 'CHANGE is one of these; several together are judged and applied as one:',
    replicas: 'so many replicas',
    more: 'so many more than now',
    none: 'none: what that means is said before it is applied',
    memory: 'memory limit of each replica; what is reserved follows',
    cpu: 'CPU limit of each replica',
  },
  errors: {
    nothing: 'Nothing to change was named.',
    usage: 'Write changes as worker=2 ingestion=+1 web:memory=6Gi web:cpu=3.',
    noValue: (word: string) => `"${word}" is no change: write COMPONENT=NUMBER, or COMPONENT:memory=AMOUNT.`,
    unknown: (name: string, near: string | undefined, all: string) =>
      `There is no component "${name}"${near ? `; did you mean "${near}"?` : '.'} Components: ${all}.`,
    unscalable: (name: string) => `Nothing of ${name} can be scaled.`,
    unknownField: (name: string, near: string | undefined) =>
      `"${name}" cannot be changed${near ? `; did you mean "${near}"?` : ': replicas, cpu and memory can.'}`,
    badValue: {
      replicas: (word: string) => `"${word}": write a whole number of replicas from 0 up, or +1 for one more.`,
      cpu: (word: string) => `"${word}": write cores such as 500m, 2 or 1.5.`,
      memory: (word: string) => `"${word}": write an amount such as 512Mi or 6Gi.`,
    },
    twice: (component: string, field: string) => `${component}:${field} is named twice.`,
  },
  guards: {
    absent: (id: string) => `This instance has no ${id}, or nothing of it can be scaled.`,
    fixed: (id: string, why: keyof typeof fixed) => `${id} has a fixed number of replicas: ${fixed[why]}.`,
    fixedHint: (id: string) =>
      `Its CPU and memory can grow: ${id}:memory=AMOUNT ${id}:cpu=CORES. It restarts for that.`,
    unread: (id: string, hours: number | undefined) =>
      `Without ${id}, what it reads waits in the queue; ${hours ? `after ${rounded(hours)} h, or sooner where a partition is full, it` : 'when the retention of its topic ends it'} is dropped unread.`,
    stopped: (id: string) => `Without ${id}, ${without[id] ?? 'nothing does its work'}.`,
    restarts: (id: string, moves: readonly Move[]) =>
      `${id} restarts for it and is away for a minute or two; ${away[id] ?? 'what needs it waits'}.${moves.map((move) => ` ${settings[move.setting](move)}`).join('')}`,
    tooMany: (id: string, most: number) => `${id} can have ${most} replicas at most: more have not been seen to work.`,
    partitions: (id: string, topic: string, count: number) =>
      `${topic} has ${count} ${count === 1 ? 'partition' : 'partitions'}: more than ${count} of ${id} would have nothing to read.`,
    partitionsHint: (command: string) =>
      `More partitions (P on the scale screen) help new events only, and cannot be taken away again: ${command}`,
    processes: (id: string, count: number, least: string) =>
      `${id} runs ${count} processes of about 700 MB each: it needs ${least} at least, or is killed for lack of memory.`,
    limitRange: (id: string, resource: string, limit: string, bound: string) =>
      `${id}: the workspace allows one container at most ${bound} of ${resource}; ${limit} would never start.`,
    quota: (dimension: Dimension, needed: number, free: number, hard: number) =>
      `${dimensions[dimension]}: ${amount(dimension, needed)} more while it rolls, but ${amount(dimension, free)} of ${amount(dimension, hard)} are free.`,
    quotaBrief: (dimension: Dimension, needed: number, free: number, hard: number) =>
      `${dimensions[dimension]}: ${amount(dimension, needed)} more while pods that are ending still count, but ${amount(dimension, free)} of ${amount(dimension, hard)} are free: new pods wait until they are gone.`,
    quotaBriefHint: 'It takes as long as they take to end, two minutes at most.',
    quotaHeals: 'Sealos enlarges it by itself, at most once a day; until then the new pods wait.',
    quotaHint: (days: number | undefined) =>
      `${days === undefined ? '' : `Sealos enlarges it by itself once a day, and would need ${days} days. `}Make room in the workspace, ask for less, or ask Sealos for more.`,
    autoscaler: (id: string) => `An autoscaler sets the replicas of ${id}, and would set them back.`,
    autoscalerHint: 'Change the autoscaler in the Sealos desktop, or delete it.',
    paused: (id: string) => `${id} is paused.`,
    pausedHint: 'Resume it in the Sealos desktop first.',
    rolling: (id: string) => `${id} is being rolled out.`,
    rollingHint:
      'Wait until it is ready: `status` tells. Until then it can only go back, to what it was or to fewer replicas.',
    migrating: 'Migrations are running: nothing is rolled until they are done.',
    unfinished: 'The install has not come to its end: run `install` again afterwards, and it goes on where it stopped.',
    connections: (needed: number, most: number) =>
      `In the worst case all pods open ${needed} connections to PostgreSQL, which takes ${most}.`,
    connectionsHint: 'Give postgres more memory with it: connections follow its memory.',
    foreign: (object: string, field: string, manager: string) =>
      `${object}: ${field} was changed by "${manager}"; this change would set it back.`,
    foreignHint:
      'Undo the other change, or repeat this with --conflicts keep (theirs stays) or --conflicts take (ours).',
    keptHint:
      'If theirs is kept, nothing of this is changed: take it over with --conflicts take, or leave it as it is.',
  },
  changedMeanwhile: (id: string) => `${id} was changed by somebody else since this was reviewed: their change stays.`,
  changedMeanwhileHint: 'Ask for it again: the review then begins from what is there now.',
  review: {
    title: (app: string, namespace: string) => `Change of ${app} in ${namespace}`,
    already: 'All of it is so already: nothing changes.',
    quota: (dimension: 'pods' | 'cpu' | 'memory', now: number, peak: number, after: number, hard: number) =>
      `${dimensions[dimension]}: ${amount(dimension, now)} in use, up to ${amount(dimension, peak)} while it rolls, then ${amount(dimension, after)}, of ${amount(dimension, hard)}`,
    order: (order: string) => `One after the other: ${order}`,
    byHand: (commands: readonly string[], isRecorded: boolean, movesSettings: boolean) => {
      const notes = [
        ...(isRecorded ? ['a later `install` asks about it'] : []),
        ...(isRecorded && movesSettings ? ['settings that follow memory stay as they are'] : []),
      ];
      const aside = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
      return [`The same by hand${aside}:`, ...commands].join('\n');
    },
  },
  partitionsFailed: (topic: string, why: string) => `${topic} did not get more partitions: ${why}`,
  refused: (count: number) =>
    `Nothing was changed: ${count === 1 ? 'one thing speaks' : `${count} things speak`} against it.`,
  refusedHint: 'The lines above say why, and any way out.',
  readOnlyHint: 'Leave out --read-only to apply it.',
  needsConsent: 'Nothing was changed: this needs your agreement.',
  needsConsentHint: 'Run the same command with --yes.',
  declined: 'Nothing was changed.',
  applying: (words: string) => `Applying ${words}`,
  already: (components: string) => `Already set like this, not ready yet: ${components}`,
  alreadyReady: (components: string) => `Already set like this, and ready now: ${components}`,
  alreadyUnseen: (components: string) => `Already set like this, not ready yet, not waited for: ${components}`,
  scaled: (words: string) => `Applied and ready: ${words}`,
  scaledUnseen: (words: string) => `Applied, not waited for: ${words}`,
  undo: (command: string) => `Undo: ${command}`,
  logErrors: (count: number, alike: number, message: string) =>
    `What waits has not become less by it. Its log has ${logErrors(count, alike)}: ${message}`,
  logErrorsHint: (id: string) => `\`posthog-sealos logs ${id} --level error\` shows them.`,
  timeout: (time: string) => `It was not ready after ${time}.`,
  waitOn: (words: string) => `To go on waiting: posthog-sealos scale ${words}`,
  partlyDone: (part: string, again: string) =>
    `Applied in part: ${part}. What is applied stays; to complete it: posthog-sealos scale ${again}`,
  halfDone: (done: string, left: string, back: string) =>
    `Applied: ${done}.${left === '' ? '' : ` Not applied: ${left}.`} What is applied stays; to go back: posthog-sealos scale ${back}`,
  restart: {
    title: 'COMPONENT is one of these:',
    asked: (components: string) => `Restarting ${components}, one after the other`,
    done: (components: string) => `Restarted and ready: ${components}`,
    cannot: (id: string) => `${id} is run by the platform: restart it in the Sealos desktop.`,
    none: 'Name what to restart.',
    noneHint: (all: string) => `These can be: ${all}.`,
  },
};

/** The screen. */
export const scaling = {
  columns: {
    name: 'PART',
    replicas: 'REPLICAS',
    cpu: 'CPU',
    memory: 'MEMORY',
    use: 'USE',
    waiting: 'WAITING',
    rates: 'IN / OUT S',
    empty: 'EMPTY IN',
  },
  topics: { topic: 'TOPIC', group: 'READ BY', oldest: 'OLDEST' },
  uses: (cpu: string, memory: string) => `CPU ${cpu}, memory ${memory}.`,
  never: 'never',
  prompt: (part: string, field: string) => `${part}, ${field}: `,
  partitionsWay: 'P adds partitions: they help new events only, and cannot be taken away again.',
  partitions: (count: number, part: string) =>
    `${count} ${count === 1 ? 'partition' : 'partitions'}: up to ${count} of ${part} work at once.`,
  grows: (part: string) => `A change of CPU or memory restarts ${part}.`,
  most: (count: number, part: string) => `${part} can have up to ${count} replicas.`,
  quota: ({ dimension, now, after, most, hard }: QuotaUse) => {
    const peak = most > Math.max(now, after) ? `, ${amount(dimension, most)} while it rolls` : '';
    return `${dimensions[dimension]}: ${change(dimension, now, after)} of ${amount(dimension, hard)}${peak}`;
  },
  after: {
    between: '; ',
    sentences: ' ',
    sentence: (text: string) => `${text}.`,
    empty: (was: string) => `${was} waited, nothing does any more.`,
    nearlyEmpty: (was: string, now: string) => `${was} → ${now} wait; those have only just come.`,
    unsettled: (was: string, now: string) => `${was} → ${now} wait; whether it helps shows in a moment.`,
    falling: (was: string, now: string, rate: string, time: string) =>
      `${was} → ${now} wait, falling ${rate}/s, empty in ${time}.`,
    slow: (was: string, now: string, rate: string, time: string) =>
      `it helps too little: ${was} → ${now} wait, falling ${rate}/s, empty only in ${time}.`,
    standing: (was: string, now: string, rate: string) =>
      `it did not help: ${was} → ${now} wait, ${rate === '0' ? 'and it does not get less' : `growing ${rate}/s`}.`,
    obstacles: {
      restarts: (count: number) =>
        `Its containers have restarted ${count === 1 ? 'once' : `${count} times`} since then: g l shows its log.`,
      store: (store: string) => `${store}, which it waits for, has used up its CPU: give that more first.`,
      errors: (count: number, alike: number, message: string) =>
        `Its log has ${logErrors(count, alike)}: "${message}" (g l).`,
      cpu: (isBound: boolean): string =>
        isBound
          ? 'It has used up its own CPU, and each partition has its reader: more CPU (Tab), or more partitions (P).'
          : 'It has used up its own CPU: more replicas, or more CPU (Tab).',
      partitions: (count: number) => `Each of the ${count} partitions has its reader: P raises them, for what comes.`,
      unknown: 'Nothing that is measured stands in its way: its log may tell why (g l).',
    },
  },
  noLimit: (part: string) => `${part} has no limit yet: Enter types one.`,
  badReplicas: 'write a whole number, such as 2',
  nothing: 'Nothing has been changed yet: ← and → change a value.',
  presets: 'Replicas, CPU and memory as in a size. Stores only grow; disks and topics stay.',
  installed: ' (installed)',
  drainNow: 'drain now: the fewest replicas that empty in ten minutes what waits',
  presetIsThere: (size: string) => `All of it is as in ${size} already.`,
  presetBounded: (parts: string) => `As many of ${parts} as their topics have partitions: P adds some.`,
  drains: (part: string, replicas: number, time: string) => `${part}: empty in about ${time} with ${replicas}.`,
  drainsSooner: (replicas: number, time: string) => ` d again: ${replicas}, about ${time}.`,
  drainsSomehow: (part: string, replicas: number) => `${part}: how soon it is empty with ${replicas} is not known yet.`,
  drainsLess: (part: string, replicas: number) =>
    `More than ${replicas} of ${part} are not possible now, and they do not empty it within ten minutes: P adds partitions, Tab leads to CPU.`,
  nothingWaits: 'Nothing waits that more replicas would drain.',
  busy: 'The change before is still being applied; Z takes back what is.',
  raise: (topic: string, now: number, then: number) =>
    `${topic} gets ${then} partitions instead of ${now}. This cannot be undone: partitions are never taken away again. It helps what comes from now on; what waits already stays where it is, and events of one person may for a moment be read out of order.`,
  raised: (topic: string, count: number) => `${topic} has ${count} partitions now.`,
  noPartitions: 'Only parts that read a topic have partitions.',
  nothingApplied: 'Nothing has been applied from here.',
  wayBack: 'Z takes it back.',
  applying: (words: string) => `Applying ${words} …`,
  gone: (part: string, time: string) => `What waits for ${part} is then gone in about ${time}.`,
  stays: (part: string) => `What waits for ${part} does not get less by it.`,
  settled: (part: string, ready: number, desired: number) => `${part}: ${ready} of ${desired} ready`,
  stopped: (part: string) => `${part} is stopped`,
  done: 'All of it is applied and ready. Z leads back.',
};
