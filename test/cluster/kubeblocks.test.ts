/** The newer generation of KubeBlocks, to the end; the other tests run on the older one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { install } from './program.ts';
import { useKubeblocks } from './support.ts';

beforeAll(() => useKubeblocks('0.9.5'));
afterAll(() => useKubeblocks('0.8.2'));

test('a small install goes from nothing to done on KubeBlocks 0.9', async () => {
  const run = install('--admin-email', 'owner@example.com');
  await run.endsWith(0);
  expect(run.of('preflight').find(({ check }) => check === 'apis')).toMatchObject({
    message: expect.stringContaining('KubeBlocks 0.9'),
  });
  expect(run.of('done')).toMatchObject([{ proven: true }]);
});
