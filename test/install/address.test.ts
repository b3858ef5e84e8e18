import { describe, expect, test } from 'vitest';
import { ConnectionError } from '../../source/cluster/index.ts';
import type { HttpRequest, HttpResponse } from '../../source/cluster/types.ts';
import type { UserError } from '../../source/errors.ts';
import { addressAnswers, addressAsked } from '../../source/install/address.ts';
import { en } from '../../source/messages/en/index.ts';
import type { Say } from '../../source/messages/index.ts';
import type { Address } from '../../source/observe/concerns.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';

const url = 'https://posthog.example.com';
const status = (code: number): HttpResponse => ({ status: code, headers: {}, body: '' });

/** Asks until it is over; `answer` gives what comes at a time. */
function asking(answer: (at: number) => HttpResponse | Error, signal = new AbortController().signal) {
  const { outside, context } = outsideOf(new LivingCluster());
  const asked: (HttpRequest & { readonly at: number })[] = [];
  const bases: string[] = [];
  let closed = 0;
  const publicHttp = (base: string) => {
    bases.push(base);
    return {
      async request(request: HttpRequest) {
        const at = context.clock.monotonic();
        asked.push({ ...request, at });
        const came = answer(at);
        if (came instanceof Error) throw came;
        return came;
      },
      close: async () => void closed++,
    };
  };
  const told: (readonly [at: number, why: string])[] = [];
  const tell = (why: Say) => told.push([context.clock.monotonic(), why(en)]);
  let ended: { readonly at: number; readonly error?: UserError } | undefined;
  void addressAnswers({ ...outside, publicHttp }, url, tell, signal).then(
    () => {
      ended = { at: context.clock.monotonic() };
    },
    (error: UserError) => {
      ended = { at: context.clock.monotonic(), error };
    },
  );
  return { asked, bases, told, clock: context.clock, ended: () => ended, closed: () => closed };
}
const minutes = (count: number) => count * 60_000;

describe('the public address', () => {
  test('is open as soon as PostHog answers there, asked every other second', async () => {
    const { asked, bases, clock, ended, closed } = asking((at) => (at < 4_000 ? status(404) : status(200)));
    await clock.pass(3_999);
    expect(ended()).toBeUndefined();
    await clock.pass(1);
    expect(ended()).toEqual({ at: 4_000 });
    expect(bases).toEqual([url]);
    expect(asked.map(({ at, path }) => [at, path])).toEqual([0, 2_000, 4_000].map((at) => [at, '/_health']));
    expect(asked.every(({ timeoutMs = Number.POSITIVE_INFINITY }) => timeoutMs <= 10_000)).toBe(true);
    expect(closed()).toBe(1);
  });

  test.each([
    ['nobody knows its name', new ConnectionError('dns', 'ENOTFOUND')],
    ['nobody listens', new ConnectionError('refused', 'ECONNREFUSED')],
    ['the certificate is another', new ConnectionError('tls', 'CERT_HAS_EXPIRED')],
    ['the gateway has no backend', status(503)],
    ['somebody else answers', status(302)],
  ])('has ten minutes to settle while %s', async (_, answer) => {
    const { clock, ended } = asking((at) => (at < minutes(10) ? answer : status(200)));
    await clock.pass(minutes(10) - 1);
    expect(ended()).toBeUndefined();
    await clock.pass(2_000);
    expect(ended()).toEqual({ at: minutes(10) });
  });

  test.each([
    [new ConnectionError('dns', 'ENOTFOUND'), 'address-dns', en.cluster.faults.dns, 'ENOTFOUND'],
    [new ConnectionError('tls', 'CERT_HAS_EXPIRED'), 'address-tls', en.cluster.faults.tls, 'CERT_HAS_EXPIRED'],
    [
      Object.assign(new Error('fetch failed'), { code: 'ECONNREFUSED' }),
      'address-refused',
      en.cluster.faults.refused,
      'ECONNREFUSED',
    ],
    [new Error('something of our own'), 'address', 'something of our own', ''],
    [status(404), 'address', en.install.run.addressStatus(404), ''],
  ])('that never opens is told with the reason: case %#', async (answer, code, why, detail) => {
    const { clock, ended, closed } = asking(() => answer);
    await clock.pass(minutes(11));
    const { error } = ended() ?? {};
    expect(error).toMatchObject({ code, exit: 1 });
    expect(error?.say(en)).toContain(url);
    expect(error?.say(en)).toContain(why);
    expect(error?.say(en)).toContain(detail);
    const { addressTlsHint, addressHint } = en.install.run;
    expect(error?.hint?.(en)).toBe(code === 'address-tls' ? addressTlsHint : addressHint);
    expect(closed()).toBe(1);
  });

  test('says why it does not answer when that takes longer than usual, and again when the reason changes', async () => {
    const { clock, told } = asking((at) =>
      at < 40_000 ? status(404) : new ConnectionError('tls', 'CERT_HAS_EXPIRED'),
    );
    await clock.pass(minutes(2));
    expect(told).toEqual([
      [16_000, en.install.run.addressStatus(404)],
      [40_000, `${en.cluster.faults.tls} (CERT_HAS_EXPIRED)`],
    ]);
  });

  test('is not asked any more once nobody waits', async () => {
    const stop = new AbortController();
    const { asked, clock, ended, closed } = asking(() => {
      stop.abort(new Error('enough'));
      return status(200);
    }, stop.signal);
    await clock.pass(minutes(1));
    expect(ended()?.error).toMatchObject({ message: 'enough' });
    expect([asked.length, closed()]).toEqual([1, 1]);
  });
});

