/**
 * `node test/bench/logs-soak.ts MINUTES`: four panes of logs, 20,000 lines a second, and somebody who presses keys. Ends
 * with 1 when memory grows.
 */
import { growthOf } from './growth.ts';
import { withPanes } from './logs-screen.ts';
import { quantile } from './measure.ts';

const panes = 4;
const [pressedS, restedS] = [20, 10];
/** For the last round, and whatever comes before the first. */
const longerS = 60;

const minutes = Number(process.argv[2]);
if (!(minutes > 0)) throw new Error('say for how many minutes: node test/bench/logs-soak.ts 60');

await withPanes(panes, minutes * 60 + longerS, async ({ screen, press }) => {
  const [sizes, keys, shares]: [number[], number[], number[]] = [[], [], []];
  for (const ending = performance.now() + minutes * 60_000; performance.now() < ending; ) {
    keys.push(...(await press(pressedS)));
    shares.push((await screen.rest(restedS)).cpu);
    sizes.push((await screen.load.bytes()) / 1e6);
    if (process.stderr.isTTY) process.stderr.write(`${sizes.at(-1)?.toFixed(0)} MB\n`);
  }
  const { early, late, isFlat } = growthOf(sizes, minutes);
  process.stdout.write(
    `${keys.length} keys (p50 ${quantile(keys, 0.5).toFixed(0)} ms, p99 ${quantile(keys, 0.99).toFixed(0)} ms) in ${minutes} min, ` +
      `${quantile(shares, 0.5).toFixed(0)} % of a core; memory ${early.toFixed(0)} MB, then ${late.toFixed(0)} MB\n`,
  );
  process.exitCode = isFlat ? 0 : 1;
});
