/** A tail against a node that does its worst. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import type { Cluster } from '../../source/cluster/types.ts';
import { copyRun } from '../../source/logs/tail/copy.ts';
import { longestLine } from '../../source/logs/tail/framing.ts';
import { tail } from '../../source/logs/tail/tail.ts';
import type { TailEvent, TailRequest } from '../../source/logs/types.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';
import { settle, TestClock } from '../support/test-clock.ts';
import { FakeNode } from './node.ts';

function tailing(more: Partial<TailRequest> = {}) {
  const clock = new TestClock();
  const node = new FakeNode(clock);
  const told: TailEvent[] = [];
  const stop = new AbortController();
  const request: TailRequest = { app: 'posthog', components: ['web'], follow: true, previous: false, ...more };
  onTestFinished(() => stop.abort(new Error('over')));
  return {
    clock,
    node,
    told,
    stop,
    begin() {
      const over = tail(
        node as unknown as Cluster,
        { clock, random: () => 0.5 },
        request,
        (event) => void told.push(event),
        stop.signal,
      );
      over.catch(() => {});
      return over;
    },
    /** What was told of each run of the pod, in its order. */
    read(pod: string): readonly string[] {
      const runs = new Map<number, string>();
      for (const event of told)
        if (event.type === 'lines' && event.run.pod === pod)
          runs.set(event.run.restart, (runs.get(event.run.restart) ?? '') + event.bytes.toString());
      return [...runs.entries()].sort(([one], [other]) => one - other).map(([, text]) => text);
    },
    marks: () => told.flatMap((event) => (event.type === 'marker' ? [event.marker] : [])),
    waits: () => told.flatMap((event) => (event.type === 'waiting' ? [event.waiting?.type] : [])),
  };
}

