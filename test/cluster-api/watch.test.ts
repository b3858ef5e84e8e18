import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../source/cluster/api-error.ts';
import type { WatchEvent } from '../../source/cluster/types.ts';
import { type WatchSource, watchKind } from '../../source/cluster/watch.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { settle, TestClock } from '../support/test-clock.ts';

const pod = (name: string, resourceVersion: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name, resourceVersion },
});
const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const lost = (code: number) => new ApiError({ code, message: String(code) });

/** What each list and each connection gives, in turn; the last connection stays silent. */
class Script implements WatchSource<KubeObject> {
  readonly opened: string[] = [];
  readonly limits: number[] = [];
  lists = 0;
  isSettling = false;
  readonly #streams: (Readable | Error)[];

  constructor(...streams: (Readable | Error)[]) {
    this.#streams = streams;
  }

  async list() {
    this.lists++;
    return { resourceVersion: String(this.lists * 10), items: [pod(`listed-${this.lists}`, '1')] };
  }

  async open(resourceVersion: string, timeoutSeconds: number, signal: AbortSignal) {
    this.opened.push(resourceVersion);
    this.limits.push(timeoutSeconds);
    const next = this.#streams.shift() ?? new Readable({ read() {} });
    if (next instanceof Error) throw next;
    signal.addEventListener('abort', () => next.destroy(new Error('aborted')));
    return next;
  }

  settling() {
    return this.isSettling;
  }
}

const silent = () => new Readable({ read() {} });
const says = (...lines: string[]) => Readable.from(lines);

async function watched(script: Script, clock = new TestClock(), random = () => 0) {
  const abort = new AbortController();
  const told: WatchEvent[] = [];
  const watching = (async () => {
    for await (const event of watchKind(script, { clock, random }, abort.signal)) told.push(event);
  })();
  watching.catch(() => {});
  await settle();
  return {
    told,
    clock,
    lost: () => told.flatMap((event) => (event.type === 'lost' ? [event] : [])),
    words: () => told.map((event) => ('object' in event ? `${event.type} ${event.object.metadata.name}` : event.type)),
    stop() {
      abort.abort();
      return watching;
    },
    watching,
  };
}

