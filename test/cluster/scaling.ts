/** Tests of scaling, for an instance that is installed and ready. They leave it as they found it. */
import { expect, test } from 'vitest';
import { Program } from './program.ts';
import { kubectl, restartApiServer } from './support.ts';

/** In the sandbox the API server is part of the process that serves it. */
interface Place {
  readonly canRestart: boolean;
}

const scale = (...words: readonly string[]) => new Program(['scale', ...words, '--yes', '--timeout', '3m']);
const replicas = (suffix: string) =>
  kubectl('get', 'deployment', `posthog${suffix}`, '-o', 'jsonpath={.spec.replicas} {.status.readyReplicas}');
const unquoted = (word: string) => word.replaceAll("'", '');
const scaled = (run: Program) => run.of('scaled')[0];

/** Scaled down, and gone: what ends still counts in the quota. */
async function back(...words: readonly string[]): Promise<void> {
  await scale(...words).endsWith(0);
  const ending = () => kubectl('get', 'pods', '-o', 'jsonpath={.items[*].metadata.deletionTimestamp}');
  await expect.poll(ending, { timeout: 60_000 }).toBe('');
}

export function scalingTests({ canRestart }: Place): void {
  // A new workspace has room for three pods more.
  test.each([
    [
      ['worker', 'web'],
      ['-worker', ''],
    ],
    [
      ['plugins', 'capture'],
      ['-plugins', '-capture'],
    ],
  ])('%j are scaled up, and down again', async (ids, suffixes) => {
    const up = scale(...ids.map((id) => `${id}=2`));
    await up.endsWith(0);
    expect(scaled(up)).toMatchObject({ settled: true, undo: ids.map((id) => `${id}=1`) });
    for (const suffix of suffixes) expect(await replicas(suffix)).toBe('2 2');
    const name = `posthog${suffixes[0]}`;
    const annotations = await kubectl('get', 'deployment', name, '-o', 'jsonpath={.metadata.annotations}');
    expect(JSON.parse(annotations)).toMatchObject({
      'deploy.cloud.sealos.io/minReplicas': '2',
      'deploy.cloud.sealos.io/maxReplicas': '2',
    });
    await back(...ids.map((id) => `${id}=1`));
    for (const suffix of suffixes) expect(await replicas(suffix)).toBe('1 1');
  });

  test('memory is changed by a rollout that is waited for', async () => {
    await scale('worker:memory=3584Mi').endsWith(0);
    const path = 'jsonpath={.spec.template.spec.containers[0].resources.limits.memory} {.status.updatedReplicas}';
    expect(await kubectl('get', 'deployment', 'posthog-worker', '-o', path)).toBe('3584Mi 1');
    await back('worker:memory=3Gi');
  });

  test('kubectl takes the commands that a review tells', async () => {
    const run = new Program(['scale', 'worker=2', 'worker:memory=3584Mi', 'postgres:cpu=1100m', '--dry-run']);
    await run.endsWith(0);
    const { kubectl: commands } = run.of('review')[0] as unknown as { readonly kubectl: readonly string[] };
    const done = commands.map((command) => {
      const words = command.split(' ').slice(1).map(unquoted);
      // What it prints of an object that it scales is how that was before.
      const printed = words.includes('scale') ? [] : ['-o', 'json'];
      return kubectl(...words, '--dry-run=server', ...printed);
    });
    const [sized, scaled, database] = (await Promise.all(done)) as [string, string, string];
    const { limits, requests } = JSON.parse(sized).spec.template.spec.containers[0].resources;
    expect(limits).toMatchObject({ memory: '3584Mi', cpu: expect.any(String) });
    expect(requests).toMatchObject({ memory: expect.any(String), cpu: expect.any(String) });
    expect(scaled).toMatch(/posthog-worker scaled \(server dry run\)/);
    const [store] = JSON.parse(database).spec.componentSpecs;
    expect(store.resources.limits).toMatchObject({ cpu: '1100m', memory: expect.any(String) });
  });

  test('a part is stopped, which is well, and started again', async () => {
    await scale('worker=0').endsWith(0);
    expect((await replicas('-worker')).trim()).toBe('0');
    const looked = new Program(['status']);
    await looked.endsWith(0);
    const worker = looked.of('component').find(({ component }) => component === 'worker');
    expect(worker).toMatchObject({ state: 'stopped', ready: 0, desired: 0 });
    await scale('worker=1').endsWith(0);
    expect(await replicas('-worker')).toBe('1 1');
  });

  test('more than the quota has is refused before anything is changed', async () => {
    const run = scale('worker=8');
    await run.endsWith(3);
    expect(run.of('error')).toMatchObject([{ code: 'guard' }]);
    expect(await replicas('-worker')).toBe('1 1');
  });

  test('what there is no room for does not come, and is taken back by the command that is told', async () => {
    // The platform enlarges a quota once a day.
    await kubectl('label', 'resourcequota', '--all', `last-quota-update=${Math.floor(Date.now() / 1000)}`);
    const run = new Program(['scale', 'plugins:cpu=16', '--yes', '--timeout', '10s']);
    await run.endsWith(5);
    expect(run.of('cause').map(({ id }) => id)).toContain('quota');
    const [, words = ''] = /to go back: .* (\S+)$/m.exec(String(run.of('error')[0]?.['hint'])) ?? [];
    expect(words).toBe('plugins:cpu=500m');
    await back(words);
    expect(await replicas('-plugins')).toBe('1 1');
    await kubectl('label', 'resourcequota', '--all', 'last-quota-update-');
  });

  test('killed half-way, it is known how far it came, and the same words finish it', async () => {
    const killed = scale('worker=2', 'capture=2');
    await killed.until(({ type, component }) => type === 'component' && component === 'worker');
    killed.kill('SIGKILL');
    await killed.ended;
    const again = scale('worker=2', 'capture=2');
    const changes = (await again.until(({ type }) => type === 'review'))['changes'] as { component: string }[];
    expect(changes.map(({ component }) => component)).toContain('capture');
    await again.ended;
    // The lock of the dead program may have to be waited for; what it had begun, to be settled.
    if (again.of('error').length > 0) await scale('worker=2', 'capture=2').endsWith(0);
    expect([await replicas('-worker'), await replicas('-capture')]).toEqual(['2 2', '2 2']);
    await back('worker=1', 'capture=1');
  });

  test.skipIf(!canRestart)('the API server restarts half-way, and it goes on', async () => {
    const run = scale('worker=2', 'web=2');
    await run.until(({ type, component }) => type === 'component' && component === 'worker');
    await restartApiServer();
    await run.endsWith(0);
    expect([await replicas('-worker'), await replicas('')]).toEqual(['2 2', '2 2']);
    await back('worker=1', 'web=1');
  });
}