describe('a stream', () => {
  test('is read as it is written, by every pod that comes', async () => {
    const { node, begin, read, clock, waits } = tailing();
    void begin();
    await settle();
    expect(waits()).toEqual(['no-pods']);
    node.start('web-a');
    node.write('web-a', 'one');
    await clock.pass(10);
    node.start('web-b');
    node.write('web-b', 'two');
    node.write('web-a', 'three');
    await clock.pass(10);
    expect(read('web-a')).toEqual(node.written('web-a'));
    expect(read('web-b')).toEqual(node.written('web-b'));
    expect(waits()).toEqual(['no-pods', undefined]);
  });

  test('of a pod that joins later is read from its first line, however little of those before is asked for', async () => {
    const { node, begin, read, clock } = tailing({ tailLines: 2, since: Date.UTC(2026, 0, 2) / 1000 });
    void begin();
    await clock.pass(5000);
    node.isDeaf = true;
    node.start('web-a');
    for (let line = 0; line < 10; line += 1) node.write('web-a', `line ${line}`);
    node.isDeaf = false;
    node.tellPod('web-a');
    await clock.pass(1000);
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test.each(['end', 'reset'] as const)('that ends by %s is gone on with', async (how) => {
    const { node, begin, read, clock } = tailing();
    node.start('web-a');
    void begin();
    for (let line = 0; line < 30; line += 1) {
      node.write('web-a', `line ${line}`);
      await clock.pass(100);
      if (line % 7 === 6) node.cut(how);
    }
    await clock.pass(30_000);
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test.each([403, 401])('is left when pods may not be watched any more (%s)', async (code) => {
    const { node, begin, clock } = tailing();
    node.start('web-a');
    const reading = begin();
    await clock.pass(1000);
    node.fail(new ApiError({ code, message: 'no' }));
    await expect(reading).rejects.toMatchObject({ code });
    const { requests } = node;
    node.cut('reset');
    await clock.pass(60_000);
    expect(node.requests).toBe(requests);
  });

  test('that is half open is noticed and left', async () => {
    const { node, begin, read, clock } = tailing();
    node.start('web-a');
    node.write('web-a', 'before');
    void begin();
    await clock.pass(1000);
    node.cut('frozen');
    node.write('web-a', 'unheard');
    await clock.pass(30_000);
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test('of a program that says nothing is left alone', async () => {
    const { node, begin, clock } = tailing();
    node.start('web-a');
    node.write('web-a', 'before');
    void begin();
    await clock.pass(1000);
    expect(node.requests).toBe(1);
    await clock.pass(120_000);
    // It is asked now and then whether there is more.
    expect(node.requests).toBeGreaterThan(1);
    expect(node.requests).toBeLessThan(6);
  });

  test('that is refused for a while is told as away, and marked when it is back', async () => {
    const { node, begin, read, clock, marks, waits } = tailing();
    node.start('web-a');
    node.refusals.push(
      ...Array.from({ length: 4 }, () => new ApiError({ code: 429, message: 'too many', retryAfter: 1 })),
    );
    void begin();
    node.write('web-a', 'one');
    await clock.pass(1000);
    expect(waits().at(-1)).toBe('away');
    await clock.pass(20_000);
    expect(read('web-a')).toEqual(node.written('web-a'));
    expect(waits().at(-1)).toBeUndefined();
    expect(marks()).toEqual([{ type: 'away', forMs: expect.any(Number) }]);
  });

  test('that may not be read for a while is gone on with when it may', async () => {
    const { node, begin, read, clock, waits } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.refusals.push(...Array.from({ length: 3 }, () => new ApiError({ code: 403, message: 'no' })));
    node.cut('end');
    node.write('web-a', 'two');
    await clock.pass(500);
    expect(waits().at(-1)).toBe('forbidden');
    await clock.pass(10_000);
    expect(waits().at(-1)).toBeUndefined();
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test('of a run that has ended is not asked for without a pause', async () => {
    const { node, begin, read, clock } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    node.end('web-a', 1);
    node.refusals.push(...Array.from({ length: 5 }, () => new ApiError({ code: 500, message: 'not now' })));
    void begin();
    await settle();
    expect(node.requests).toBe(4);
    await clock.pass(60_000);
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test('that may not be read is told once', async () => {
    const { node, begin, clock, waits, marks } = tailing();
    node.start('web-a');
    node.refusals.push(new ApiError({ code: 403, message: 'no' }));
    void begin();
    await clock.pass(10_000);
    expect(waits().at(-1)).toBe('forbidden');
    expect(marks()).toEqual([{ type: 'gap', reason: 'forbidden', forMs: undefined }]);
    expect(node.requests).toBe(1);
  });
});

describe('a stream that is away', () => {
  const refused = (times: number) =>
    Array.from({ length: times }, () => new ApiError({ code: 500, message: 'not now' }));

  test('while its pod is deleted is waited for no more', async () => {
    const { node, begin, clock, waits } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.refusals.push(...refused(5));
    node.cut('reset');
    await clock.pass(1000);
    expect(waits().at(-1)).toBe('away');
    node.start('web-b');
    node.delete('web-a');
    await clock.pass(20_000);
    expect(waits().at(-1)).toBeUndefined();
  });

  test.each([
    ['nothing was lost', false, ['away'], ['one', 'two', 'three']],
    ['lines were lost, and only that', true, ['gap'], ['one', 'three']],
  ])('is marked when it is known that %s', async (_, isRotated, marked, lines) => {
    const { node, begin, clock, marks, told, waits } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.refusals.push(...refused(4));
    node.cut('reset');
    node.write('web-a', 'two');
    if (isRotated) node.rotate('web-a');
    await clock.pass(20_000);
    expect(waits().at(-1)).toBeUndefined();
    node.write('web-a', 'three');
    await clock.pass(20_000);
    expect(marks().map(({ type }) => type)).toEqual(marked);
    const heard = told.flatMap((event) =>
      event.type === 'lines'
        ? event.bytes.toString().split('\n').slice(0, -1)
        : event.type === 'marker'
          ? [marked[0]]
          : [],
    );
    // It stands before what came after it, and of the next time nothing of this one counts.
    node.cut('end');
    await clock.pass(10_000);
    expect(marks()).toHaveLength(1);
    expect(heard.map((line) => line?.slice(-5).trim().replace(/^.* /, ''))).toEqual([
      lines[0],
      ...marked,
      ...lines.slice(1),
    ]);
  });
});

describe('a line that is too long', () => {
  const long = 'x'.repeat(longestLine + 1);

  test('is marked once, however often it comes', async () => {
    const { node, begin, clock, read, marks } = tailing();
    node.pieceBytes = 2 ** 18;
    node.start('web-a');
    node.write('web-a', long);
    void begin();
    for (let cuts = 0; cuts < 3; cuts += 1) {
      await clock.pass(1000);
      node.cut('reset');
    }
    await clock.pass(1000);
    node.write('web-a', long);
    await clock.pass(1000);
    expect(marks()).toEqual([
      { type: 'cut', lines: 1 },
      { type: 'cut', lines: 1 },
    ]);
    expect(read('web-a')[0]).toHaveLength(2 * (longestLine + 1));
  });

  test('does not make a silent pod look deaf', async () => {
    const { node, begin, clock } = tailing();
    node.pieceBytes = 2 ** 18;
    node.start('web-a');
    node.write('web-a', long);
    void begin();
    await clock.pass(120_000);
    expect(node.requests).toBeLessThan(6);
  });
});

describe('the last lines', () => {
  const write = (node: FakeNode, word: string, lines: number) => {
    for (let line = 0; line < lines; line += 1) node.write('web-a', `${word} ${line}`);
  };
  const linesOf = (read: (pod: string) => readonly string[]) => read('web-a').join('').split('\n').slice(0, -1);

  test.each([
    [0, 0],
    [3, 0],
    [0, 7],
    [3, 7],
  ])('%i of them, and all that follows through a cut before the first of it, after %i', async (tailLines, before) => {
    const { node, begin, read, clock } = tailing({ tailLines });
    node.start('web-a');
    write(node, 'before', before);
    void begin();
    await settle();
    expect(node.requests).toBe(2);
    await clock.pass(100_000);
    expect(linesOf(read)).toHaveLength(Math.min(tailLines, before));
    expect(node.requests).toBeLessThan(6);
    node.cut('reset');
    write(node, 'after', 10);
    await clock.pass(30_000);
    const all = node.written('web-a').join('').split('\n').slice(0, -1);
    expect(linesOf(read)).toEqual(all.slice(before - Math.min(tailLines, before)));
  });

  test.each([
    [true, 'reset'],
    [false, 'reset'],
    [true, 'frozen'],
    [false, 'frozen'],
  ] as const)('are not cut short again after a cut among them (follow: %s, %s)', async (follow, how) => {
    const { node, begin, read, clock } = tailing({ tailLines: 3, follow });
    node.start('web-a');
    write(node, 'before', 10);
    node.cuts.push({ after: 1, how });
    void begin();
    await settle();
    write(node, 'after', 10);
    await clock.pass(30_000);
    expect(read('web-a')).toEqual([node.written('web-a')[0]?.replace(/^(.*\n){7}/, '')]);
  });

  test.each(['end', 'reset', 'frozen'] as const)(
    'are gone on with, also after a cut (%s) among those before them',
    async (how) => {
      const { node, begin, read, marks, clock } = tailing({ tailLines: 3 });
      node.start('web-a');
      write(node, 'before', 10);
      node.cuts.push(undefined, { after: 1, how });
      void begin();
      await clock.pass(2000);
      write(node, 'after', 3);
      await clock.pass(60_000);
      expect(linesOf(read)).toEqual(node.written('web-a').join('').split('\n').slice(7, -1));
      expect(marks()).toEqual([]);
    },
  );

  test('are not all of a pod that is deleted before more could be read', async () => {
    const { node, begin, marks, clock } = tailing({ tailLines: 3 });
    node.start('web-a');
    write(node, 'before', 10);
    node.refusals.push(undefined, new ApiError({ code: 404, message: 'not now' }));
    void begin();
    await settle();
    write(node, 'after', 10);
    node.delete('web-a');
    await clock.pass(10_000);
    expect(marks()[0]).toEqual({ type: 'gap', reason: 'pod-gone', forMs: undefined });
  });

  test('of which the last is only begun are asked for again', async () => {
    const { node, begin, read, clock } = tailing({ tailLines: 0 });
    node.start('web-a');
    node.pieceBytes = 10;
    write(node, 'before', 3);
    node.cuts.push({ after: 10, how: 'end' });
    void begin();
    await clock.pass(1000);
    write(node, 'after', 2);
    await clock.pass(1000);
    expect(linesOf(read)).toHaveLength(2);
  });
});

describe('a container', () => {
  test('that restarts: what was left of it, why it ended, then the new run', async () => {
    const { node, begin, read, clock, told } = tailing();
    node.start('web-a');
    void begin();
    node.write('web-a', 'one');
    await clock.pass(100);
    node.cut('frozen');
    node.write('web-a', 'last words');
    node.restart('web-a');
    node.write('web-a', 'again');
    await clock.pass(500);
    node.tellPod('web-a');
    await clock.pass(10_000);
    expect(read('web-a')).toEqual(node.written('web-a'));
    const kinds = told.flatMap((event): readonly unknown[] =>
      event.type === 'marker' ? [event.marker] : event.type === 'opened' ? [`run ${event.run.restart}`] : [],
    );
    expect(kinds).toEqual(['run 0', { type: 'ended', exitCode: 1, reason: 'Error' }, 'run 1']);
  });

  test('that restarted before the watch told it: lines of the new run are not given to the old one', async () => {
    const { node, begin, read, clock } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.write('web-a', 'two');
    node.restart('web-a');
    node.write('web-a', 'again');
    await clock.pass(1500);
    node.tellPod('web-a');
    await clock.pass(10_000);
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test('that restarted twice: what is gone is marked', async () => {
    const { node, begin, clock, marks, read } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.cut('frozen');
    node.write('web-a', 'lost');
    node.restart('web-a');
    node.restart('web-a');
    node.write('web-a', 'third');
    node.tellPod('web-a');
    await clock.pass(10_000);
    expect(marks()[0]).toEqual({ type: 'gap', reason: 'run-gone', forMs: undefined });
    expect(read('web-a').at(-1)).toBe(node.written('web-a').at(-1));
  });

  test('that restarts while nobody hears of it: its lines are those of the new run', async () => {
    const { node, begin, read, clock, marks } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.isDeaf = true;
    node.cut('reset');
    node.write('web-a', 'two');
    node.restart('web-a');
    node.write('web-a', 'again');
    await clock.pass(30_000);
    expect(read('web-a')).toEqual(node.written('web-a'));
    expect(marks()).toEqual([{ type: 'ended', exitCode: 1, reason: 'Error' }]);
  });

  test('that restarts again before it was opened: each run has its own lines', async () => {
    const { node, begin, read, clock, marks } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.restart('web-a');
    node.write('web-a', 'two');
    node.refusals.push(
      new ApiError({ code: 500, message: 'not now' }),
      new ApiError({ code: 500, message: 'not now' }),
    );
    node.tellPod('web-a');
    node.isDeaf = true;
    await clock.pass(300);
    node.restart('web-a');
    node.write('web-a', 'three');
    await clock.pass(60_000);
    expect(read('web-a')).toEqual(node.written('web-a'));
    expect(marks().map(({ type }) => type)).toEqual(['ended', 'ended']);
  });

  test('that restarts unheard before it was opened first: each run has its own lines', async () => {
    const { node, begin, read, clock } = tailing();
    node.start('web-a');
    node.refusals.push(...Array.from({ length: 3 }, () => new ApiError({ code: 500, message: 'not now' })));
    void begin();
    node.write('web-a', 'one');
    await clock.pass(100);
    node.isDeaf = true;
    node.restart('web-a');
    node.write('web-a', 'two');
    await clock.pass(5000);
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test('that waits to run anew shows what it said the last time', async () => {
    const { node, begin, read, clock, marks, waits } = tailing();
    node.start('web-a');
    node.write('web-a', 'cannot start');
    node.crash('web-a');
    void begin();
    await clock.pass(1000);
    expect(read('web-a')).toEqual(node.written('web-a'));
    expect(marks()).toEqual([{ type: 'ended', exitCode: 1, reason: 'Error' }]);
    expect(waits()).toEqual([undefined]);
    node.restart('web-a');
    node.write('web-a', 'cannot start either');
    node.tellPod('web-a');
    await clock.pass(5000);
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test('that waits to run anew, while the watch has told of its end only: it is not asked for again and again', async () => {
    const { node, begin, clock } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.crash('web-a');
    node.tellPod('web-a');
    await clock.pass(60_000);
    expect(node.requests).toBeLessThan(4);
  });

  test('whose pod is replaced by one of the same name: each has its own lines', async () => {
    const { node, begin, clock, told, marks } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.isDeaf = true;
    node.cut('reset');
    node.delete('web-a');
    node.start('web-a');
    node.write('web-a', 'two');
    await clock.pass(60_000);
    const lines = told.flatMap((event) =>
      event.type === 'lines' ? [event.bytes.toString().slice(31)] : event.type === 'opened' ? ['opened'] : [],
    );
    expect(lines).toEqual(['opened', 'one\n', 'opened', 'two\n']);
    expect(marks()).toContainEqual({ type: 'gap', reason: 'pod-gone', forMs: undefined });
  });

  test.each([true, false])(
    'whose pod is deleted after its stream ended: a gap if it was cut since (%s)',
    async (isCut) => {
      const { node, begin, clock, marks } = tailing();
      node.start('web-a');
      node.write('web-a', 'one');
      void begin();
      await clock.pass(100);
      node.cut('end');
      await clock.pass(isCut ? 5000 : 0);
      node.cut('reset');
      node.write('web-a', 'two');
      await settle();
      node.delete('web-a');
      await clock.pass(10_000);
      expect(marks().map(({ type }) => type)).toEqual(isCut ? ['gap', 'ended'] : ['ended']);
    },
  );

  test.each(['end', 'reset'] as const)(
    'that has ended is read to its end, whatever ends the stream before (%s)',
    async (how) => {
      const { node, begin, clock, marks, read } = tailing();
      node.start('web-a');
      void begin();
      for (const word of ['one', 'two', 'three']) node.write('web-a', word);
      await clock.pass(100);
      node.cut('reset');
      node.write('web-a', 'last words');
      node.cuts.push({ after: 1, how }, { after: 1, how });
      node.end('web-a', 1);
      node.tellPod('web-a');
      await clock.pass(60_000);
      expect(read('web-a')).toEqual(node.written('web-a'));
      expect(marks().map(({ type }) => type)).toEqual(['ended']);
    },
  );

  test('whose pod may be watched, but not be looked at by itself, is read', async () => {
    const { node, begin, clock, read } = tailing();
    node.get = async () => {
      throw new ApiError({ code: 403, message: 'no' });
    };
    const over = begin();
    node.refusals.push(
      new ApiError({ code: 500, message: 'not now' }),
      new ApiError({ code: 500, message: 'not now' }),
    );
    node.start('web-a');
    await clock.pass(30_000);
    node.write('web-a', 'one');
    await clock.pass(1000);
    expect(read('web-a')).toEqual(node.written('web-a'));
    expect(await Promise.race([over, 'reading'])).toBe('reading');
  });

  test('whose pod ends in peace leaves no gap', async () => {
    const { node, begin, clock, marks, read } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    const written = node.written('web-a');
    void begin();
    await clock.pass(100);
    node.end('web-a', 0);
    node.tellPod('web-a');
    await clock.pass(100);
    node.delete('web-a');
    await clock.pass(10_000);
    expect(read('web-a')).toEqual(written);
    expect(marks()).toEqual([{ type: 'ended', exitCode: 0, reason: 'Completed' }]);
  });

  test('whose pod is deleted ends', async () => {
    const { node, begin, clock, marks } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.delete('web-a');
    await clock.pass(10_000);
    expect(marks().at(-1)).toEqual({ type: 'ended', exitCode: undefined, reason: undefined });
    expect(node.requests).toBeLessThan(5);
  });

  test('whose log was rotated while nobody listened: nothing twice, and the hole marked', async () => {
    const { node, begin, clock, marks, told } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.cut('reset');
    node.write('web-a', 'lost');
    node.rotate('web-a');
    await clock.pass(4000);
    node.write('web-a', 'two');
    await clock.pass(10_000);
    const lines = told.flatMap((event) => (event.type === 'lines' ? [event.bytes.toString().slice(31)] : []));
    expect(lines).toEqual(['one\n', 'two\n']);
    expect(marks()).toEqual([{ type: 'gap', reason: 'rotated', forMs: 4100 }]);
  });
});

describe('of a run that has ended, the log is not there', () => {
  /** As a kubelet answers between renaming the file and beginning a new one. */
  const renamed = new ApiError({
    code: 400,
    message: 'lstat /var/log/pods/web-a/web/0.log: no such file or directory',
  });

  async function ended(refusals: number) {
    const tailed = tailing();
    const { node, begin, clock } = tailed;
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(100);
    node.cut('reset');
    node.write('web-a', 'two');
    node.end('web-a', 0);
    node.refusals.push(...Array.from({ length: refusals }, () => renamed));
    node.tellPod('web-a');
    await clock.pass(10_000);
    return tailed;
  }

  test('for a moment, while the node rotates it: it is read to its end', async () => {
    const { node, read, marks } = await ended(2);
    expect(read('web-a')).toEqual(node.written('web-a'));
    expect(marks()).toEqual([{ type: 'ended', exitCode: 0, reason: 'Completed' }]);
  });

  test('any more: what is missing is marked', async () => {
    const { node, marks } = await ended(100);
    expect(marks()).toEqual([
      { type: 'gap', reason: 'run-gone', forMs: undefined },
      { type: 'ended', exitCode: 0, reason: 'Completed' },
    ]);
    expect(node.requests).toBeLessThan(8);
  });
});

describe('of a node that does not reach the API server, a run that has ended', () => {
  /** Its last line, and 10 s of the next run, before the API server learns of it. */
  async function restartUnseen(node: FakeNode, clock: TestClock, last: string): Promise<void> {
    node.write('web-a', last);
    node.restart('web-a');
    for (let line = 0; line < 100; line += 1) {
      node.write('web-a', `next ${line}`);
      await clock.pass(100);
    }
    node.find();
    await clock.pass(60_000);
  }

  test('is not gone on with by the log of the next one', async () => {
    const { node, begin, read, clock, marks } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(1000);
    node.lose();
    node.cut('reset');
    await restartUnseen(node, clock, 'two');
    expect(read('web-a')).toEqual(node.written('web-a'));
    expect(marks()).toEqual([{ type: 'ended', exitCode: 1, reason: 'Error' }]);
  });

  test('is not waited for for ever: its clock may have been set back', async () => {
    const { node, begin, read, clock, marks } = tailing();
    node.start('web-a');
    node.write('web-a', 'before', 3600);
    node.restart('web-a');
    node.write('web-a', 'one');
    void begin();
    await clock.pass(1000);
    node.cut('reset');
    node.rotate('web-a');
    await clock.pass(4000);
    node.write('web-a', 'two');
    await clock.pass(900_000);
    expect(read('web-a')).toEqual([node.written('web-a')[1]]);
    expect(marks()).toEqual([{ type: 'gap', reason: 'rotated', forMs: 5000 }]);
  });

  test('is asked for again where the node goes deaf in the question', async () => {
    const { node, begin, read, clock, marks } = tailing();
    node.start('web-a');
    node.write('web-a', 'one');
    // The run itself twice, and what the node gives as the run before: headers, and then nothing.
    node.cuts.push(undefined, undefined, { after: 0, how: 'frozen' });
    void begin();
    await clock.pass(1000);
    node.lose();
    node.cut('reset');
    node.write('web-a', 'two');
    node.restart('web-a');
    node.write('web-a', 'next');
    await clock.pass(30_000);
    expect(read('web-a').map((text) => text.slice(31))).toEqual(['one\n']);
    node.find();
    await clock.pass(60_000);
    expect(read('web-a')).toEqual(node.written('web-a'));
    expect(marks().at(-1)).toEqual({ type: 'ended', exitCode: 1, reason: 'Error' });
  });

  test.each([0, 1])('is not taken for the next one before anything of it was read (restarts: %i)', async (restarts) => {
    const { node, begin, read, clock } = tailing();
    node.start('web-a');
    for (let restart = 0; restart < restarts; restart += 1) {
      node.write('web-a', 'before');
      await clock.pass(2000);
      node.restart('web-a');
    }
    node.refusals.push(...Array.from({ length: 3 }, () => new ApiError({ code: 500, message: 'not now' })));
    void begin();
    await settle();
    node.lose();
    await clock.pass(2000);
    await restartUnseen(node, clock, 'one');
    expect(read('web-a')).toEqual(node.written('web-a').slice(restarts));
  });
});

describe('without follow', () => {
  test('all there is is told, then it ends', async () => {
    const { node, begin, clock, read } = tailing({ follow: false });
    node.start('web-a');
    for (let line = 0; line < 5; line += 1) node.write('web-a', `line ${line}`);
    node.refusals.push(new ApiError({ code: 500, message: 'not now' }));
    const over = begin();
    await clock.pass(2000);
    await over;
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test('a connection that breaks again and again is no reason to give up while something comes', async () => {
    const { node, begin, clock, read } = tailing({ follow: false });
    node.start('web-a');
    for (let line = 0; line < 20; line += 1) node.write('web-a', `line ${line}`);
    const bytes = node.written('web-a').join('').length;
    for (let cut = 1; cut < 20; cut += 1) node.cuts.push({ after: (bytes * cut) / 20, how: 'reset' });
    const over = begin();
    await clock.pass(120_000);
    await over;
    expect(read('web-a')).toEqual(node.written('web-a'));
  });

  test('a server that does not answer is told of', async () => {
    const { node, begin, clock } = tailing({ follow: false });
    node.start('web-a');
    node.refusals.push(...Array.from({ length: 20 }, () => new ApiError({ code: 500, message: 'not now' })));
    const over = begin();
    await clock.pass(120_000);
    await expect(over).rejects.toMatchObject({ code: 500 });
  });

  test('the last lines, or those of the run before', async () => {
    const last = tailing({ follow: false, tailLines: 2 });
    last.node.start('web-a');
    for (let line = 0; line < 5; line += 1) last.node.write('web-a', `line ${line}`);
    await last.begin();
    expect(last.read('web-a')[0]?.split('\n').length).toBe(3);
    const before = tailing({ follow: false, previous: true });
    before.node.start('web-a');
    before.node.write('web-a', 'before');
    before.node.restart('web-a');
    before.node.write('web-a', 'now');
    await before.begin();
    expect(before.read('web-a')).toEqual([before.node.written('web-a')[0]]);
    const [opened] = before.told.flatMap((event) => (event.type === 'opened' ? [event.run.restart] : []));
    expect(opened).toBe(0);
  });
});

describe('a run that had ended before anything was told', () => {
  const restarted = (before: readonly string[]) => {
    const made = tailing({ before: new Set(before), tailLines: 2 });
    made.node.start('web-a');
    for (const text of ['one', 'two', 'three']) made.node.write('web-a', text);
    made.node.restart('web-a');
    made.node.write('web-a', 'four');
    return made;
  };

  test('can be had, and is read where it is asked for: first, with how it ended', async () => {
    const { node, begin, read, marks, told, clock } = restarted(['web-a/web#0']);
    void begin();
    await clock.pass(1000);
    const [first = '', second] = node.written('web-a');
    expect(read('web-a')).toEqual([
      first
        .split(/(?<=\n)/)
        .slice(1)
        .join(''),
      second,
    ]);
    expect(marks()).toEqual([{ type: 'ended', exitCode: 1, reason: 'Error' }]);
    const order = told.flatMap((event) => (event.type === 'lines' ? [event.run.restart] : []));
    expect([...new Set(order)]).toEqual([0, 1]);
  });

  test.each([[[]], [['web-a/web#1', 'web-b/web#0']]])('is only told of where %j is asked for', async (before) => {
    const { node, begin, read, told, clock } = restarted(before);
    void begin();
    await clock.pass(1000);
    expect(read('web-a')).toEqual([node.written('web-a')[1]]);
    expect(told).toContainEqual({
      type: 'opened',
      run: expect.objectContaining({ restart: 1 }),
      before: expect.objectContaining({ pod: 'web-a', container: 'web', restart: 0 }),
    });
  });

  test('is not what has the log that is there while the container waits', async () => {
    const { node, begin, read, clock } = restarted(['web-a/web#0']);
    node.crash('web-a');
    void begin();
    await clock.pass(1000);
    expect(read('web-a')).toEqual([node.written('web-a')[1]]);
  });

  test('is gone when the container has restarted once more meanwhile', async () => {
    const { node, begin, read, marks, clock } = restarted(['web-a/web#0']);
    node.refusals.push(...Array.from({ length: 4 }, () => new ApiError({ code: 500, message: 'not now' })));
    void begin();
    await settle();
    node.restart('web-a');
    node.write('web-a', 'five');
    node.tellPod('web-a');
    await clock.pass(20_000);
    expect(read('web-a')).toEqual(node.written('web-a').slice(1));
    expect(marks()).toContainEqual({ type: 'gap', reason: 'run-gone', forMs: undefined });
  });
});

test('whatever happens, every line comes once and in its order', async () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const random = numbersFrom(seed);
    // Nothing is there at the start that could be left out.
    const { node, begin, clock, read, stop } = tailing(seed % 2 === 0 ? { tailLines: 0 } : {});
    const pods = ['web-a', 'web-b'];
    for (const pod of pods) node.start(pod);
    const over = begin();
    await settle();
    node.pieceBytes = 1 + Math.floor(random() * 60);
    for (let step = 0; step < 150; step += 1) {
      const pod = pods[Math.floor(random() * 2)] as string;
      const what = random();
      if (what < 0.8) for (let line = Math.floor(random() * 6); line > 0; line -= 1) node.write(pod, `${step} ${line}`);
      else if (what < 0.86) node.cut('end');
      else if (what < 0.92) node.cut('reset');
      else if (what < 0.95) node.cut('frozen');
      else if (what < 0.98) node.refusals.push(new ApiError({ code: random() < 0.5 ? 429 : 500, message: 'not now' }));
      else {
        // The one before must have been told, as a kubelet waits before it starts anew.
        await clock.pass(70_000);
        node.restart(pod);
        node.tellPod(pod);
      }
      if (random() < 0.7) await clock.pass(Math.floor(random() * 900));
    }
    await clock.pass(120_000);
    for (const pod of pods) {
      const written = node.written(pod);
      // A run that wrote nothing is not told of.
      expect(read(pod), `seed ${seed}`).toEqual(written.filter(Boolean));
    }
    stop.abort(new Error('over'));
    await over.catch(() => {});
  }
});

describe('a whole log as it was written', () => {
  /** @param cuts whether the connection is cut after so many bytes of the stream */
  async function copied(log: Buffer, cuts: readonly (number | Error)[], other?: Buffer) {
    const left = [...cuts];
    let requests = 0;
    const cluster = {
      async *logBytes() {
        requests += 1;
        const from = requests > 1 && other ? other : log;
        const cut = left.shift() ?? Number.POSITIVE_INFINITY;
        if (cut instanceof Error) throw cut;
        for (let at = 0; at < from.length; at += 700) {
          if (at + 700 > cut) {
            yield from.subarray(at, cut);
            throw new Error('reset');
          }
          yield from.subarray(at, at + 700);
        }
      },
    };
    const [given, marks]: [Buffer[], unknown[]] = [[], []];
    const to = {
      give: (bytes: Buffer) => void given.push(Buffer.from(bytes)),
      mark: (mark: unknown) => void marks.push(mark),
      wait() {},
    };
    const run = { component: 'web', pod: 'a', container: 'web', kind: 'app', restart: 0 } as const;
    const clock = new TestClock();
    const over = copyRun(
      { run, previous: false },
      { cluster: cluster as unknown as Cluster, clock, random: () => 0.5 },
      to,
      new AbortController().signal,
    );
    over.catch(() => {});
    await clock.pass(120_000);
    await over;
    return { text: Buffer.concat(given).toString('latin1'), marks };
  }
  const random = numbersFrom(11);
  const log = Buffer.from(Array.from({ length: 20_000 }, () => 32 + Math.floor(random() * 90)));

  const often = Array.from({ length: 20 }, (_, index) => index + 1);
  test.each([[[]], [[0]], [[1, 699, 700, 701]], [[5000, 100, 12_345, 19_999, 20_000]], [often]])(
    'cut after %j bytes',
    async (cuts) => {
      expect(await copied(log, cuts)).toEqual({ text: log.toString('latin1'), marks: [] });
    },
  );

  test.each([401, 500])('of a server that answers nothing but %i is given up', async (code) => {
    const error = new ApiError({ code, message: 'no' });
    const refusals = Array.from({ length: 9 }, () => error);
    await expect(copied(log, refusals)).rejects.toBe(error);
    expect((await copied(log, refusals.slice(1))).marks).toEqual([]);
  });

  test.each([
    ['longer', Buffer.from(log.toString('latin1').replaceAll('a', 'b'))],
    ['shorter', Buffer.from('new file\n')],
  ])('that is another one after a cut, and %s: all of it, and the hole marked', async (_, other) => {
    const { text, marks } = await copied(log, [9000], other);
    expect(text).toBe(log.toString('latin1', 0, 9000) + other.toString('latin1'));
    expect(marks).toEqual([{ type: 'gap', reason: 'rotated', forMs: undefined }]);
  });
});
