/** What `scale` is asked for, who agrees to it, and how each line of bad input ends (issue 7). */
import { describe, expect, test } from 'vitest';
import { parse } from '../../source/commands/parse.ts';
import { scaleCommand } from '../../source/commands/scale.ts';
import type { Session } from '../../source/commands/session.ts';
import { exitCodes, UserError } from '../../source/errors.ts';
import type { Outside } from '../../source/install/contract.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { changesOf } from '../../source/operate/scale/change.ts';
import { costOf } from '../../source/operate/scale/cost.ts';
import type { ReviewEvent } from '../../source/operate/scale/events.ts';
import { findingsOf } from '../../source/operate/scale/guards.ts';
import type { ScaleRequest } from '../../source/operate/scale/scale.ts';
import { FakeIo, type FakeIoOptions } from '../cli/fake-io.ts';
import { around, current, currents } from '../operate/scale/support.ts';
import { testContext } from '../support/test-context.ts';

const there = new Map([...currents(), ['capture', current('capture', '500m', '512Mi')] as const]);

/** Runs `scale` with a use case that reviews a small instance, and asks as the real one does. */
async function scale(words: readonly string[], options: FakeIoOptions = {}) {
  const io = new FakeIo(options);
  const cluster = { close: async () => {} };
  const session: Session = {
    io,
    context: testContext(),
    language: 'en',
    t: dictionaries.en,
    signal: new AbortController().signal,
    open: async () => ({ cluster }) as unknown as Outside,
  };
  const requests: ScaleRequest[] = [];
  const code = await scaleCommand(parse(['scale', ...words]).values, session, async function* (request) {
    requests.push(request);
    const wants = request.wants(there);
    const review: ReviewEvent = {
      type: 'review',
      app: 'posthog',
      namespace: 'ns-a',
      changes: changesOf(wants, there),
      already: [],
      findings: findingsOf(wants, there, around()),
      ...costOf(wants, there),
      room: { hard: {}, free: {} },
      kubectl: [],
      isRecorded: true,
    };
    yield review;
    const isAgreed = typeof request.consent === 'function' && (await request.consent(review));
    if (!isAgreed)
      throw new UserError({ code: 'needs-confirmation', exit: exitCodes.needsConfirmation, say: () => 'no' });
  }).catch((error: unknown) => (error instanceof UserError ? error.exit : Promise.reject(error)));
  return { io, code, requests };
}

test('what is asked for is what the words and flags say', async () => {
  const { requests, code } = await scale(['worker=2', 'web:memory=6Gi', '--yes', '--no-wait', '--timeout', '3m']);
  expect(code).toBe(0);
  expect(requests).toMatchObject([{ wait: false, timeoutMs: 180_000, dryRun: false, readOnly: false }]);
  expect([...(requests[0]?.wants(there) ?? [])]).toEqual([
    ['worker', { replicas: 2 }],
    ['web', { memory: '6Gi' }],
  ]);
});

describe('bad input ends with 2, before a cluster is asked', () => {
  test.each([
    ['nosuch=1'],
    ['web=-1'],
    ['web=1.5'],
    ['web:memory=2GB'],
    ['web:cpu=two'],
    ['web=1', 'web=2'],
    ['web=2', '--timeout', 'soon'],
    ['web=2', '--wait', '--no-wait'],
    [],
  ])('%j', async (...words) => {
    const { code, requests } = await scale(words, { isTTY: false });
    expect([code, requests]).toEqual([2, []]);
  });
});

describe('consent', () => {
  const onTerminal = (answer: string) => ({ isTTY: true, answer });

  test.each([
    ['y', 0],
    ['n', 4],
    ['posthog', 4],
  ])('to what can be undone: %j ends with %i', async (answer, expected) => {
    const { code, io } = await scale(['worker=2'], onTerminal(answer));
    expect([code, io.asked]).toEqual([expected, ['Apply it? [y/N] ']]);
  });

  test.each([
    ['posthog', 0],
    [' posthog ', 0],
    ['y', 4],
    ['other', 4],
    ['', 4],
  ])('to losing events takes the name: %j ends with %i', async (answer, expected) => {
    const { code, io } = await scale(['capture=0'], onTerminal(answer));
    expect([code, io.asked]).toEqual([expected, ['New events will be lost. Type posthog to apply it: ']]);
    expect(io.out).toContain('new events are refused at the door: they are lost');
  });

  test('by --yes is enough for both, and what it means is said all the same', async () => {
    const { code, io } = await scale(['capture=0', 'ingestion=0', '--yes'], { isTTY: false });
    expect([code, io.asked]).toEqual([0, []]);
    expect(io.out).toContain('new events are refused at the door: they are lost');
    expect(io.out).toContain('after 24 h, or sooner where a partition is full, it is dropped unread');
  });

  test('is missing where nobody can be asked', async () => {
    expect((await scale(['capture=0'], { isTTY: false })).code).toBe(4);
    expect((await scale(['capture=0', '-o', 'json'], onTerminal('posthog'))).code).toBe(4);
  });
});
