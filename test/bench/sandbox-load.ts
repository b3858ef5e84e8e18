/** The simulated cluster under load: changes that are watched, and lines of a log that is followed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeAndWatch, changesPerSecond } from './changes.ts';
import { quantile, type Row } from './measure.ts';
import { withSandbox } from './own-sandbox.ts';
import { fillWithPods, podName, podsPath } from './pods.ts';
import { printing } from './printing.ts';
import { stamp } from './programs/cluster.ts';
import { eachLine, placeAt, placeOf } from './requests.ts';

const pods = 300;
const linesPerSecond = 60_000;
/** Milliseconds that what is seen may be old, on a machine that does other things as well. */
const latest = 1000;

/** Changes of pods, each of them watched, for `seconds`. */
export function measureSandboxChanges(seconds: number): Promise<readonly Row[]> {
  return withSandbox([], async ({ kubeconfig, load }) => {
    const place = await placeOf(kubeconfig);
    await fillWithPods(place, pods);
    const before = await load.cpuMs();
    const { acknowledged, lost, ages } = await changeAndWatch(place, pods, seconds);
    const cpu = ((await load.cpuMs()) - before) / seconds / 10;
    place.close();
    const p99 = quantile(ages, 0.99);
    return [
      {
        what: `sandbox: ${changesPerSecond} changes/s of ${pods} pods for ${seconds} s, watched: changes lost, age when seen`,
        measured: `${lost} of ${acknowledged}, p50 ${quantile(ages, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${cpu.toFixed(0)} % of a core`,
        budget: `0 lost, p99 <= ${latest} ms`,
        ok: lost === 0 && acknowledged === seconds * changesPerSecond && p99 <= latest,
      },
    ];
  });
}

/** One log that grows as fast as the budget says, followed to its end. */
export async function measureSandboxLogs(programs: string, seconds: number): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-bench-logs-'));
  const server = printing(process.execPath, [join(programs, 'launch.js'), 'log-server'], {
    ...process.env,
    BENCH_FOLDER: folder,
    BENCH_RATE: String(linesPerSecond),
    BENCH_SECONDS: String(seconds),
  });
  try {
    const { url, ca, token } = await server.next<{ url: string; ca: string; token: string }>();
    const place = placeAt(new URL(url), { ca }, token);
    const answer = await place.open(`${podsPath}/${podName(0)}/log?follow=true`);
    const total = seconds * linesPerSecond;
    const ages: number[] = [];
    let next = 0;
    let wrong = 0;
    const reading = eachLine(answer, (line) => {
      const [number, written] = line.split(' ', 2).map(Number);
      if (number !== next) wrong += 1;
      next = (number ?? next) + 1;
      if (next % 100 === 0) ages.push(stamp() - (written ?? 0));
    }).catch(() => undefined);
    server.tell();
    const started = performance.now();
    while (next < total && performance.now() - started < seconds * 1000 + 10 * latest) await sleep(5);
    const took = (performance.now() - started) / 1000;
    answer.destroy();
    await reading;
    place.close();
    const rate = next / took;
    return [
      {
        what: `sandbox: a log that grows by ${linesPerSecond} lines/s for ${seconds} s, followed`,
        measured: `${Math.round(rate)} lines/s, ${total - next} missing, ${wrong} out of order, age p99 ${quantile(ages, 0.99).toFixed(0)} ms`,
        budget: `0 missing, p99 <= ${latest} ms`,
        ok: next === total && wrong === 0 && quantile(ages, 0.99) <= latest,
      },
    ];
  } finally {
    await server.end();
    await rm(folder, { recursive: true, force: true });
  }
}
