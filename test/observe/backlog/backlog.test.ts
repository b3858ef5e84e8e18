/** What waits in topics, by looks at the broker's marks. */
import { describe, expect, test } from 'vitest';
import { backlogs, type Look, readerOf } from '../../../source/observe/backlog/backlog.ts';
import type { Marks } from '../../../source/observe/backlog/marks.ts';
import { withLook } from '../../../source/observe/ring.ts';
import { numbersFrom } from '../../../source/sandbox/numbers.ts';

const topic = 'events_plugin_ingestion';
const group = 'clickhouse-ingestion';

type Partitions = readonly (readonly [end: number, read: number])[];

/** One look: the end of each partition and how far it is read. */
const lookAt = (second: number, ...partitions: Partitions): Look => lookOf(group, undefined, second, partitions);

function lookOf(group: string, members: number | undefined, second: number, partitions: Partitions): Look {
  const of = (at: 0 | 1) => new Map(partitions.map((each, index) => [String(index), each[at]]));
  const marks: Marks = {
    topics: new Map([[topic, of(0)]]),
    groups: new Map([[group, new Map([[topic, of(1)]])]]),
    members: new Map(members === undefined ? [] : [[group, members]]),
  };
  return { at: second * 1000, marks };
}
const backlogAfter = (...looks: readonly Look[]) =>
  backlogs(looks.reduce(withLook, [] as readonly Look[])).get('ingestion');

describe('one partition', () => {
  test.each<[name: string, looks: readonly Look[], expected: object]>([
    ['seen once is counted, no more', [lookAt(0, [100, 40])], { waiting: 60, inPerS: undefined, emptyInS: undefined }],
    [
      'all read',
      [lookAt(0, [100, 100]), lookAt(5, [150, 150])],
      { waiting: 0, emptyInS: 0, oldestS: 0, inPerS: 10, outPerS: 10 },
    ],
    ['falls', [lookAt(0, [1000, 0]), lookAt(10, [1000, 100])], { waiting: 900, outPerS: 10, emptyInS: 90 }],
    [
      'grows',
      [lookAt(0, [1000, 0]), lookAt(20, [2000, 200])],
      { waiting: 1800, inPerS: 50, outPerS: 10, emptyInS: 'never' },
    ],
    ['grows, but was seen for too short', [lookAt(0, [1000, 0]), lookAt(5, [1500, 100])], { emptyInS: undefined }],
    ['falls, but was seen for too short', [lookAt(0, [1000, 0]), lookAt(5, [1100, 300])], { emptyInS: undefined }],
    ['grows over two commits, nearly', [lookAt(0, [1000, 0]), lookAt(9.5, [2000, 200])], { emptyInS: 'never' }],
    [
      'more than is on its way is seen at once',
      [lookAt(0, [1100, 0]), lookAt(5, [1550, 400])],
      { waiting: 1150, inPerS: 90, outPerS: 80, emptyInS: undefined },
    ],
    ['stands still', [lookAt(0, [1000, 0]), lookAt(30, [1000, 0])], { waiting: 1000, emptyInS: 'never' }],
    [
      'read in batches, always a little behind',
      [lookAt(0, [1000, 900]), lookAt(10, [1100, 1000])],
      { waiting: 100, emptyInS: 0, oldestS: 10 },
    ],
    [
      'more than is on its way for a moment',
      [lookAt(0, [10_000, 9_500]), lookAt(10, [11_000, 9_500]), lookAt(20, [12_000, 11_400])],
      { waiting: 600, emptyInS: 0 },
    ],
    [
      'as little as is on its way, but nobody reads',
      [lookAt(0, [0, 0]), lookAt(5, [500, 0])],
      { inPerS: 100, outPerS: 0, emptyInS: undefined },
    ],
    [
      'looks too close to each other',
      [lookAt(0, [10, 0]), lookAt(3, [100, 5])],
      { inPerS: undefined, emptyInS: undefined },
    ],
    [
      'only the last half minute counts',
      [lookAt(0, [0, 0]), lookAt(60, [6000, 0]), lookAt(90, [6000, 300])],
      { inPerS: 0, outPerS: 10 },
    ],
    [
      'a topic made anew',
      [lookAt(0, [9000, 9000]), lookAt(10, [100, 40]), lookAt(20, [200, 140])],
      { waiting: 60, inPerS: 10, outPerS: 10 },
    ],
    [
      'a topic made anew, of which no more was read',
      [lookAt(0, [9000, 20]), lookAt(10, [100, 40]), lookAt(20, [200, 140])],
      { waiting: 60, inPerS: 10, outPerS: 10 },
    ],
    [
      'only the last six commits count',
      [lookAt(0, [0, 0]), lookAt(10, [1000, 0]), lookAt(30, [1200, 200]), lookAt(40, [1300, 300])],
      { inPerS: 10, outPerS: 10 },
    ],
    [
      'a group set back',
      [lookAt(0, [900, 800]), lookAt(10, [900, 0])],
      { waiting: 900, inPerS: undefined, emptyInS: undefined },
    ],
    ['a gap of two minutes', [lookAt(0, [0, 0]), lookAt(120, [1200, 0])], { waiting: 1200, inPerS: undefined }],
    ['read further than it is written', [lookAt(0, [10, 12]), lookAt(5, [10, 12])], { waiting: 0, emptyInS: 0 }],
  ])('%s', (_, looks, expected) => {
    expect(backlogAfter(...looks)).toMatchObject(expected);
  });

  test.each<[name: string, looks: readonly Look[], oldestS: number | undefined]>([
    [
      'is seen to arrive',
      [lookAt(0, [100, 100]), lookAt(20, [100, 100]), lookAt(30, [200, 100]), lookAt(40, [300, 100])],
      20,
    ],
    ['arrived between two looks', [lookAt(0, [100, 50]), lookAt(10, [200, 150]), lookAt(20, [200, 150])], 15],
    ['arrived before the first look', [lookAt(0, [1000, 0]), lookAt(10, [1100, 100])], 100],
    ['nobody knows', [lookAt(0, [1000, 0])], undefined],
    ['at least as long as it is looked at', [lookAt(0, [1000, 0]), lookAt(10, [1000, 0])], 10],
  ])('the oldest event that waits: %s', (_, looks, oldestS) => {
    expect(backlogAfter(...looks)?.oldestS).toEqual(oldestS);
  });
});

