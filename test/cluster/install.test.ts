/** The main job on a real cluster: from nothing to a proven PostHog, again, and changed by others. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open } from '../support/pty.ts';
import { isSandbox } from './on-sandbox.ts';
import { here, install, Program } from './program.ts';
import { scalingTests } from './scaling.ts';
import { kubectl, resetNamespace, takeTime, userNamespace } from './support.ts';

const admin = ['--admin-email', 'owner@example.com'];

beforeAll(() => resetNamespace());
afterAll(() => resetNamespace());

test('a dry run of every size is accepted by the server to the letter and changes nothing', async () => {
  for (const size of ['trial', 'small', 'medium', 'large']) {
    const run = new Program(['install', '--dry-run', '--size', size]);
    const code = await run.ended;
    const [plan] = run.of('plan') as unknown as { objects: { action: string }[] }[];
    // medium and large are more than a new workspace has; the plan is still told after the preflight of those that fit.
    if (size === 'large') expect(code).toBe(3);
    else {
      expect(code, run.stderr).toBe(0);
      expect(new Set(plan?.objects.map(({ action }) => action))).toEqual(new Set(['create']));
    }
  }
  expect(
    await kubectl('get', 'deployments,configmaps,secrets', '-l', 'cloud.sealos.io/deploy-on-sealos', '-o', 'name'),
  ).toBe('');
});

describe('a small install', () => {
  let first: Program;

  test('goes from nothing to done with every hop proven', async () => {
    first = install(...admin);
    await first.endsWith(0);
    expect(first.of('done')).toMatchObject([{ name: 'posthog', proven: true }]);
    expect(first.of('proof').filter(({ ok }) => ok !== true)).toEqual([]);
    expect(first.of('proof').length).toBeGreaterThanOrEqual(10);
    expect(
      first
        .of('phase')
        .filter(({ state }) => state === 'ready')
        .map(({ phase }) => phase),
    ).toEqual(['stores', 'queue', 'app']);
    expect(first.of('migration').at(-1)).toMatchObject({ done: expect.any(Number), total: expect.any(Number) });
  });

  test('tells no secret', async () => {
    const secrets = JSON.parse(await kubectl('get', 'secrets', '-o', 'json')) as {
      items: { data?: Record<string, string> }[];
    };
    const values = secrets.items
      .flatMap(({ data = {} }) => Object.entries(data))
      .filter(([key]) => /pass|secret|salt|api-key/i.test(key));
    const said = JSON.stringify(first.lines) + first.stderr;
    expect(values.length).toBeGreaterThan(10);
    for (const [key, value] of values) {
      const plain = Buffer.from(value, 'base64').toString();
      if (plain.length >= 8) expect(said.includes(plain), key).toBe(false);
    }
  });

  test('shows in status as it is', async () => {
    const run = new Program(['status']);
    await run.endsWith(0);
    expect(run.of('component').filter(({ state }) => state !== 'ready')).toEqual([]);
  });

  test('shows the log that Redis keeps in a file', async () => {
    const run = new Program(['logs', 'redis', '--container', 'redis']);
    await run.endsWith(0);
    const said = run.lines.map(({ file, message, time }) => ({ file, message, time }));
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(said).toContainEqual({
      file: '/data/running.log',
      message: expect.stringContaining('Ready to accept connections'),
      time,
    });
  });

  test('does not call plugins alive when its process is dead', async () => {
    const web = (await kubectl('get', 'pods', '-l', 'app=posthog', '-o', 'name')).trim().replace('pod/', '');
    const path = `/api/v1/namespaces/${userNamespace}/pods/${web}:8000/proxy/_preflight`;
    const plugins = async () => (JSON.parse(await kubectl('get', '--raw', path)) as { plugins: boolean }).plugins;
    expect(await plugins()).toBe(true);
    await takeTime('1');
    const deadline = Date.now() + 60_000;
    const until = async (what: string, so: () => Promise<boolean>) => {
      while (!(await so())) if (Date.now() > deadline) throw new Error(what);
    };
    const kill = () =>
      kubectl('exec', 'deploy/posthog-plugins', '--', 'kill', '1').then(
        () => true,
        () => false,
      );
    // The first time it is back within a second, too soon to be seen dead for sure; the second time it has to wait.
    await until('it could not be killed', kill);
    await until('it was not started again', async () => (await restarts()) > 0);
    await until('it could not be killed again', kill);
    const turns = (wanted: boolean) => until(`plugins stayed ${!wanted}`, async () => (await plugins()) === wanted);
    await turns(false);
    await takeTime('max');
    await turns(true);
  });

  test('run again without a terminal changes nothing, proves again and is done', async () => {
    const before = await versions();
    const run = new Program(['install']);
    await run.endsWith(0);
    const planned = (run.of('plan')[0]?.['objects'] ?? []) as { action: string }[];
    expect(planned.length).toBeGreaterThan(40);
    expect(planned.filter(({ action }) => action !== 'same')).toEqual([]);
    expect(run.of('done')).toHaveLength(1);
    expect(await versions()).toEqual(before);
  });

  test('run again at a terminal opens the console', async () => {
    const env = { ...(process.env as Record<string, string>), ...here.env, TERM: 'xterm-256color', CI: '' };
    const seen = open({ argv: ['install', ...here.words], env });
    await seen.until(/All 22 parts are ready/);
    seen.type('\x03');
    expect(await seen.ended).toBe(0);
    expect(seen.isSane()).toBe(true);
  });

  scalingTests({ canRestart: !isSandbox });

  test('proves nothing when it may change nothing, because a proof writes events', async () => {
    const run = new Program(['install', '--read-only']);
    await run.endsWith(3);
    expect(run.of('error')).toMatchObject([{ code: 'read-only' }]);
    expect(run.of('plan')).toHaveLength(1);
    expect(run.of('proof')).toEqual([]);
  });

  test('does not take back what somebody else set, unless told', async () => {
    await kubectl(
      'patch',
      'deployment',
      'posthog-worker',
      '--field-manager',
      'launchpad',
      '--type',
      'merge',
      '-p',
      '{"spec":{"revisionHistoryLimit":3}}',
    );
    const refused = install(...admin);
    await refused.endsWith(3);
    expect(refused.of('error')).toMatchObject([{ code: 'conflict', message: expect.stringContaining('launchpad') }]);
    await install(...admin, '--conflicts', 'keep').endsWith(0);
    expect(await kubectl('get', 'deployment', 'posthog-worker', '-o', 'jsonpath={.spec.revisionHistoryLimit}')).toBe(
      '3',
    );
    await install(...admin, '--conflicts', 'take').endsWith(0);
    expect(await kubectl('get', 'deployment', 'posthog-worker', '-o', 'jsonpath={.spec.revisionHistoryLimit}')).toBe(
      '1',
    );
  });

  test('is changed one component at a time by other answers, and keeps its secrets', async () => {
    const secret = await kubectl('get', 'secret', 'posthog-env', '-o', 'jsonpath={.data}');
    const run = install(
      ...admin,
      '--set',
      'components.capture.memory=640Mi',
      '--set',
      'components.replay-capture.memory=640Mi',
    );
    await run.endsWith(0);
    expect(
      await kubectl(
        'get',
        'deployment',
        'posthog-capture',
        '-o',
        'jsonpath={.spec.template.spec.containers[0].resources.limits.memory}',
      ),
    ).toBe('640Mi');
    expect(await kubectl('get', 'secret', 'posthog-env', '-o', 'jsonpath={.data}')).toBe(secret);
  });

  test.each([
    [['--size', 'medium'], 'unchangeable'],
    [['--set', 'release=2027.01'], 'bad-answer'],
  ])('refuses %j, which cannot change', async (args, code) => {
    const run = install(...args);
    await run.endsWith(code === 'bad-answer' ? 2 : 3);
    expect(run.of('error')).toMatchObject([{ code }]);
  });
});

/** How often the container of plugins was started again. */
async function restarts(): Promise<number> {
  const path = 'jsonpath={.items[0].status.containerStatuses[0].restartCount}';
  return Number(await kubectl('get', 'pods', '-l', 'app=posthog-plugins', '-o', path));
}

/** resourceVersion of everything that belongs to the instance and is not written by controllers as time passes. */
async function versions(): Promise<Record<string, number>> {
  const kinds =
    'deployments,statefulsets,configmaps,services,ingresses,clusters.apps.kubeblocks.io,objectstoragebuckets.objectstorage.sealos.io,instances.app.sealos.io,apps.app.sealos.io';
  const list = JSON.parse(
    await kubectl('get', kinds, '-n', userNamespace, '-l', 'cloud.sealos.io/deploy-on-sealos=posthog', '-o', 'json'),
  ) as {
    items: { kind: string; metadata: { name: string; generation?: number; resourceVersion: string } }[];
  };
  return Object.fromEntries(
    list.items.map(({ kind, metadata }) => [
      `${kind}/${metadata.name}`,
      metadata.generation ?? Number(metadata.resourceVersion),
    ]),
  );
}
