/** The log of a container that writes it into a file, against a file that grows, is cut off and is not there. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { ApiError, ConnectionError } from '../../source/cluster/index.ts';
import type { ExecResult } from '../../source/cluster/types.ts';
import { type Position, readFileOf, stampLines } from '../../source/logs/tail/file.ts';
import type { LiveRun } from '../../source/logs/tail/run.ts';
import type { TailEvent, TailRequest, Waiting } from '../../source/logs/types.ts';
import { settle, TestClock } from '../support/test-clock.ts';

const path = '/data/running.log';
const lineAt = (second: number, text = 'Background saving terminated with success') =>
  `1:M 23 Nov 2026 10:00:${String(second).padStart(2, '0')}.250 * ${text}`;
const stamp = (second: number) => `2026-11-23T10:00:${String(second).padStart(2, '0')}.250000000Z`;

/** A container whose commands see this file. */
function reading({ follow = true, ...past }: Partial<Pick<TailRequest, 'follow' | 'tailLines' | 'since'>> = {}) {
  const clock = new TestClock();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const live = {
    run: { component: 'redis', pod: 'posthog-redis-redis-0', container: 'redis', kind: 'app', restart: 0 } as const,
    place: 'here' as const,
    startedAt: Number.NaN,
    end: undefined as LiveRun['end'],
    ended,
  };
  const container = {
    file: Buffer.alloc(0) as Buffer | undefined,
    failure: undefined as Error | undefined,
    asked: 0,
    exitCode: 0,
    /** What happens between two commands. */
    between: () => {},
    write: (...lines: readonly string[]) => {
      const text = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
      container.file = Buffer.concat([container.file ?? Buffer.alloc(0), text]);
    },
    end: () => {
      live.end = { exitCode: 0, reason: 'Completed' };
      resolve();
    },
  };
  const told: TailEvent[] = [];
  const waits: (Waiting | undefined)[] = [];
  const stop = new AbortController();
  onTestFinished(() => stop.abort(new Error('over')));
  const exec = async (_: string, [, , script = '']: readonly string[]): Promise<ExecResult> => {
    container.asked += 1;
    if (container.failure) throw container.failure;
    let stdout = '';
    for (const line of script.split('; ')) {
      const commands = line.split(' | ');
      const printed = commands.reduce((text, command) => run(command, text, container.file), '');
      container.between();
      // As a shell does: what follows is run nevertheless.
      if (container.file) stdout += printed;
      else if (line === 'date +%z') stdout += '+0000\n';
    }
    expect(stdout.length).toBeLessThan(8 * 2 ** 20);
    return { exitCode: container.exitCode, stdout, stderr: container.file ? '' : "can't open" };
  };
  const position: Position = { at: undefined, stamp: '', past };
  return {
    clock,
    container,
    waits,
    begin: () => {
      const over = readFileOf(
        live,
        path,
        follow,
        position,
        {
          cluster: { exec },
          clock,
          random: () => 0.5,
          tell: (event) => void told.push(event),
          wait: (waiting) => waits.push(waiting),
        },
        stop.signal,
      );
      over.catch(() => {});
      return over;
    },
    types: () => told.map((event) => (event.type === 'marker' ? event.marker.type : event.type)),
    text: () => told.map((event) => (event.type === 'lines' ? event.bytes.toString('latin1') : '')).join(''),
  };
}

/** As the tools of a container do it, on what comes through the pipe or else on the file. */
function run(command: string, piped: string, file: Buffer = Buffer.alloc(0)): string {
  if (command === 'date +%z') return '+0000\n';
  if (command === 'true') return '';
  const [, name, option, plus, count = '0'] = /^(\w+)(?: -(\w))?(?: (\+)?(\d+))?/.exec(command) ?? [];
  const text = command.includes(path) ? file.toString('latin1') : piped;
  const lines = () => text.split(/(?<=\n)/);
  switch (`${name} -${option}`) {
    case 'wc -c':
      return `${text.length}\n`;
    case 'head -c':
      return text.slice(0, Number(count));
    case 'head -n':
      return lines().slice(0, Number(count)).join('');
    case 'tail -c':
      return text.slice(plus ? Number(count) - 1 : -Number(count));
    case 'tail -n':
      return count === '0' ? '' : lines().slice(-Number(count)).join('');
    default:
      throw new Error(`${command}: not found`);
  }
}