describe('several partitions', () => {
  test('are empty when the slowest is, and as old as the oldest', () => {
    const found = backlogAfter(lookAt(0, [1000, 0], [1000, 900]), lookAt(10, [1000, 100], [1000, 990]));
    expect(found).toMatchObject({ waiting: 910, outPerS: 19, emptyInS: 90, oldestS: 10 });
    expect(found?.topics[0]?.partitions.map(({ waiting }) => waiting)).toEqual([900, 10]);
  });

  test('keep their numbers where nothing was ever read of those before them', () => {
    const look = lookAt(0, [1000, 0], [1000, 900]);
    const read = new Map([[group, new Map([[topic, new Map([['1', 900]])]])]]);
    const found = backlogAfter({ ...look, marks: { ...look.marks, groups: read } });
    expect(found?.topics[0]?.partitions).toMatchObject([{ partition: '1', waiting: 100 }]);
  });

  test('one that nobody reads is never empty, whatever the others do', () => {
    expect(backlogAfter(lookAt(0, [1000, 0], [500, 500]), lookAt(20, [1000, 900], [600, 500]))?.emptyInS).toBe('never');
  });

  test('one that comes later counts from then on', () => {
    expect(
      backlogAfter(lookAt(0, [100, 0]), lookAt(10, [100, 50], [7, 0]), lookAt(30, [100, 100], [7, 0])),
    ).toMatchObject({
      waiting: 7,
      emptyInS: 'never',
    });
  });
});

describe('as many as is on the way between two commits', () => {
  test.each([
    ['clickhouse-ingestion', 'ingestion', 10],
    ['property-defs-rs', 'property-defs', 10],
    ['group1', 'clickhouse', 15],
    ['session-recordings-blob-v2', 'replay-ingestion', 20],
  ] as const)('of %s: what %s takes %d s for', (name, component, seconds) => {
    const emptyInS = (waiting: number) => {
      const looks = [0, 20].map((at) => lookOf(name, undefined, at, [[100 * at + waiting, 100 * at]]));
      return backlogs(looks).get(component)?.emptyInS;
    };
    expect([emptyInS(100 * seconds), emptyInS(100 * seconds + 1)]).toEqual([0, 'never']);
  });
});

describe('when others read', () => {
  /** 100 come each second; each member reads 50. */
  const looks = (...membersAt: readonly number[]) => {
    let read = 0;
    return membersAt.map((members, index) => {
      const look = lookOf(group, members, index * 5, [[10_000 + index * 500, read]]);
      read += members * 250;
      return look;
    });
  };

  test.each<[name: string, membersAt: readonly number[], expected: object]>([
    ['only what they read since counts', [1, 1, 1, 4, 4, 4], { inPerS: 100, outPerS: 200, emptyInS: 97.5 }],
    ['what grew before is taken to grow until it shows', [1, 1, 1, 2, 2], { outPerS: 62.5, emptyInS: 'never' }],
    ['and no longer, though how fast it falls is not known yet', [1, 1, 1, 5, 5], { emptyInS: undefined }],
    ['what fell before is not said to fall', [4, 4, 4, 1, 1], { outPerS: 162.5, emptyInS: undefined }],
    ['and what does not fall any more is told', [4, 4, 4, 1, 1, 1], { outPerS: 50, emptyInS: 'never' }],
    ['who comes and goes does not hide that it grows', [1, 0, 1, 0, 1, 0, 1, 0], { emptyInS: 'never' }],
  ])('%s', (_, membersAt, expected) => {
    expect(backlogAfter(...looks(...membersAt))).toMatchObject(expected);
  });
});

