/** What a line of the JSON front may be, to the field. Scripts rely on it: a field may come, none may change or go. */
import * as v from 'valibot';
import { concernIds } from '../../observe/concerns.ts';
import { sourceIds } from '../../observe/measure.ts';
import { causeIds, states } from '../../observe/types.ts';
import { fields, findingIds } from '../../operate/scale/types.ts';
import { componentIds, phases, sizeNames } from '../../stack/types.ts';
import { jsonVersion } from './json.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const amount = v.pipe(v.number(), v.minValue(0));
const common = {
  v: v.literal(jsonVersion),
  at: v.pipe(v.string(), v.isoTimestamp()),
  simulated: v.optional(v.literal(true)),
};

const plannedObject = v.strictObject({
  kind: text,
  name: text,
  action: v.picklist(['create', 'change', 'same', 'conflict']),
  conflicts: v.optional(v.array(v.strictObject({ manager: text, field: text }))),
});

const change = v.strictObject({
  component: v.picklist(componentIds),
  field: v.picklist(fields),
  from: v.string(),
  to: text,
});

const share = v.nullable(v.strictObject({ used: amount, limit: v.nullable(amount) }));

const demand = v.strictObject({
  pods: v.number(),
  cpu: v.number(),
  memory: v.number(),
  ephemeral: v.number(),
  storage: v.number(),
});

export const jsonLineSchema = v.variant('type', [
  v.strictObject({
    ...common,
    type: v.literal('preflight'),
    check: text,
    verdict: v.picklist(['pass', 'warn', 'fail']),
    message: text,
    hint: v.nullable(text),
  }),
  v.strictObject({
    ...common,
    type: v.literal('plan'),
    name: text,
    size: v.picklist(sizeNames),
    url: v.pipe(v.string(), v.url()),
    owner: v.nullable(text),
    objects: v.array(plannedObject),
    pods: count,
    cpu: amount,
    memory: amount,
    storage: amount,
    minutes: v.tuple([amount, amount]),
  }),
  v.strictObject({
    ...common,
    type: v.literal('phase'),
    phase: v.picklist(phases),
    state: v.picklist(states),
    elapsedMs: count,
  }),
  v.strictObject({
    ...common,
    type: v.literal('component'),
    component: v.picklist(componentIds),
    phase: v.picklist(phases),
    state: v.picklist(states),
    ready: count,
    desired: count,
    message: v.nullable(text),
  }),
  v.strictObject({
    ...common,
    type: v.literal('cause'),
    component: v.picklist(componentIds),
    id: v.nullable(v.picklist(causeIds)),
    message: v.nullable(text),
    evidence: v.array(v.string()),
    fix: v.nullable(v.picklist(['restart', 'recreate-job', 'secret-value', 'mirror', 'wait'])),
  }),
  v.strictObject({
    ...common,
    type: v.literal('migration'),
    done: count,
    total: count,
    current: v.string(),
    etaMs: v.nullable(amount),
  }),
  v.strictObject({
    ...common,
    type: v.literal('figures'),
    component: v.picklist(componentIds),
    restarts: count,
    cpu: share,
    memory: share,
    backlog: v.nullable(
      v.strictObject({
        waiting: count,
        inPerS: v.nullable(amount),
        outPerS: v.nullable(amount),
        emptyInS: v.nullable(v.union([v.literal('never'), amount])),
        oldestS: v.nullable(amount),
        topics: v.array(v.strictObject({ group: text, topic: text, waiting: count })),
        queues: v.array(v.strictObject({ queue: text, waiting: count })),
        growPerS: v.nullable(v.number()),
      }),
    ),
    volume: v.nullable(v.strictObject({ used: count, size: count, fullInS: v.nullable(amount) })),
    silentS: v.nullable(amount),
    consumers: v.nullable(v.array(v.strictObject({ table: text, assigned: v.boolean(), exception: v.string() }))),
  }),
  v.strictObject({
    ...common,
    type: v.literal('concerns'),
    concerns: v.array(
      v.strictObject({
        id: v.picklist(concernIds),
        components: v.array(v.picklist(componentIds)),
        message: text,
        evidence: v.array(v.string()),
        hint: v.nullable(text),
      }),
    ),
  }),
  v.strictObject({
    ...common,
    type: v.literal('sources'),
    sources: v.array(
      v.strictObject({
        id: v.picklist(sourceIds),
        tookMs: v.nullable(count),
        trouble: v.nullable(v.string()),
        forbidden: v.boolean(),
      }),
    ),
  }),
  v.strictObject({
    ...common,
    type: v.literal('review'),
    name: text,
    changes: v.array(change),
    already: v.array(v.picklist(componentIds)),
    findings: v.array(
      v.strictObject({
        id: v.picklist(findingIds),
        verdict: v.picklist(['refuse', 'warn']),
        component: v.nullable(v.picklist(componentIds)),
        message: text,
        hint: v.nullable(text),
      }),
    ),
    after: demand,
    peak: demand,
    free: v.record(text, v.number()),
    hard: v.record(text, v.number()),
    kubectl: v.array(text),
  }),
  v.strictObject({
    ...common,
    type: v.literal('log-errors'),
    component: v.picklist(componentIds),
    count,
    alike: count,
    line: text,
    message: text,
  }),
  v.strictObject({
    ...common,
    type: v.literal('scaled'),
    name: text,
    changes: v.array(change),
    already: v.array(v.picklist(componentIds)),
    settled: v.boolean(),
    undo: v.array(text),
  }),
  v.strictObject({
    ...common,
    type: v.literal('proof'),
    hop: text,
    ok: v.boolean(),
    warning: v.boolean(),
    ms: count,
    message: text,
    hint: v.nullable(text),
  }),
  v.strictObject({
    ...common,
    type: v.literal('done'),
    url: v.pipe(v.string(), v.url()),
    name: text,
    elapsedMs: count,
    proven: v.boolean(),
    message: v.nullable(text),
  }),
  v.strictObject({
    ...common,
    type: v.literal('error'),
    code: v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)),
    message: text,
    hint: v.nullable(text),
    object: v.nullable(text),
  }),
]);
