import { describe, expect, test } from 'vitest';
import { installCommand } from '../../source/commands/install.ts';
import { parse } from '../../source/commands/parse.ts';
import { proofCommand } from '../../source/commands/proof.ts';
import type { Session } from '../../source/commands/session.ts';
import { statusCommand } from '../../source/commands/status.ts';
import { exitCodes, UserError } from '../../source/errors.ts';
import type { InstallRequest, Outside } from '../../source/install/contract.ts';
import type { InstallEvent } from '../../source/install/events.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { resolveAnswers } from '../../source/stack/answers.ts';
import { FakeIo, type FakeIoOptions } from '../cli/fake-io.ts';
import { emptyPlan } from '../support/plan.ts';
import { testContext } from '../support/test-context.ts';

/** A session on a cluster that only knows whether it was closed. */
function sessionWith(options: FakeIoOptions = {}) {
  const io = new FakeIo(options);
  const closed = { times: 0 };
  const interrupt = new AbortController();
  const cluster = { close: async () => void closed.times++ };
  const session: Session = {
    io,
    context: testContext(),
    language: 'en',
    t: dictionaries.en,
    signal: interrupt.signal,
    open: async () => ({ cluster }) as unknown as Outside,
  };
  return { io, session, closed, interrupt };
}

/** Runs `install` with a use case that tells the plan and asks as the real one does. */
async function install(flags: readonly string[], options: FakeIoOptions = {}) {
  const { io, session, closed } = sessionWith(options);
  const requests: InstallRequest[] = [];
  const code = await installCommand(parse(['install', ...flags]).values, session, async function* (request) {
    requests.push(request);
    yield emptyPlan;
    if (request.dryRun) return;
    if (typeof request.consent !== 'function' || !(await request.consent(emptyPlan)))
      throw new UserError({ code: 'needs-confirmation', exit: exitCodes.needsConfirmation, say: () => 'no' });
    yield { type: 'note', message: () => 'working' };
  }).catch((error: unknown) => (error instanceof UserError ? error.exit : Promise.reject(error)));
  return { io, code, closed, requests };
}

describe('what install is asked', () => {
  test('is what the flags say', async () => {
    const flags = ['--yes', '--dry-run', '--conflicts', 'keep', '--fix', 'redis-auth', '--fix', 'oom'];
    const { requests } = await install([...flags, '--timeout', '45m', '--read-only', '--size', 'trial']);
    expect(requests).toMatchObject([
      { dryRun: true, conflicts: 'keep', fixes: ['redis-auth', 'oom'], timeoutMs: 2_700_000, readOnly: true },
    ]);
    expect(resolveAnswers(requests[0]?.sources ?? []).size).toBe('trial');
  });

  test('is little without flags', async () => {
    const { requests } = await install(['--yes']);
    expect(requests).toMatchObject([{ dryRun: false, fixes: [], timeoutMs: 7_200_000, readOnly: false }]);
    expect(requests[0]).not.toHaveProperty('conflicts');
    expect(requests[0]).not.toHaveProperty('adminPassword');
  });

  test.each([
    ['hunter22', 'hunter22'],
    ['hunter22\n', 'hunter22'],
    ['hunter22\r\n', 'hunter22'],
    [' with spaces ', ' with spaces '],
  ])('the password on stdin %j is %j', async (stdin, password) => {
    const flags = ['--yes', '--admin-email', 'a@example.com', '--admin-password-stdin'];
    const { requests, io } = await install(flags, { stdin });
    expect(requests).toMatchObject([{ adminPassword: password }]);
    expect(io.out + io.err).not.toContain('hunter2');
  });

  test.each([
    [['--admin-password-stdin'], 'x', '--admin-password-stdin needs --admin-email'],
    [['--admin-password-stdin', '--admin-email', 'a@example.com'], '', 'stdin is empty'],
    [['--admin-password-stdin', '--admin-email', 'a@example.com'], '\n', 'stdin is empty'],
    [['--admin-password-stdin', '--admin-email', 'a@example.com'], 'a\nb', 'one line'],
    [['--admin-password-stdin', '--admin-email', 'a@example.com'], 'x'.repeat(1025), 'at most 1024'],
    [['--admin-password-stdin', '--admin-email', 'a@example.com'], 'hunter2', 'at least 8 characters'],
    [['--timeout', 'soon'], '', '"soon" cannot be --timeout'],
    [['--timeout', '0s'], '', '"0s" cannot be --timeout'],
    [['--conflicts', 'kep'], '', '"kep" cannot be --conflicts: it must be one of keep, take; did you mean keep?'],
    [['--fix', 'redis-aut'], '', 'did you mean redis-auth?'],
    [['--size', 'smal'], '', 'did you mean "small"?'],
  ])('%j is refused before a cluster is looked for', async (flags, stdin, message) => {
    const { session } = sessionWith({ stdin });
    const open = () => Promise.reject(new Error('the cluster was opened'));
    const running = installCommand(parse(['install', ...flags]).values, { ...session, open });
    await expect(running).rejects.toMatchObject({ exit: 2, message: expect.stringContaining(message) });
  });
});

