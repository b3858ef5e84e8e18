/** How many replicas drain what waits, and whether asking again would drain it sooner. */
import { expect, test } from 'vitest';
import { drained } from '../../source/console/screens/scale/drain.ts';
import { emptyScale, type ScaleState } from '../../source/console/screens/scale/state.ts';
import type { Figures } from '../../source/observe/figures.ts';
import type { Wants } from '../../source/operate/scale/types.ts';
import { around, currents } from '../operate/scale/support.ts';
import { backlogOf, busy } from '../support/figures.ts';

const scaleWith = (more: Partial<ScaleState> = {}): ScaleState => ({
  ...emptyScale,
  currents: currents(),
  around: around({ quotas: [] }),
  ...more,
});

/** One ingestion reads 700 events a second of the 1,010 that come. */
const waitingFor = (waiting: number) =>
  new Map(busy).set('ingestion', {
    ...(busy.get('ingestion') as Figures),
    backlog: backlogOf('ingestion', { waiting, inPerS: 1010, outPerS: 700, emptyInS: 'never' }),
  });

const two: Wants = new Map([['ingestion', { replicas: 2 }]]);

test.each([
  ['the fewest that do it within ten minutes; three would be sooner', 29_250, new Map(), 2, [3]],
  ['once that is wanted, as many as do it within a minute', 29_250, two, 3, []],
  ['where the fewest do it within a minute, no more are sooner', 20_000, new Map(), 2, []],
])('%s', (_, waiting, wants, replicas, sooner) => {
  const found = drained(scaleWith({ wants }), 'ingestion', waitingFor(waiting));
  expect(found.rows.map((row) => row.replicas)).toEqual([replicas]);
  expect(found.sooner.map((row) => row.replicas)).toEqual(sooner);
  expect(found.scale.wants.get('ingestion')).toEqual({ replicas });
});

test('of several parts, one that is not wanted yet is drained first before any is drained sooner', () => {
  const worker = backlogOf('worker', { waiting: 2_400, emptyInS: 'never', tasks: { growPerS: 1, queues: [] } });
  const figures = waitingFor(29_250).set('worker', { ...(busy.get('worker') as Figures), backlog: worker });
  const { scale } = drained(scaleWith({ wants: new Map([['worker', { replicas: 2 }]]) }), 'web', figures);
  expect(Object.fromEntries(scale.wants)).toMatchObject({ worker: { replicas: 2 }, ingestion: { replicas: 2 } });
});

test('what speaks against another part speaks not against this one', () => {
  const wants: Wants = new Map([['web', { memory: '1Gi' }]]);
  const { scale } = drained(scaleWith({ wants }), 'ingestion', waitingFor(29_250));
  expect(scale.wants.get('ingestion')).toEqual({ replicas: 2 });
});
