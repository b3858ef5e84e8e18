/** What speaks against a change, and what a change costs. */
import { describe, expect, test } from 'vitest';
import { dictionaries } from '../../../source/messages/index.ts';
import type { Currents } from '../../../source/operate/scale/change.ts';
import { wantsOf } from '../../../source/operate/scale/change.ts';
import { costOf } from '../../../source/operate/scale/cost.ts';
import type { Current, Rollout } from '../../../source/operate/scale/current.ts';
import { findingsOf, losesEvents, type Surroundings } from '../../../source/operate/scale/guards.ts';
import { autoscaledIn } from '../../../source/operate/scale/look.ts';
import type { Finding } from '../../../source/operate/scale/types.ts';
import { parseWords } from '../../../source/operate/scale/words.ts';
import { noDemand } from '../../../source/stack/demand.ts';
import { around, current, currents, podOf, quotaOf } from './support.ts';

const judge = (words: string, there: Currents = currents(), place: Surroundings = around()) =>
  findingsOf(wantsOf(parseWords(words.split(' ')), there), there, place);
const ids = (...given: Parameters<typeof judge>) => judge(...given).map(({ id, verdict }) => `${verdict} ${id}`);

describe('nothing speaks against', () => {
  test.each(['worker=2', 'ingestion=4', 'web:memory=6Gi', 'clickhouse:memory=12Gi', 'web=1', 'clickhouse=1'])(
    '%s',
    (words) => {
      expect(ids(words).filter((each) => each.startsWith('refuse'))).toEqual([]);
    },
  );
});

/** One pod of it is ready, and has 2 cores and 4Gi. */
const rollingOut = (more: Partial<Rollout> = {}): Rollout => ({
  isStuck: false,
  held: { ...noDemand, pods: 1, cpu: 2, memory: 4 * 2 ** 30 },
  ready: [{ cpu: '2', memory: '4Gi' }],
  ...more,
});

describe('while it rolls,', () => {
  const rolling = (more: Partial<Current>) => currents({ web: { rollout: rollingOut(), ...more } });

  test.each<[string, string, Currents]>([
    ['fewer replicas are the way back', 'web=2', rolling({ replicas: 3 })],
    ['none at all, too', 'web=0', rolling({ replicas: 3 })],
    ['what its ready pods have is the way back', 'web:cpu=2 web:memory=4096Mi', rolling({ cpu: '6', memory: '8Gi' })],
    ['all of it together', 'web=1 web:cpu=2', rolling({ replicas: 3, cpu: '6' })],
    ['fewer, with what it has', 'web=1 web:cpu=6', rolling({ replicas: 3, cpu: '6' })],
    ['what does not come by itself is changed', 'web=2 web:cpu=3', rolling({ rollout: rollingOut({ isStuck: true }) })],
  ])('%s', (_, words, there) => {
    expect(ids(words, there).filter((each) => each.startsWith('refuse'))).toEqual([]);
  });

  test.each<[string, string, Currents]>([
    ['more replicas', 'web=2', rolling({})],
    ['more of the old', 'web=4 web:cpu=2', rolling({ replicas: 3, cpu: '6' })],
    ['something else', 'web:cpu=3', rolling({ cpu: '6' })],
    ['half of what it was', 'web:cpu=2 web:memory=6Gi', rolling({ cpu: '6', memory: '8Gi' })],
  ])('it is not changed to %s', (_, words, there) => {
    expect(ids(words, there)).toContain('refuse rolling');
  });
});

test('an install that has not come to its end only warns: what keeps it may be what is changed', () => {
  expect(ids('web=2', currents(), around({ isUnfinished: true }))).toEqual(['warn unfinished']);
  expect(ids('web=2 worker=2', currents(), around({ isUnfinished: true }))).toEqual(['warn unfinished']);
});

