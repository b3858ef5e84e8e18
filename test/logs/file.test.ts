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
    end: undefined as LiveRun['end'],
    ended,
  };
  const container = {
    file: Buffer.alloc(0) as Buffer | undefined,
    failure: undefined as Error | undefined,
    asked: 0,
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
    const { file } = container;
    if (!file) return { exitCode: 1, stdout: '+0000\n', stderr: 'no such file' };
    const [, plus, bytes] = /tail -c (\+?)(\d+)/.exec(script) ?? [];
    const [, lines] = /tail -n (\d+)/.exec(script) ?? [];
    const [, most = '1e9'] = /head -c (\d+)/.exec(script) ?? [];
    const text = file.toString('latin1');
    const part = plus
      ? text.slice(Number(bytes) - 1, Number(bytes) - 1 + Number(most))
      : bytes
        ? text.slice(-Number(bytes))
        : text
            .split('\n')
            .slice(-1 - Number(lines))
            .join('\n');
    return { exitCode: 0, stdout: `+0000\n${file.length}\n${part}`, stderr: '' };
  };
  const position: Position = { at: undefined, past };
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
    container.file = Buffer.from(`${lineAt(9)}\n`);
    await clock.pass(5_000);
    expect(text().endsWith(`${stamp(2)} ${lineAt(2)}\n${stamp(9)} ${lineAt(9)}\n`)).toBe(true);
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

  test('that is not there is not waited for, and says nothing', async () => {
    const { begin, container, types, waits } = reading();
    container.file = undefined;
    await begin();
    expect([...types(), ...waits]).toEqual([]);
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
  expect(stampLines(Buffer.from(`${lines}\n`), zone, undefined).toString()).toBe(stamped);
});