describe('a watch', () => {
  test('lists, then tells every change', async () => {
    const script = new Script(
      Readable.from([
        line('ADDED', pod('a', '11')) + line('MODIFIED', pod('a', '12')),
        line('DELETED', pod('a', '13')),
      ]),
    );
    const { words, stop } = await watched(script);
    expect(words().slice(0, 5)).toEqual(['synced', 'alive', 'added a', 'modified a', 'deleted a']);
    await stop();
  });

  test('resumes at once after a clean end, from the last version heard, bookmarks included', async () => {
    const script = new Script(
      Readable.from([line('ADDED', pod('a', '11'))]),
      Readable.from([line('BOOKMARK', pod('', '20'))]),
    );
    const { stop } = await watched(script);
    expect(script.opened).toEqual(['10', '11', '20']);
    expect(script.lists).toBe(1);
    await stop();
  });

  test.each([
    ['as an answer', () => new Script(lost(410))],
    [
      'as an event',
      () =>
        new Script(
          Readable.from([line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' })]),
        ),
    ],
  ])('lists anew after 410 %s', async (_, script) => {
    const made = script();
    const { words, stop } = await watched(made);
    expect(made.lists).toBe(2);
    expect(words().filter((word) => word === 'synced')).toHaveLength(2);
    await stop();
  });

  test('says when the connection is lost, waits, and goes on from where it was', async () => {
    const script = new Script(Readable.from([line('ADDED', pod('a', '11'))]), lost(503));
    const { told, clock, stop } = await watched(script);
    expect(told.at(-1)).toMatchObject({ type: 'lost', retryInMs: 500 });
    await clock.pass(500);
    expect(script.opened).toEqual(['10', '11', '11']);
    await stop();
  });

  test('takes 90 s of silence for a dead connection', async () => {
    const script = new Script(new Readable({ read() {} }));
    const { told, clock, stop } = await watched(script);
    await clock.pass(89_000);
    expect(told.map(({ type }) => type)).toEqual(['synced', 'alive']);
    await clock.pass(1_000);
    expect(told.at(-1)).toMatchObject({ type: 'lost', error: { fault: 'timeout' } });
    await stop();
  });

  test.each([401, 403, 404])('ends with %d, which waiting cannot change', async (code) => {
    const { watching } = await watched(new Script(lost(code)));
    await expect(watching).rejects.toMatchObject({ code });
  });

  test.each([401, 403, 404])('does not take %d for final from a server that is only just back', async (code) => {
    const script = new Script(lost(code), Readable.from([line('ADDED', pod('a', '11'))]));
    script.isSettling = true;
    const { told, clock, words, stop } = await watched(script);
    expect(told.at(-1)).toMatchObject({ type: 'lost', error: { code } });
    await clock.pass(500);
    expect(words()).toContain('added a');
    await stop();
  });

  test('that is ended by its reader tells no loss', async () => {
    const { lost: waits, stop } = await watched(new Script(silent()));
    await stop();
    expect(waits()).toEqual([]);
  });

  test('splits lines wherever they are cut', async () => {
    const text = line('ADDED', pod('数据', '11'));
    const bytes = Buffer.from(text);
    const { words, stop } = await watched(new Script(Readable.from([...bytes].map((byte) => Buffer.of(byte)))));
    expect(words()).toContain('added 数据');
    await stop();
  });
});

describe('a storm is not answered with a storm', () => {
  test('every try in a row waits longer; an event from the server, and nothing less, ends the row', async () => {
    const script = new Script(lost(503), lost(503), says(), says(line('ADDED', pod('a', '11'))), lost(503));
    const { lost: waits, clock, stop } = await watched(script, new TestClock(), () => 1);
    await clock.pass(60_000);
    expect(waits().map(({ retryInMs }) => retryInMs)).toEqual([700, 900, 1_300, 700]);
    await stop();
  });

  test('a connection that ends at once without a word was refused; one that lived was at its end', async () => {
    const lived = silent();
    const script = new Script(says(), lived);
    const { lost: waits, clock, stop } = await watched(script);
    expect(waits()).toMatchObject([{ error: { fault: 'reset' }, retryInMs: 500 }]);
    await clock.pass(500);
    await clock.pass(1_000);
    lived.push(null);
    await clock.pass(0);
    expect(script.opened).toEqual(['10', '10', '10']);
    expect(waits()).toHaveLength(1);
    await stop();
  });

  test('410 after 410 waits; after an event, 410 is as good as the first', async () => {
    const script = new Script(lost(410), lost(410), says(line('ADDED', pod('a', '31'))), lost(410));
    const { lost: waits, clock, stop } = await watched(script);
    expect(script.lists).toBe(2);
    expect(waits()).toMatchObject([{ error: { code: 410 } }]);
    await clock.pass(500);
    expect(script.lists).toBe(4);
    expect(waits()).toHaveLength(1);
    await stop();
  });

  test('the time that the server asks for is added', async () => {
    const { lost: waits, stop } = await watched(new Script(new ApiError({ code: 429, retryAfter: 7 })));
    expect(waits()).toMatchObject([{ retryInMs: 7_500 }]);
    await stop();
  });

  test.each([
    [0, 240],
    [0.999, 299],
  ])('watches do not all end together: with %d after %d s', async (drawn, seconds) => {
    const script = new Script(silent());
    const { stop } = await watched(script, new TestClock(), () => drawn);
    expect(script.limits).toEqual([seconds]);
    await stop();
  });
});

describe('what the server says', () => {
  test.each([
    ['Expired, without a code', { reason: 'Expired' }, 2, []],
    ['an error without a code or reason', {}, 1, [500]],
    ['another error', { code: 504, reason: 'Timeout' }, 1, [504]],
  ])('%s', async (_, object, lists, codes) => {
    const script = new Script(says(line('ERROR', { kind: 'Status', ...object })));
    const { lost: waits, stop } = await watched(script);
    expect(script.lists).toBe(lists);
    expect(waits().map(({ error }) => (error as ApiError).code)).toEqual(codes);
    await stop();
  });

  test('a bookmark is a sign of life, not a change; an empty line is nothing', async () => {
    const script = new Script(says('\n', line('BOOKMARK', pod('', '20')), '\n'), silent());
    const { told, stop } = await watched(script);
    expect(told.map(({ type }) => type)).toEqual(['synced', 'alive', 'alive', 'alive']);
    expect(script.opened).toEqual(['10', '20']);
    await stop();
  });

  test('what has no version leaves the watch where it began', async () => {
    const nameless: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
    const script = new Script(says(line('ADDED', nameless)), silent());
    const { stop } = await watched(script);
    expect(script.opened).toEqual(['10', '10']);
    await stop();
  });

  test('a kind that is not there is final even from a server that is only just back', async () => {
    const script = new Script(new ApiError({ code: 404, reason: 'NotFound' }));
    script.isSettling = true;
    await expect((await watched(script)).watching).rejects.toMatchObject({ code: 404 });
  });
});

describe('silence', () => {
  const reading = (stream: Readable) => {
    const clock = new TestClock();
    const abort = new AbortController();
    const events = watchKind(new Script(stream), { clock, random: () => 0 }, abort.signal);
    return { clock, events, next: async () => (await events.next()).value as WatchEvent };
  };

  test('while the reader is busy is not the server’s; once it listens again, it is', async () => {
    const stream = silent();
    const { clock, events, next } = reading(stream);
    expect([await next(), await next()]).toMatchObject([{ type: 'synced' }, { type: 'alive' }]);
    for (const version of ['11', '12']) {
      await clock.pass(200_000);
      stream.push(line('MODIFIED', pod('a', version)));
      expect(await next()).toMatchObject({ type: 'modified', object: { metadata: { resourceVersion: version } } });
    }
    const after = next();
    await clock.pass(181_000);
    expect(await after).toMatchObject({ type: 'lost', error: { fault: 'timeout' } });
    await events.return(undefined);
  });

  test('of the reader for good closes the connection', async () => {
    const stream = silent();
    const { events, next } = reading(stream);
    expect([await next(), await next()]).toMatchObject([{ type: 'synced' }, { type: 'alive' }]);
    await events.return(undefined);
    expect(stream.destroyed).toBe(true);
  });
});