describe('refuses', () => {
  test.each<[string, string, Currents?, Surroundings?]>([
    ['capture=2', 'absent'],
    ['clickhouse=2', 'fixed'],
    ['postgres=2', 'fixed'],
    ['web=7', 'range'],
    ['web=99999', 'range'],
    ['ingestion=5', 'partitions'],
    ['web:memory=1Gi', 'processes'],
    ['worker:memory=1300Mi', 'processes'],
    ['web=2', 'paused', currents({ web: { isPaused: true } })],
    ['web=2', 'rolling', currents({ web: { rollout: rollingOut() } })],
    ['web=2', 'autoscaler', currents(), around({ autoscaled: new Set(['web']) })],
    ['web=2', 'migrating', currents(), around({ isMigrating: true })],
    ['worker=5', 'quota'],
    [
      'web:cpu=3',
      'quota',
      currents(),
      around({ enlarges: false, quotas: [quotaOf({ 'limits.cpu': '16' }, { 'limits.cpu': '14' })] }),
    ],
    [
      'web:cpu=3',
      'limit-range',
      currents(),
      around({
        ranges: [
          {
            apiVersion: 'v1',
            kind: 'LimitRange',
            metadata: { name: 'ns-a' },
            spec: { limits: [{ type: 'Container', max: { cpu: '2500m', memory: '64Gi' } }] },
          },
        ],
      }),
    ],
  ])('%s: %s', (words, id, there, place) => {
    expect(ids(words, there, place).filter((each) => each.startsWith('refuse'))).toEqual([`refuse ${id}`]);
  });

  test('up to what is refused, nothing is', () => {
    expect(ids('web=6', currents(), around({ quotas: [] }))).toEqual([]);
    expect(ids('web:memory=1336Mi', currents(), around({ quotas: [] }))).toEqual([]);
    expect(ids('web:memory=1335Mi', currents(), around({ quotas: [] }))).toEqual(['refuse processes']);
  });

  test('an autoscaler has nothing against more memory', () => {
    expect(ids('web:memory=6Gi', currents(), around({ autoscaled: new Set(['web']) }))).toEqual([]);
  });

  test('what is so already is not judged', () => {
    expect(ids('web=1', currents({ web: { isPaused: true } }))).toEqual([]);
  });

  test('what cannot be is not reckoned, and nothing restarts for it', () => {
    expect(ids('ingestion=9')).toEqual(['refuse partitions']);
    expect(ids('clickhouse=2')).toEqual(['refuse fixed']);
    expect(ids('clickhouse=2 clickhouse:cpu=3')).toEqual(['refuse fixed', 'warn restarts']);
  });

  test('partitions that are not known do not refuse', () => {
    expect(ids('ingestion=4', currents(), around({ partitions: new Map() }))).not.toContain('refuse partitions');
  });

  test('the way out of too few partitions', () => {
    const [found] = judge('ingestion=6');
    expect(found?.hint?.(dictionaries.en)).toContain(
      'kubectl -n ns-a exec posthog-kafka-0 -- rpk topic add-partitions events_plugin_ingestion --num 2 -X brokers=posthog-kafka:9092',
    );
  });
});

describe('warns', () => {
  test.each([
    ['ingestion=0', 'stops', 'after 24 h'],
    ['web=0', 'stops', 'nobody can open PostHog'],
    ['worker=0', 'stops', 'background tasks wait'],
    ['capture=0', 'loses-events', 'they are lost'],
    ['replay-capture=0', 'loses-events', 'they are lost'],
    ['plugins=0', 'stops', 'when the retention of its topic ends'],
  ])('%s: %s', (words, id, said) => {
    const there = new Map([
      ...currents(),
      ...(['capture', 'replay-capture', 'plugins'] as const).map((part) => [part, current(part, '1', '1Gi')] as const),
    ]);
    const [found, ...others] = judge(words, there);
    expect([found?.id, found?.verdict, others]).toEqual([id, 'warn', []]);
    expect(found?.message(dictionaries.en)).toContain(said);
    expect(losesEvents([found as Finding])).toBe(id === 'loses-events');
  });

  test('of quota that the platform enlarges by itself', () => {
    expect(ids('web:cpu=4')).toEqual(['warn quota']);
    expect(ids('web:cpu=4', currents(), around({ enlarges: false }))).toEqual(['refuse quota']);
  });

  test('of room that pods which are ending still hold', () => {
    const full = quotaOf({ pods: '20' }, { pods: '20' });
    const ending = { ...noDemand, pods: 1, cpu: 1, memory: 3 * 2 ** 30 };
    expect(ids('worker=2', currents(), around({ quotas: [full] }))).toEqual(['refuse quota']);
    expect(ids('worker=2', currents(), around({ quotas: [full], ending }))).toEqual(['warn quota']);
    expect(ids('worker=3', currents(), around({ quotas: [full], ending }))).toEqual(['refuse quota']);
    // The worker's own old pod ends while the new one is wanted.
    expect(ids('worker:memory=4Gi', currents(), around({ quotas: [full] }))).toEqual(['warn quota']);
    expect(ids('worker=0 web=2', currents(), around({ quotas: [full] }))).toEqual(['warn stops', 'warn quota']);
    const [found] = judge('worker=2', currents(), around({ quotas: [full], ending }));
    expect(found?.message(dictionaries.en)).toContain(
      'pods: 1 more while pods that are ending still count, but 0 of 20',
    );
  });

  test.each([
    [
      'clickhouse:memory=12Gi',
      'small',
      ['insights fail', 'A query may take 3.7 GiB → 5.6 GiB.', 'mark cache: 0.5 GiB → 0.8 GiB.'],
    ],
    ['postgres:memory=4Gi', 'small', ['pages fail', 'Connections: 225 → 450.']],
    // What is the same in the figures that are told is not told.
    ['clickhouse:memory=8300Mi', 'small', ['insights fail', 'A query may take 3.7 GiB → 3.8 GiB.']],
    ['clickhouse:cpu=3', 'small', ['insights fail']],
    // Another program's settings are not known.
    ['clickhouse:memory=12Gi', undefined, ['insights fail']],
  ] as const)('that a store restarts, and what goes with its memory: %s (%s)', (words, size, said) => {
    const [found] = judge(words, currents(), around({ quotas: [], size }));
    expect([found?.id, found?.verdict]).toEqual(['restarts', 'warn']);
    const text = found?.message(dictionaries.en) ?? '';
    for (const each of said) expect(text).toContain(each);
    expect(text.match(/→/g) ?? []).toHaveLength(said.length - 1);
  });

  test('of connections, when this change brings them', () => {
    const many = currents({ ingestion: { replicas: 3 }, web: { replicas: 5 }, worker: { replicas: 7 } });
    expect(ids('ingestion=4', many, around({ quotas: [] }))).toEqual(['warn connections']);
    expect(ids('ingestion=2', many, around({ quotas: [] }))).toEqual([]);
    // Too many as it is: fewer of them are no reason to warn.
    const tooMany = currents({ ingestion: { replicas: 5 }, web: { replicas: 5 }, worker: { replicas: 7 } });
    expect(ids('ingestion=4', tooMany, around({ quotas: [] }))).toEqual([]);
    expect(ids('ingestion=4 postgres:memory=4Gi', many, around({ quotas: [] }))).toEqual(['warn restarts']);
  });
});

