/** The program as it is built, on a server where everything goes wrong that can: a sample of `test/bench/logs-exact.ts`. */
import { expect, test } from 'vitest';
import { tryTool } from '../bench/logs-exact.ts';

test('no line is lost, doubled or out of order through cuts, refusals, restarts and connections that die', async () => {
  const tried = await tryTool('ours', 20, 300);
  expect(tried).toMatchObject({ lost: 0, doubled: 0, disordered: 0, endedAfterS: undefined });
  expect(tried.written).toBeGreaterThanOrEqual(12 * 20 * 300);
});