describe('a log in a file', () => {
  test('is read as it grows, whole lines only, and closed with its run', async () => {
    const { begin, container, clock, text, types } = reading();
    container.write(lineAt(1), lineAt(2));
    const over = begin();
    await settle();
    container.file = Buffer.concat([container.file as Buffer, Buffer.from(lineAt(3).slice(0, 20))]);
    await clock.pass(5_000);
    expect(text()).toBe(`${stamp(1)} ${lineAt(1)}\n${stamp(2)} ${lineAt(2)}\n`);
    container.file = Buffer.concat([container.file, Buffer.from(`${lineAt(3).slice(20)}\n`)]);
    container.end();
    await clock.pass(5_000);
    await over;
    expect(text().endsWith(`${stamp(3)} ${lineAt(3)}\n`)).toBe(true);
    expect(types()).toEqual(['opened', 'lines', 'lines', 'closed']);
  });

  test('keeps every byte, and counts bytes, not letters', async () => {
    const { begin, container, clock, text } = reading();
    const odd = lineAt(1, Buffer.from('键 \xff\xfe', 'latin1').toString('latin1'));
    container.write(odd);
    void begin();
    await settle();
    container.write(lineAt(2));
    await clock.pass(5_000);
    expect(text()).toBe(`${stamp(1)} ${odd}\n${stamp(2)} ${lineAt(2)}\n`);
  });

  test('goes on where it was after connections that broke', async () => {
    const { begin, container, clock, text, waits } = reading();
    container.write(lineAt(1));
    void begin();
    await settle();
    container.failure = new ConnectionError('reset', 'gone');
    container.write(lineAt(2));
    await clock.pass(20_000);
    container.failure = undefined;
    await clock.pass(20_000);
    expect(text()).toBe(`${stamp(1)} ${lineAt(1)}\n${stamp(2)} ${lineAt(2)}\n`);
    expect(waits).toContainEqual({ type: 'away', message: 'reset: gone' });
    expect(waits.at(-1)).toBeUndefined();
  });

  test('that begins anew is marked and read from its start', async () => {
    const { begin, container, clock, text, types } = reading();
    container.write(lineAt(1), lineAt(2));
    void begin();
    await settle();
    container.file = Buffer.from(`no time\n${lineAt(9)}\n`);
    await clock.pass(5_000);
    expect(text().endsWith(`${stamp(2)} ${lineAt(2)}\n no time\n${stamp(9)} ${lineAt(9)}\n`)).toBe(true);
    expect(types()).toEqual(['opened', 'lines', 'gap', 'lines']);
  });

  test.each([
    [{ tailLines: 2 }, [8, 9]],
    [{ since: Date.parse('2026-11-23T10:00:07Z') / 1000 }, [7, 8, 9]],
    [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('gives of its past what is asked for: %j', async (asked, seconds) => {
    const { begin, container, text } = reading({ follow: false, ...asked });
    container.write(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((second) => lineAt(second)));
    await begin();
    expect(text()).toBe(seconds.map((second) => `${stamp(second)} ${lineAt(second)}\n`).join(''));
  });

  test('longer than is read at once comes whole', async () => {
    const { begin, container, text } = reading({ follow: false });
    container.write(...Array.from({ length: 120_000 }, (_, index) => lineAt(index % 60, `line ${index}`)));
    await begin();
    expect(text().split('\n').length - 1).toBe(120_000);
    expect(container.asked).toBeGreaterThan(1);
  });

  test.each([{ tailLines: 2 }, { tailLines: 0 }, { since: 0 }, {}])(
    'that grows while it is read comes once: %j',
    async (past) => {
      const { begin, container, clock, text } = reading(past);
      container.write(...[1, 2, 3].map((second) => lineAt(second)));
      let second = 3;
      container.between = () => ++second < 40 && container.write(lineAt(second));
      void begin();
      await clock.pass(60_000);
      const [first = 0] = /\d\d(?=\.250 )/.exec(text())?.map(Number) ?? [];
      const asked = Array.from({ length: 40 - first }, (_, index) => lineAt(first + index));
      expect(first).toBeLessThan(8);
      expect(text()).toBe(asked.map((line, index) => `${stamp(first + index)} ${line}\n`).join(''));
    },
  );

  test('that is longer than a command may print is looked back at piece by piece', async () => {
    const { begin, container, text } = reading({ follow: false, since: 1 });
    const long = 'x'.repeat(10_000);
    container.write(lineAt(1), ...Array.from({ length: 2000 }, (_, index) => lineAt(2, `${index} ${long}`)));
    await begin();
    // It begins with a whole line, so far back as is looked.
    expect(text().length).toBeGreaterThan(16 * 2 ** 20);
    expect(text().startsWith(`${stamp(2)} 1:M `)).toBe(true);
    const told = text()
      .split('\n')
      .slice(0, -1)
      .map((line) => Number(/ (\d+) x/.exec(line)?.[1]));
    expect(told).toEqual(Array.from({ length: told.length }, (_, index) => 2000 - told.length + index));
  });

  test('whose lines without a time stand at the seam of two pieces leaves out all that is old', async () => {
    const { begin, container, text } = reading({ follow: false, since: Date.parse('2026-11-23T10:00:07Z') / 1000 });
    container.write(
      lineAt(1),
      ...Array.from({ length: 60_000 }, () => 'x'.repeat(100)),
      lineAt(8),
      'with a second line',
    );
    await begin();
    expect(text()).toBe(`${stamp(8)} ${lineAt(8)}\n${stamp(8)} with a second line\n`);
  });

  test('that never is there says nothing, and is read from its start when it comes', async () => {
    const { begin, container, clock, text, types, waits } = reading({ tailLines: 1 });
    container.file = undefined;
    void begin();
    await clock.pass(600_000);
    expect([...types(), ...waits.filter(Boolean)]).toEqual([]);
    expect(container.asked).toBeLessThan(100);
    container.write(lineAt(1), lineAt(2));
    await clock.pass(60_000);
    expect(text()).toBe(`${stamp(1)} ${lineAt(1)}\n${stamp(2)} ${lineAt(2)}\n`);
  });

  test('that never is there is not waited for without follow, nor for longer than its run', async () => {
    for (const follow of [true, false]) {
      const { begin, container, types, waits } = reading({ follow });
      container.file = undefined;
      if (follow) container.end();
      await begin();
      expect([...types(), ...waits.filter(Boolean)]).toEqual([]);
    }
  });

  test.each([
    ['is away', 'away', { file: undefined }],
    ['cannot be read', 'away', { exitCode: 137 }],
    ['may not be read', 'forbidden', { failure: new ApiError({ code: 403, message: 'no' }) }],
  ])('that %s for a while is gone on with', async (_, why, spoilt) => {
    const { begin, container, clock, text, types, waits } = reading();
    container.write(lineAt(1));
    void begin();
    await settle();
    const { file } = container;
    Object.assign(container, spoilt);
    await clock.pass(30_000);
    expect(waits.at(-1)?.type).toBe(why);
    Object.assign(container, { file, exitCode: 0, failure: undefined });
    container.write(lineAt(2));
    await clock.pass(12_000);
    expect(waits.at(-1)).toBeUndefined();
    container.write(lineAt(3));
    await clock.pass(3000);
    expect(text()).toBe([1, 2, 3].map((second) => `${stamp(second)} ${lineAt(second)}\n`).join(''));
    expect(types()).toEqual(['opened', 'lines', 'lines', 'lines']);
  });

  test('that cannot be read any more ends with its run', async () => {
    const { begin, container, clock, types, waits } = reading();
    container.write(lineAt(1));
    const over = begin();
    await settle();
    container.failure = new ConnectionError('reset', 'gone');
    await clock.pass(10_000);
    expect(waits.at(-1)?.type).toBe('away');
    container.end();
    await over;
    expect(waits.at(-1)).toBeUndefined();
    expect(types()).toEqual(['opened', 'lines', 'closed']);
  });

  test('that cannot be read is given up without follow, and asked for less and less often with it', async () => {
    const asked = [];
    for (const follow of [true, false]) {
      const { begin, container, clock } = reading({ follow });
      container.failure = new ConnectionError('reset', 'gone');
      const over = begin();
      await clock.pass(600_000);
      asked.push(container.asked);
      if (!follow) await over;
    }
    expect(asked[0]).toBeLessThan(100);
    expect(asked[1]).toBe(4);
  });

  test('that may not be read says which right is missing', async () => {
    const { begin, container, types, waits } = reading();
    container.failure = new ApiError({ code: 403, message: 'no' });
    await begin();
    expect(types()).toEqual([]);
    expect(waits).toEqual([{ type: 'forbidden', right: 'create pods/exec' }]);
  });
});

test.each([
  ['+0000', lineAt(1), `${stamp(1)} ${lineAt(1)}\n`],
  ['+0800', lineAt(1), `2026-11-23T10:00:01.250000000+08:00 ${lineAt(1)}\n`],
  ['+0000', `${lineAt(1)}\n  of several lines`, `${stamp(1)} ${lineAt(1)}\n${stamp(1)}   of several lines\n`],
  ['+0000', 'no time at all', ' no time at all\n'],
])('the time of a line (%s): %j', (zone, lines, stamped) => {
  expect(stampLines(Buffer.from(`${lines}\n`), { zone, since: undefined, stamp: '' }).bytes.toString()).toBe(stamped);
});