describe('costs', () => {
  const gib = 2 ** 30;
  const cost = (words: string, there = currents()) => {
    const { after, needed, peak } = costOf(wantsOf(parseWords(words.split(' ')), there), there);
    const short = ({ pods, cpu, memory }: typeof after) => [pods, cpu, memory / gib];
    return { after: short(after), needed: short(needed), peak: short(peak) };
  };
  test.each([
    // More of the same rolls nothing.
    ['worker=3', { after: [2, 2, 6], needed: [2, 2, 6], peak: [2, 2, 6] }],
    ['web=2', { after: [1, 2, 4], needed: [1, 2, 4], peak: [1, 2, 4] }],
    // Web rolls with one pod more, of the new size.
    ['web:memory=6Gi', { after: [0, 0, 2], needed: [1, 2, 6], peak: [1, 2, 6] }],
    // Worker rolls in its place; the old pod counts until it has ended.
    ['worker:memory=4Gi', { after: [0, 0, 1], needed: [0, 0, 1], peak: [1, 1, 4] }],
    // The old pod is still there beside the new one.
    ['web:cpu=1', { after: [0, -1, 0], needed: [1, 1, 4], peak: [1, 1, 4] }],
    // More of a smaller kind: at the end the last old one is beside all the new ones.
    ['web=2 web:cpu=1', { after: [1, 0, 4], needed: [2, 2, 8], peak: [2, 2, 8] }],
    // A StatefulSet waits until its pod is gone.
    ['clickhouse:memory=12Gi', { after: [0, 0, 4], needed: [0, 0, 4], peak: [0, 0, 4] }],
    // One after the other: what the first has taken is taken when the second rolls.
    ['worker=2 web:memory=6Gi', { after: [1, 1, 5], needed: [2, 3, 9], peak: [2, 3, 9] }],
    // What the first gives back is there for the second, but not before its pods have ended.
    ['ingestion:memory=1Gi worker:memory=4Gi', { after: [0, 0, 0], needed: [0, 0, 0], peak: [1, 1, 4] }],
    ['worker=0 web=2', { after: [0, 1, 1], needed: [0, 1, 1], peak: [1, 2, 4] }],
    ['capture=2', { after: [0, 0, 0], needed: [0, 0, 0], peak: [0, 0, 0] }],
  ])('%s', (words, expected) => {
    expect(cost(words)).toEqual(expected);
  });

  test('of what has not come yet: only what is there is given back, and no more of it comes', () => {
    // It was 2 cores, shall be 16, and none of the new kind has come.
    const stuck = currents({ web: { cpu: '16', podCost: podOf('16', '4Gi'), rollout: rollingOut({ isStuck: true }) } });
    expect(cost('web:cpu=2', stuck)).toEqual({ after: [0, 0, 0], needed: [1, 2, 4], peak: [1, 2, 4] });
    const three = currents({ web: { replicas: 3, rollout: rollingOut() } });
    expect(cost('web=1', three)).toEqual({ after: [0, 0, 0], needed: [0, 0, 0], peak: [0, 0, 0] });
  });
});

test('autoscalers by what they aim at', () => {
  const scaler = (kind: string, name: string) => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: { scaleTargetRef: { kind, name } },
  });
  const all = [
    scaler('Deployment', 'posthog'),
    scaler('Deployment', 'other-worker'),
    scaler('StatefulSet', 'posthog-worker'),
  ];
  expect([...autoscaledIn(all, 'posthog')]).toEqual(['web']);
});
