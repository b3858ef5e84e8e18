/** Whatever stops an install is told with its cause and its fix, on a real cluster. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isSandbox } from './on-sandbox.ts';
import { install, Program } from './program.ts';
import { kubectl, removeImage, resetNamespace, restoreImage, setQuota, setRights, takeTime } from './support.ts';

describe('before anything is created', () => {
  beforeEach(() => resetNamespace());

  test('a quota too small in pods stops it; too small in CPU only warns, because Sealos enlarges that', async () => {
    await setQuota({ pods: '6', 'limits.cpu': '2' });
    const refused = install();
    await refused.endsWith(3);
    expect(refused.of('preflight').find(({ check }) => check === 'quota')).toMatchObject({
      verdict: 'fail',
      message: expect.stringContaining('pods'),
    });
    expect(await kubectl('get', 'secrets,configmaps', '-l', 'cloud.sealos.io/deploy-on-sealos', '-o', 'name')).toBe('');

    await setQuota({ 'limits.cpu': '2' });
    const warned = new Program(['install', '--dry-run']);
    await warned.endsWith(0);
    expect(warned.of('preflight').find(({ check }) => check === 'quota')).toMatchObject({
      verdict: 'warn',
      hint: expect.any(String),
    });
  });

  test.each([
    ['read-only', [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }], 'only read'],
    ['no rights at all', [], 'may not'],
  ])('a token with %s is refused with what is missing', async (_, rules, words) => {
    await setRights(rules);
    const run = install();
    await run.endsWith(3);
    const failed = run.of('preflight').filter(({ verdict }) => verdict === 'fail');
    expect([...run.of('error'), ...failed].map(({ message }) => String(message)).join(' ')).toContain(words);
    expect(await kubectl('get', 'secrets', '-l', 'cloud.sealos.io/deploy-on-sealos', '-o', 'name')).toBe('');
  });
});

describe('an instance of the one-click template', () => {
  beforeAll(() => resetNamespace());

  test('is recognised, shown and left alone; a new one may stand beside it', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'template-')), 'deployments.json');
    const items = ['posthog', 'posthog-worker', 'posthog-plugins'].map(deploymentOf);
    await writeFile(file, items.map((item) => JSON.stringify(item)).join('\n---\n'));
    await kubectl('create', '-f', file);
    const status = new Program(['status']);
    await status.endsWith(1);
    const shown = status.of('component').map(({ component }) => component);
    expect(shown).toEqual(expect.arrayContaining(['web', 'plugins', 'worker', 'clickhouse']));
    expect(shown).not.toContain('ingestion');

    const refused = install();
    await refused.endsWith(3);
    expect(refused.of('preflight').find(({ check }) => check === 'name')).toMatchObject({ verdict: 'fail' });
    await new Program(['install', '--dry-run', '--name', 'posthog-2']).endsWith(0);
    expect(await kubectl('get', 'deployments', '-o', 'name')).toBe(
      'deployment.apps/posthog\ndeployment.apps/posthog-plugins\ndeployment.apps/posthog-worker\n',
    );
  });
});

describe('on the way', () => {
  beforeAll(() => resetNamespace());

  test('an install that is given too little time ends with 5 and says how to go on', async () => {
    await takeTime();
    const run = install('--timeout', '4s');
    await run.endsWith(5);
    expect(run.of('error')).toMatchObject([
      // By whatever name the tests were started.
      { code: 'timeout', hint: expect.stringMatching(/(?:posthog-sealos|cli --) install/) },
    ]);
  });

  // Nothing is taken off the nodes of a sandbox; its scenario `image-pull` stands for it.
  test.skipIf(isSandbox)(
    'an image that cannot be pulled is named, and a mirror brings the install to done, with a password that cannot stand in a URL',
    async () => {
      const image = await removeImage('capture');
      const run = install();
      const cause = await run.until(
        ({ type, component, id }) => type === 'cause' && component === 'capture' && String(id).startsWith('image'),
      );
      expect(cause).toMatchObject({ fix: 'mirror', evidence: [expect.stringContaining(image.repository)] });
      run.kill('SIGTERM');
      await run.endsWith(130);

      const mirrored = [
        'capture',
        'feature-flags',
        'hypercache-server',
        'property-defs-rs',
        'personhog-replica',
        'personhog-router',
      ];
      for (const name of mirrored) await restoreImage(name, 'mirror.test');
      // Every part has to be made anew for the mirror or for this, so both come at once.
      await changeRedisPassword('a/b#1');
      const fixed = install('--mirror', 'ghcr.io=mirror.test', '--fix', 'redis-auth');
      await fixed.endsWith(0);
      expect(fixed.of('done')).toMatchObject([{ proven: false, message: expect.stringContaining('--admin-email') }]);
      await restoreImage('capture');

      // What `done` advised.
      const named = install('--admin-email', 'owner@example.com');
      await named.endsWith(0);
      expect(named.of('done')).toMatchObject([{ proven: true }]);
      const other = install('--admin-email', 'other@example.com');
      await other.endsWith(3);
      expect(other.of('error')).toMatchObject([
        { code: 'unchangeable', message: expect.stringContaining('owner@example.com') },
      ]);
    },
  );

  // The simulated Redis keeps its password; its scenario is `redis-wrong-password`.
  test.skipIf(isSandbox)(
    'a password of Redis that changed and cannot stand in a URL is found, named and corrected',
    async () => {
      // Pods read the complete URL from our Secret, which now is behind the platform's.
      await changeRedisPassword('c/d#2');
      await kubectl('delete', 'pod', '-l', 'app=posthog-plugins');
      const looking = new Program(['status', '--watch']);
      const cause = await looking.until(({ type, id }) => type === 'cause' && id === 'redis-auth');
      expect(cause).toMatchObject({
        component: 'plugins',
        fix: 'secret-value',
        evidence: [expect.stringMatching(/WRONGPASS/)],
      });
      expect(JSON.stringify(looking.lines)).not.toContain('c/d#2');
      looking.kill('SIGINT');
      await looking.endsWith(130);

      const fixed = install('--fix', 'redis-auth');
      await fixed.endsWith(0);
      const status = new Program(['status']);
      await status.endsWith(0);
    },
  );
});

const deploymentOf = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'x', image: 'template.test/x' }] } },
  },
});

/** As an upgrade of KubeBlocks does it: the server and the Secret change, the pods do not (sealos-platform 4.4). */
async function changeRedisPassword(password: string): Promise<void> {
  const secret = 'posthog-redis-conn-credential';
  const old = await kubectl('get', 'secret', secret, '-o', 'jsonpath={.data.password}');
  const script = `redis-cli -a "$(echo ${old} | base64 -d)" config set requirepass '${password}'`;
  await kubectl('exec', 'posthog-redis-redis-0', '-c', 'redis', '--', 'sh', '-c', script);
  const data = { password: Buffer.from(password).toString('base64') };
  await kubectl('patch', 'secret', secret, '--type', 'merge', '-p', JSON.stringify({ data }));
}
