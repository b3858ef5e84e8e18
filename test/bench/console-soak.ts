/**
 * `node test/bench/console-soak.ts MINUTES`: home of a running install while its pods change 100 times a second and somebody
 * presses keys. Ends with 1 when memory grows.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { changePods, Home } from './console-home.ts';
import { growthOf } from './growth.ts';
import { quantile } from './measure.ts';
import { withSandbox } from './own-sandbox.ts';
import { placeOf } from './requests.ts';

const changesPerSecond = 100;
const [pressedS, restedS] = [20, 10];

const minutes = Number(process.argv[2]);
if (!(minutes > 0)) throw new Error('say for how many minutes: node test/bench/console-soak.ts 60');

await withSandbox(['--scenario', 'running', '--speed', '1'], async (sandbox) => {
  const screen = new Home(sandbox);
  await screen.shows(/1\/1/);
  const place = await placeOf(sandbox.kubeconfig);
  const stop = new AbortController();
  const changing = changePods(place, stop.signal, changesPerSecond);
  const [sizes, keys]: [number[], number[]] = [[], []];
  for (const ending = performance.now() + minutes * 60_000; performance.now() < ending; ) {
    keys.push(...(await screen.press(pressedS)));
    await sleep(restedS * 1000);
    sizes.push((await screen.bytes()) / 1e6);
  }
  stop.abort();
  const changes = await changing;
  place.close();
  screen.end();
  const { early, late, isFlat } = growthOf(sizes, minutes);
  const p99 = quantile(keys, 0.99);
  process.stdout.write(
    `${changes} changes and ${keys.length} keys (p99 ${p99.toFixed(0)} ms) in ${minutes} min; memory ${early.toFixed(0)} MB, then ${late.toFixed(0)} MB\n`,
  );
  process.exitCode = isFlat ? 0 : 1;
});
