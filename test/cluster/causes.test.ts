/** Whatever stops an install is told with its cause and its fix, on a real cluster. */
import { beforeEach, expect, test } from 'vitest';
import { install, Program } from './program.ts';
import { kubectl, removeImage, resetNamespace, restoreImage, setQuota, setRights } from './support.ts';

beforeEach(() => resetNamespace());

test('a quota too small in pods stops before anything is created; too small in CPU it only warns', async () => {
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
  ['no rights at all', [], 'rights'],
])('a token with %s is refused with what is missing', async (_, rules, words) => {
  await setRights(rules);
  const run = install();
  await run.endsWith(3);
  const said = [...run.of('error'), ...run.of('preflight').filter(({ verdict }) => verdict === 'fail')]
    .map(({ message }) => String(message))
    .join(' ');
  expect(said).toContain(words);
});

test('an image that cannot be pulled is named, and the mirror fix brings the install to done', async () => {
  const image = await removeImage('capture');
  const run = install();
  try {
    const cause = await run.until(
      (line) =>
        line.type === 'cause' &&
        line['component'] === 'capture' &&
        line['id'] !== null &&
        String(line['id']).startsWith('image'),
    );
    expect(cause).toMatchObject({ fix: 'mirror', evidence: [expect.stringContaining(image.repository)] });
  } finally {
    run.kill('SIGTERM');
    await run.ended;
  }
  await restoreImage('capture', 'mirror.test');
  const fixed = install('--mirror', 'ghcr.io=mirror.test');
  await fixed.endsWith(0);
  expect(fixed.of('done')).toMatchObject([{ proven: false }]);
  await restoreImage('capture');

  // The password of Redis changes below running pods, as an upgrade of KubeBlocks does it.
  await kubectl(
    'exec',
    'posthog-redis-redis-0',
    '--',
    'sh',
    '-c',
    'redis-cli -a "$REDIS_PASSWORD" config set requirepass changed-by-upgrade',
  );
  const password = Buffer.from('changed-by-upgrade').toString('base64');
  await kubectl(
    'patch',
    'secret',
    'posthog-redis-conn-credential',
    '--type',
    'merge',
    '-p',
    JSON.stringify({ data: { password } }),
  );
  await kubectl('delete', 'pod', '-l', 'app=posthog-plugins', '--wait=false');
});
