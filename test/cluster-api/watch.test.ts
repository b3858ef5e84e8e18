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

  async open(resourceVersion: string, _: number, signal: AbortSignal) {
    this.opened.push(resourceVersion);
    const next = this.#streams.shift() ?? new Readable({ read() {} });
    if (next instanceof Error) throw next;
    signal.addEventListener('abort', () => next.destroy(signal.reason as Error));
    return next;
  }

  settling() {
    return this.isSettling;
  }
}

async function watched(script: Script, clock = new TestClock()) {
  const abort = new AbortController();
  const told: WatchEvent[] = [];
  const watching = (async () => {
    for await (const event of watchKind(script, { clock, random: () => 0 }, abort.signal)) told.push(event);
  })();
  watching.catch(() => {});
  await settle();
  return {
    told,
    clock,
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
    expect(told.at(-1)?.type).toBe('alive');
    await clock.pass(2_000);
    expect(told.map(({ type }) => type)).toContain('lost');
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

  test('splits lines wherever they are cut', async () => {
    const text = line('ADDED', pod('数据', '11'));
    const bytes = Buffer.from(text);
    const { words, stop } = await watched(new Script(Readable.from([...bytes].map((byte) => Buffer.of(byte)))));
    expect(words()).toContain('added 数据');
    await stop();
  });
});
