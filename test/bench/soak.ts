/**
 * `node test/bench/soak.ts MINUTES`: a small install runs in a sandbox at its usual speed, pods beside it change 300 times a
 * second and every change is watched. Ends with 1 when a change is lost or memory grows.
 */
import { changeAndWatch, changesPerSecond } from './changes.ts';
import { growthOf } from './growth.ts';
import { withSandbox } from './own-sandbox.ts';
import { fillWithPods } from './pods.ts';
import { placeOf } from './requests.ts';

const pods = 300;
/** The server remembers so many changes for watches that come late; its memory grows until it has seen them. */
const remembered = 8000;
const roundS = 5;

const minutes = Number(process.argv[2]);
if (!(minutes > 0)) throw new Error('say for how many minutes: node test/bench/soak.ts 60');

await withSandbox(['--scenario', 'running'], async ({ kubeconfig, load }) => {
  const place = await placeOf(kubeconfig);
  await fillWithPods(place, pods);
  await changeAndWatch(place, pods, Math.ceil(remembered / changesPerSecond));
  const sizes: number[] = [];
  let changes = 0;
  let lost = 0;
  for (const ending = performance.now() + minutes * 60_000; performance.now() < ending; ) {
    const round = await changeAndWatch(place, pods, roundS);
    changes += round.acknowledged;
    lost += round.lost;
    sizes.push((await load.bytes()) / 1e6);
  }
  place.close();
  const { early, late, isFlat } = growthOf(sizes, minutes);
  process.stdout.write(
    `${changes} changes in ${minutes} min, ${lost} lost; memory ${early.toFixed(0)} MB, then ${late.toFixed(0)} MB\n`,
  );
  process.exitCode = lost === 0 && changes > 0 && isFlat ? 0 : 1;
});
