/** The console while its cluster changes without a pause: how long a key takes, and what it writes when nothing is to be seen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { changesPerSecond } from './changes.ts';
import { changePods, Home } from './console-home.ts';
import { quantile, type Row } from './measure.ts';
import { withSandbox } from './own-sandbox.ts';
import { placeOf } from './requests.ts';

const latestMs = 50;
const busiestIdle = 1;
/** Home tells new figures every 5 s; of each time, only what is another than before is written. */
const [figuresS, figuresBytes] = [5, 1_000];
const growthAllowed = 1.2;

/** Home of a finished small install, for `seconds` in each state. */
export function measureConsoleUnderLoad(seconds: number): Promise<readonly Row[]> {
  return withSandbox(['--scenario', 'running', '--speed', '1'], async (sandbox) => {
    const screen = new Home(sandbox);
    try {
      await screen.shows(/1\/1/);
      await sleep(2000);
      const idle = await screen.rest(seconds);
      const place = await placeOf(sandbox.kubeconfig);
      const stop = new AbortController();
      const changing = changePods(place, stop.signal);
      await sleep(500);
      const busy = await screen.rest(seconds);
      // Until the heap is as large as it wants to be.
      const warm = await screen.press(seconds);
      const before = await screen.bytes();
      const keys = [...warm, ...(await screen.press(seconds))];
      const after = await screen.bytes();
      stop.abort();
      const changes = await changing;
      place.close();
      const p99 = quantile(keys, 0.99);
      const mostBytes = figuresBytes * Math.ceil(seconds / figuresS);
      return [
        {
          what: `console at rest for ${seconds} s: written, processor`,
          measured: `${idle.bytes} bytes, ${idle.cpu.toFixed(1)} % of a core`,
          budget: `<= ${mostBytes} bytes, <= ${busiestIdle} %`,
          ok: idle.bytes <= mostBytes && idle.cpu <= busiestIdle,
        },
        {
          what: `console at rest for ${seconds} s while ${changesPerSecond} pods/s change unseen: written`,
          measured: `${busy.bytes} bytes, ${busy.cpu.toFixed(1)} % of a core`,
          budget: `<= ${mostBytes} bytes`,
          ok: busy.bytes <= mostBytes,
        },
        {
          what: `key to frame, ${keys.length} keys while ${Math.round(changes / (3 * seconds + 0.5))} pods/s change`,
          measured: `p50 ${quantile(keys, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
          budget: `p99 <= ${latestMs} ms`,
          ok: p99 <= latestMs,
        },
        {
          what: `console's memory half-way through these keys, and after them`,
          measured: `${(before / 1e6).toFixed(0)} MB, then ${(after / 1e6).toFixed(0)} MB`,
          budget: `<= ${growthAllowed} x`,
          ok: after <= before * growthAllowed,
        },
      ];
    } finally {
      screen.end();
    }
  });
}