test('a backlog that falls is told until as little is left as one commit brings', () => {
  // 100 come each second, 160 are read.
  const looks = [0, 5, 10, 15, 20, 25].map((at) => lookAt(at, [1_800 + 100 * at, 160 * at]));
  const told = looks.map((_, index) => {
    const { waiting, emptyInS } = backlogAfter(...looks.slice(0, index + 1)) ?? {};
    return [waiting, emptyInS];
  });
  expect(told).toEqual([
    [1_800, undefined],
    [1_500, undefined],
    [1_200, 20],
    [900, 15],
    [600, 10],
    [300, 0],
  ]);
});

test('what others let grow is not taken for what is on the way while it is worked off', () => {
  // 900 come each second; one reads 500, from the fourth look on three read 1,500.
  const lookWith = (index: number, members: number, waiting: number) =>
    lookOf(group, members, index * 5, [[20_000 + index * 4_500, 20_000 + index * 4_500 - waiting]]);
  const before = [lookWith(0, 1, 10_000), lookWith(1, 1, 12_000), lookWith(2, 1, 14_000), lookWith(3, 3, 12_000)];
  expect(backlogAfter(...before, lookWith(4, 3, 8_900))).toMatchObject({ waiting: 8_900, emptyInS: undefined });
  expect(backlogAfter(...before, lookWith(4, 3, 4_400))).toMatchObject({ waiting: 4_400, emptyInS: 0 });
  // 500 a second less.
  const falling = [...before, lookWith(4, 3, 11_000), lookWith(5, 3, 8_500)];
  expect(backlogAfter(...falling)).toMatchObject({ waiting: 8_500, emptyInS: 8_500 / 350 });
});

test('what is on the way is none where a single commit may have been less', () => {
  // 100 come each second, 120 seem to be read.
  expect(backlogAfter(lookAt(0, [1_100, 0]), lookAt(10, [2_100, 1_200]))).toMatchObject({ waiting: 900, emptyInS: 0 });
});

/** Four partitions that are written and read at even rates, in rounds of five seconds. */
test('the time until it is empty comes true', () => {
  const numbers = numbersFrom(7);
  for (let round = 0; round < 200; round += 1) {
    const flows = Array.from({ length: 4 }, () => {
      const into = Math.floor(numbers() * 200);
      return { into, out: into + 1 + Math.floor(numbers() * 300), start: Math.floor(numbers() * 50_000) };
    });
    const at = (second: number) =>
      lookAt(
        second,
        ...flows.map(({ into, out, start }) => {
          const end = start + into * second;
          return [end, Math.min(end, out * second)] as const;
        }),
      );
    const emptyAt = (second: number) => flows.every(({ into, out, start }) => out * second >= start + into * second);
    const found = backlogAfter(at(0), at(5), at(10));
    const { emptyInS } = found ?? {};
    if (typeof emptyInS !== 'number') throw new Error(`round ${round}: ${emptyInS}`);
    // What is only on the way counts as none.
    if (emptyInS === 0) continue;
    expect(emptyAt(10 + emptyInS + 1e-6)).toBe(true);
    if (emptyInS > 1) expect(emptyAt(10 + emptyInS - 1)).toBe(false);
  }
});

test('the trend keeps its ends and is short', () => {
  const looks = Array.from({ length: 100 }, (_, index) => lookAt(index * 5, [index * 10, 0]));
  const trend = backlogAfter(...looks)?.trend ?? [];
  expect([trend.length, trend[0], trend.at(-1)]).toEqual([12, 0, 990]);
});

test('what is older than half an hour is let go', () => {
  const looks = Array.from({ length: 1000 }, (_, index) => lookAt(index * 5, [0, 0])).reduce(
    withLook,
    [] as readonly Look[],
  );
  expect(looks).toHaveLength(361);
});

test.each([
  ['clickhouse-ingestion', 'ingestion'],
  ['clickhouse-ingestion-historical', 'ingestion'],
  ['cdp-processed-events-consumer', 'plugins'],
  ['session-recordings-blob-v2', 'replay-ingestion'],
  ['property-defs-rs', 'property-defs'],
  ['group1', 'clickhouse'],
  ['livestream', undefined],
])('%s is read by %s', (name, component) => {
  expect(readerOf(name)).toBe(component);
});
