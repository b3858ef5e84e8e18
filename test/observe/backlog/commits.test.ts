/** Groups that commit in batches, as real ones do: what only is on the way is no backlog, and one that grows is found soon. */
import { expect, test } from 'vitest';
import { type Backlog, backlogs, type EmptyIn, type Look } from '../../../source/observe/backlog/backlog.ts';
import { isBehind } from '../../../source/observe/figures.ts';
import { withLook } from '../../../source/observe/ring.ts';
import { numbersFrom } from '../../../source/sandbox/numbers.ts';
import { componentOf } from '../../../source/stack/components.ts';
import type { ComponentId } from '../../../source/stack/types.ts';

const topic = 'a_topic';
const readers = [
  ['clickhouse-ingestion', 'ingestion'],
  ['group1', 'clickhouse'],
  ['session-recordings-blob-v2', 'replay-ingestion'],
] as const;

interface Site {
  readonly group: string;
  readonly component: ComponentId;
  readonly numbers: () => number;
  /** Events a second that come, and that its members can handle together. */
  readonly comes: number;
  readonly able: number;
  /** What waits at the beginning. */
  readonly waiting?: number;
}

interface Told {
  readonly second: number;
  readonly emptyInS: EmptyIn;
  readonly behind: boolean;
}

/** What a console tells of it over three minutes, looking every five seconds or a little later. */
function seen({ group, component, numbers, comes, able, waiting = 0 }: Site): readonly Told[] {
  const every = componentOf(component).commitsEveryS;
  const members = 1 + Math.floor(numbers() * 3);
  const phases = Array.from({ length: members }, () => numbers() * every);
  const partitions = Array.from({ length: 6 }, (_, partition) => ({
    phase: phases[partition % members] as number,
    handled: 0,
    committed: 0,
  }));
  const [step, share] = [0.25, 1 / partitions.length];
  let looks: readonly Look[] = [];
  const told: Told[] = [];
  let [next, last] = [numbers() * 5, 0];
  for (let second = step; second <= 180; second += step) {
    const end = (waiting + comes * second) * share;
    for (const each of partitions) {
      // A second goes by between an event's arrival and its having been handled.
      const arrived = (waiting + comes * Math.max(0, second - 1)) * share;
      each.handled = Math.min(arrived, each.handled + able * share * step);
      if (Math.floor((second + each.phase) / every) > Math.floor((last + each.phase) / every))
        each.committed = each.handled;
    }
    last = second;
    if (second < next) continue;
    next = second + 5 + numbers() * 0.5;
    const marksOf = (of: (index: number) => number) =>
      new Map(partitions.map((_, index) => [String(index), Math.floor(of(index))]));
    const marks = {
      topics: new Map([[topic, marksOf(() => end)]]),
      groups: new Map([[group, new Map([[topic, marksOf((index) => partitions[index]?.committed ?? 0)]])]]),
      members: new Map([[group, members]]),
    };
    looks = withLook(looks, { at: second * 1000, marks });
    const backlog = backlogs(looks).get(component) as Backlog;
    told.push({ second, emptyInS: backlog.emptyInS, behind: isBehind(backlog) });
  }
  return told;
}

test.each(readers)('%s of %s that keeps up is never behind, and nothing is said to wait for it', (group, component) => {
  const numbers = numbersFrom(3);
  for (let round = 0; round < 200; round += 1) {
    const comes = 20 + numbers() * 3_000;
    const told = seen({ group, component, numbers, comes, able: comes * (1.2 + numbers()) });
    expect(
      told.filter(({ behind }) => behind),
      `round ${round}`,
    ).toEqual([]);
    const late = told.filter(({ second }) => second > 30);
    expect(
      late.filter(({ emptyInS }) => emptyInS !== 0),
      `round ${round}`,
    ).toEqual([]);
  }
});

test.each(readers)('%s of %s that does not keep up is found at the next looks', (group, component) => {
  const numbers = numbersFrom(5);
  for (let round = 0; round < 200; round += 1) {
    const able = 20 + numbers() * 3_000;
    const comes = able * (1.2 + numbers());
    const moreThanOnTheWayS = (2 * componentOf(component).commitsEveryS * comes) / (comes - able);
    const found = seen({ group, component, numbers, comes, able }).find(({ behind }) => behind);
    expect(found?.second, `round ${round}`).toBeLessThan(moreThanOnTheWayS + 6);
  }
});

test.each(readers)('%s of %s that works off what waits is not said to fall behind', (group, component) => {
  const numbers = numbersFrom(9);
  const offs: number[] = [];
  for (let round = 0; round < 200; round += 1) {
    const comes = 20 + numbers() * 3_000;
    const able = comes * (1.2 + 0.8 * numbers());
    const emptyAtS = 300;
    const all = seen({ group, component, numbers, comes, able, waiting: (able - comes) * emptyAtS });
    for (const { second, emptyInS, behind } of all) {
      if (second < 7 * componentOf(component).commitsEveryS) continue;
      expect([typeof emptyInS, behind], `round ${round}, ${second}`).toEqual(['number', false]);
      offs.push((emptyInS as number) / (emptyAtS - second));
    }
  }
  const middle = offs.toSorted((one, other) => one - other)[Math.floor(offs.length / 2)];
  expect(middle).toBeGreaterThan(0.9);
  expect(middle).toBeLessThan(1.5);
});
