/** Whether a change has helped, and what is likely to stand in the way. */
import { describe, expect, test } from 'vitest';
import type { Backlog } from '../../../source/observe/backlog/backlog.ts';
import type { Figures } from '../../../source/observe/figures.ts';
import { outcomeOf } from '../../../source/operate/scale/outcome.ts';
import type { ComponentId } from '../../../source/stack/types.ts';
import { backlogOf, calm } from '../../support/figures.ts';

const growing = { waiting: 51_000, inPerS: 1010, outPerS: 890, emptyInS: 'never' } as const;
const falling = { waiting: 12_000, inPerS: 1010, outPerS: 1420, emptyInS: 29 } as const;
const changed = { component: 'ingestion', replicas: 3, partitions: 4, restarts: 0, settledS: 60 } as const;

const once = { count: 2, alike: 1, message: 'other' };
const often = { count: 9, alike: 7, message: 'connect ECONNREFUSED' };
const usedUp = { cpu: { used: 0.99, limit: 1 } };
const figuresWith = (
  backlog: Partial<Backlog> | undefined,
  more: Partial<Record<ComponentId, Partial<Figures>>> = {},
): ReadonlyMap<ComponentId, Figures> => {
  const own = { ...(calm.get('ingestion') as Figures), backlog: backlog && backlogOf('ingestion', backlog) };
  const all = new Map(calm).set('ingestion', own);
  for (const [id, change] of Object.entries(more) as [ComponentId, Partial<Figures>][])
    all.set(id, { ...(all.get(id) as Figures), ...change });
  return all;
};

test.each([
  ['nothing reads', undefined, { type: 'none' }],
  ['nothing waits', { waiting: 0 }, { type: 'empty' }],
  ['only what is on its way', { waiting: 900, emptyInS: 0 }, { type: 'empty' }],
  ['it falls', falling, { type: 'falling', perS: 410, emptyInS: 29 }],
  ['rates are not known yet', { ...growing, inPerS: undefined, emptyInS: undefined }, { type: 'unsettled' }],
  ['it grows', growing, { type: 'standing', perS: 120, why: { type: 'unknown' } }],
  ['it stands still', { ...growing, outPerS: 1010 }, { type: 'standing', perS: 0 }],
  ['it takes hours', { ...falling, outPerS: 1011, emptyInS: 12_000 }, { type: 'slow', perS: 1, emptyInS: 12_000 }],
] as const)('%s', (_, backlog, outcome) => {
  expect(outcomeOf(changed, figuresWith(backlog))).toMatchObject(outcome);
});

const tasks = (growPerS: number | undefined) => ({ tasks: { growPerS, queues: [] } });
test.each([
  ['they get fewer', { waiting: 900, emptyInS: 300, ...tasks(-3) }, { type: 'falling', perS: 3, emptyInS: 300 }],
  ['they get more', { waiting: 2_000, emptyInS: 'never', ...tasks(4) }, { type: 'standing', perS: 4 }],
  ['it is not known', { waiting: 2_000, emptyInS: undefined, ...tasks(undefined) }, { type: 'unsettled' }],
] as const)('of tasks only the net change is known: %s', (_, backlog, outcome) => {
  const unknown = { inPerS: undefined, outPerS: undefined };
  expect(outcomeOf(changed, figuresWith({ ...unknown, ...backlog }))).toMatchObject(outcome);
});

test('what falls is told at once; that it did not help, only when it has had time to', () => {
  const soon = { ...changed, settledS: 20 };
  expect(outcomeOf(soon, figuresWith(falling)).type).toBe('falling');
  expect(outcomeOf(soon, figuresWith(growing)).type).toBe('unsettled');
});

describe('it did not help, because', () => {
  test.each([
    ['it restarts', {}, { ingestion: { restarts: 2, ...usedUp } }, { type: 'restarts', count: 2 }],
    ['its restarts are older', { restarts: 2 }, { ingestion: { restarts: 2 } }, { type: 'unknown' }],
    [
      'a store behind it has no CPU left',
      {},
      { postgres: usedUp, ingestion: usedUp },
      { type: 'store', store: 'postgres' },
    ],
    ['a store has none left that it does not need', {}, { clickhouse: usedUp }, { type: 'unknown' }],
    [
      'a store without a limit is never full',
      {},
      { kafka: { cpu: { used: 9, limit: undefined } } },
      { type: 'unknown' },
    ],
    ['it has no CPU left itself', {}, { ingestion: usedUp }, { type: 'cpu', isBound: false }],
    ['nor partitions', { replicas: 4 }, { ingestion: usedUp }, { type: 'cpu', isBound: true }],
    ['each partition has its reader', { replicas: 4 }, {}, { type: 'partitions', count: 4 }],
    ['its log complains', { errors: once }, {}, { type: 'errors', errors: once }],
    [
      'its log complains of one thing, and partitions bound it',
      { replicas: 4, errors: once },
      {},
      { type: 'partitions' },
    ],
    [
      'its log complains of one thing, and it has no CPU left',
      { errors: once },
      { ingestion: usedUp },
      { type: 'cpu' },
    ],
    ['its log complains again and again', { replicas: 4, errors: often }, { ingestion: usedUp }, { type: 'errors' }],
    ['a store has no CPU left, of which its log complains', { errors: often }, { postgres: usedUp }, { type: 'store' }],
    ['it restarts, and says why', { errors: often }, { ingestion: { restarts: 1 } }, { type: 'restarts' }],
    ['partitions are not known', { replicas: 4, partitions: undefined }, {}, { type: 'unknown' }],
  ] as const)('%s', (_, change, more, why) => {
    expect(outcomeOf({ ...changed, ...change }, figuresWith(growing, more))).toMatchObject({ type: 'standing', why });
  });
});