/** Looks for as long as the clock is passed; `answer` gives what comes at a time. */
function watching(answer: (at: number) => HttpResponse | Error) {
  const { outside, context } = outsideOf(new LivingCluster());
  const stop = new AbortController();
  const asked: number[] = [];
  const seen: (readonly [at: number, why: string | undefined, until: number | undefined])[] = [];
  let isOver = false;
  const publicHttp = () => ({
    async request() {
      const at = context.clock.monotonic();
      asked.push(at);
      const came = answer(at);
      if (came instanceof Error) throw came;
      return came;
    },
    certificateUntil: () => 12_345,
    close: async () => {
      isOver = true;
    },
  });
  void (async () => {
    const told = (address: Address) =>
      seen.push([context.clock.monotonic(), address.trouble?.(en), address.certificateUntil]);
    for await (const address of addressAsked({ ...outside, publicHttp }, { url, isRecorded: true }, stop.signal))
      told(address);
  })();
  return { asked, seen, clock: context.clock, stop, isOver: () => isOver };
}

describe('the public address, watched', () => {
  test('is asked once a minute, and its certificate told', async () => {
    const { asked, seen, clock, stop, isOver } = watching(() => status(200));
    await clock.pass(120_000);
    expect(asked).toEqual([0, 60_000, 120_000]);
    expect(seen.map(([, why, until]) => [why, until])).toEqual(Array(3).fill([undefined, 12_345]));
    stop.abort();
    await clock.pass(60_000);
    expect([isOver(), asked.length]).toEqual([true, 3]);
  });

  test('one failure is asked again before it is told; what answers then was only a moment', async () => {
    const { asked, seen, clock } = watching((at) =>
      at === 0 ? new ConnectionError('reset', 'ECONNRESET') : status(200),
    );
    await clock.pass(2_000);
    expect([asked, seen.map(([, why]) => why)]).toEqual([[0, 2_000], [undefined]]);
  });

  test.each([
    ['an answer of the gateway', status(502), 2, en.install.run.addressStatus(502)],
    ['a refusal', new ConnectionError('refused', 'ECONNREFUSED'), 2, /ECONNREFUSED/],
    ['no answer, for which has been waited long enough', new ConnectionError('timeout', 'ETIMEDOUT'), 1, /ETIMEDOUT/],
  ])('%s is told', async (_, answer, times, why) => {
    const { asked, seen, clock } = watching(() => answer);
    await clock.pass(2_000);
    expect(asked).toHaveLength(times);
    expect(seen.map(([, text]) => text)).toEqual([typeof why === 'string' ? why : expect.stringMatching(why)]);
  });
});
