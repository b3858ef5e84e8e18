/** An install that is killed, cut off and doubled ends the same as one that is left alone. */
import { beforeEach, expect, test } from 'vitest';
import { install, Program } from './program.ts';
import { kubectl, logInAgain, resetNamespace, restartApiServer, rotateToken, takeTime } from './support.ts';

const admin = ['--admin-email', 'owner@example.com'];
/** In CI a sample; `npm run soak` has the full number. */
const kills = process.env['SOAK'] ? 25 : 10;

beforeEach(() => resetNamespace());

test(`killed with -9 ${kills} times at any moment, it is resumed to done; nothing is doubled, no secret changes`, async () => {
  let secret: string | undefined;
  for (let round = 0; round < kills; round++) {
    const run = install(...admin);
    // A different moment each time: after so many lines, which the phases spread over the whole install.
    const lines = 3 + ((round * 7) % 31);
    await Promise.race([run.until(() => run.lines.length >= lines && run.of('plan').length > 0), run.ended]);
    run.kill('SIGKILL');
    await run.ended;
    const now = await kubectl('get', 'secret', 'posthog-env', '--ignore-not-found', '-o', 'jsonpath={.data}');
    if (secret !== undefined) expect(now).toBe(secret);
    if (now !== '') secret = now;
  }
  const last = install(...admin);
  await last.endsWith(0);
  expect(last.of('done')).toMatchObject([{ proven: true }]);
  expect(await kubectl('get', 'secret', 'posthog-env', '-o', 'jsonpath={.data}')).toBe(secret);
  const jobs = (await kubectl('get', 'jobs', '-o', 'name')).trim().split('\n');
  expect(jobs.map((name) => name.replace(/-[0-9a-f]{8}$/, '')).sort()).toEqual([
    'job.batch/posthog-db-init',
    'job.batch/posthog-kafka-init',
    'job.batch/posthog-migrate',
  ]);
  expect((await kubectl('get', 'instances.app.sealos.io', '-o', 'name')).trim()).toBe('instance.app.sealos.io/posthog');
});

test('the API server restarts in each phase, a second installer comes, and a token ends half-way: each is told, and it goes on', async () => {
  await takeTime();
  const restartIn = async (run: Program, phase: string) => {
    await run.until((line) => line.type === 'phase' && line['phase'] === phase && line['state'] !== 'waiting');
    await restartApiServer();
  };
  const first = install(...admin);
  await restartIn(first, 'stores');
  const second = install(...admin);
  await second.endsWith(3);
  expect(second.of('preflight').filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  expect(second.of('error')).toMatchObject([{ code: 'locked', message: expect.stringMatching(/pid \d+/) }]);

  await restartIn(first, 'queue');
  await first.until((line) => line.type === 'component' && line['component'] === 'kafka' && line['state'] === 'ready');
  await rotateToken();
  await first.endsWith(1);
  expect(first.of('error')).toMatchObject([{ code: 'unauthorized' }]);

  await logInAgain();
  const third = install(...admin);
  await third.until((line) => line.type === 'phase' && line['phase'] === 'app' && line['state'] === 'running');
  await takeTime('max');
  await restartIn(third, 'app');
  await third.endsWith(0);
  expect(third.of('done')).toMatchObject([{ proven: true }]);
});

test('Ctrl-C ends with 130 and says how to come back', async () => {
  const run = new Program(['install', '--yes', ...admin]);
  await run.until((line) => line.type === 'phase');
  run.kill('SIGINT');
  await run.endsWith(130);
  expect(await kubectl('get', 'lease', 'posthog-lock', '--ignore-not-found', '-o', 'name')).toBe('');
  const left = new Program(['status']);
  await left.endsWith(1);
  expect(left.of('component').find(({ component }) => component === 'migrate')).toMatchObject({ state: 'waiting' });
});