describe('consent', () => {
  test.each(['y', 'Y', 'yes', ' yes ', '是', '好'])('%j on the terminal goes on', async (answer) => {
    const { code, io } = await install([], { isTTY: true, answer });
    expect(code).toBe(0);
    expect(io.asked).toEqual(['Go on? [y/N] ']);
  });

  test.each(['', 'n', 'no', 'yesterday', 'ok'])('%j on the terminal does not', async (answer) => {
    expect((await install([], { isTTY: true, answer })).code).toBe(4);
  });

  test.each([
    [[], { isTTY: false }],
    [['-o', 'json'], { isTTY: true, answer: 'y' }],
  ])('%j with %j asks nobody, and is missing', async (flags, options) => {
    const { code, io, requests } = await install(flags, options);
    expect(code).toBe(4);
    expect(io.asked).toEqual([]);
    expect(requests).toMatchObject([{ consent: 'missing' }]);
  });

  test.each([
    [['--yes'], true],
    [['--sandbox'], true],
    [['--sandbox'], false],
    [['--sandbox', '-o', 'json'], true],
  ])('%j asks nobody (on a terminal: %s)', async (flags, isTTY) => {
    const { code, io } = await install(flags, { isTTY });
    expect(code).toBe(0);
    expect(io.asked).toEqual([]);
  });
});

test('a dry run says that it was one; to people only', async () => {
  expect((await install(['--dry-run'])).io.out).toContain('Nothing was changed: --dry-run only shows the plan.');
  const { io, code } = await install(['--dry-run', '-o', 'json']);
  expect(code).toBe(0);
  expect(io.out.trim().split('\n')).toHaveLength(1);
});

test('the cluster is closed whatever happens', async () => {
  expect((await install(['--yes'])).closed.times).toBe(1);
  expect((await install([])).closed.times).toBe(1);
});

describe('an interruption', () => {
  async function interruptedAfter(flags: readonly string[], when: 'plan' | 'consent') {
    const { session, interrupt } = sessionWith();
    return installCommand(parse(['install', ...flags]).values, session, async function* (request) {
      yield emptyPlan;
      if (when === 'consent' && typeof request.consent === 'function') await request.consent(emptyPlan);
      interrupt.abort(new Error('SIGINT'));
      throw interrupt.signal.reason;
    }).then(
      () => undefined,
      (error: UserError) => ({ exit: error.exit, hint: error.hint?.(dictionaries.en) }),
    );
  }

  test('before consent says that nothing was changed', async () => {
    expect(await interruptedAfter(['--yes'], 'plan')).toEqual({
      exit: 130,
      hint: 'Nothing was changed. To begin again: posthog-sealos install',
    });
  });

  test('afterwards says what goes on, and how to come back to the same instance', async () => {
    const after = await interruptedAfter(['--yes', '-n', 'ns-1'], 'consent');
    expect(after).toMatchObject({ exit: 130, hint: expect.stringContaining('Kubernetes goes on') });
    expect(after?.hint).toContain('posthog-sealos install -n ns-1');
  });
});

describe('status', () => {
  const component: InstallEvent = {
    type: 'component',
    component: 'web',
    phase: 'app',
    state: 'ready',
    ready: 1,
    desired: 1,
  };

  test.each([
    [true, 0],
    [false, 1],
  ])('when all is well is %s, ends with %d', async (well, code) => {
    const { io, session } = sessionWith();
    const asked: unknown[] = [];
    const ended = await statusCommand(parse(['status', '--name', 'x']).values, session, async function* (_, request) {
      asked.push(request);
      yield component;
      return well;
    });
    expect(ended).toBe(code);
    expect(asked).toEqual([{ name: 'x', watch: false, withFigures: true }]);
    expect(io.out).toContain('web');
  });

  test('that watches ends quietly when it is interrupted', async () => {
    const { io, session, interrupt } = sessionWith();
    const ended = await statusCommand(parse(['status', '-w']).values, session, async function* () {
      yield component;
      interrupt.abort(new Error('SIGINT'));
      throw interrupt.signal.reason;
    });
    expect(ended).toBe(130);
    expect(io.err).toBe('');
  });
});

test('proof is asked for the instance that is named', async () => {
  const { session } = sessionWith();
  const names: unknown[] = [];
  const code = await proofCommand(parse(['proof', '--name', 'x']).values, session, async function* (_, name) {
    names.push(name);
    yield { type: 'proof', hop: 'web', ok: true, ms: 1, message: () => 'fine' };
  });
  expect([code, names]).toEqual([0, ['x']]);
});

test('proof sends nothing when told to change nothing', async () => {
  const { session } = sessionWith();
  const refused = proofCommand(parse(['proof', '--read-only']).values, session, () => {
    throw new Error('it was run');
  });
  await expect(refused).rejects.toMatchObject({ code: 'read-only', exit: exitCodes.refused });
});
