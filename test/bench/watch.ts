/** What the program sees of a cluster, and how soon: readiness, and a namespace of 300 pods that change 300 times a second. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../source/stack/types.ts';
import { type Api, withApi } from './api.ts';
import type { ApiServer } from './api-server.ts';
import { quantile, type Row } from './measure.ts';
import { stamp } from './programs/cluster.ts';
import { namespace, wholeStack } from './programs/stack.ts';

const pods = 300;
const eventsPerSecond = 300;

interface Report {
  readonly lags: readonly number[];
  readonly heaps: readonly number[];
  readonly cpuMs: number;
}

/** The measured program, and what it has printed. */
class Watcher {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(programs: string, env: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, ['--expose-gc', join(programs, 'launch.js'), 'watch'], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async next<T>(): Promise<T> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('the watching program ended early');
    return JSON.parse(line.value) as T;
  }

  lookAtHeap(): void {
    this.#child.stdin.write('heap\n');
  }

  end(): void {
    this.#child.stdin.end();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

async function watching<T>(programs: string, { env }: Api, use: (watcher: Watcher) => Promise<T>): Promise<T> {
  const watcher = new Watcher(programs, env);
  try {
    await watcher.next<{ watching: true }>();
    return await use(watcher);
  } finally {
    watcher.kill();
  }
}

/** Readiness: the web Deployment turns ready `rounds` times; how long until the program concludes it. */
export async function measureReadiness(programs: string, rounds: number): Promise<readonly Row[]> {
  return withApi(0, async (api) => {
    const web = wholeStack().find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'posthog');
    if (web === undefined) throw new Error('the stack has no web Deployment');
    const put = (ready: number): void => api.server.put('deployments', rollout(web, ready));
    put(0);
    const delays = await watching(programs, api, async (watcher) => {
      const seen: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const at = stamp();
        put(1);
        seen.push((await watcher.next<{ readySeenAt: number }>()).readySeenAt - at);
        put(0);
        // Longer than the observer's own pace, so that the next change is not told together with this one.
        await sleep(300);
      }
      return seen;
    });
    const worst = Math.max(...delays);
    return [
      {
        what: `readiness seen after it is true, ${rounds} times`,
        measured: `median ${quantile(delays, 0.5).toFixed(0)} ms, worst ${worst.toFixed(0)} ms`,
        budget: '<= 100 ms',
        ok: worst <= 100,
      },
    ];
  });
}

/** A busy namespace for `seconds`: how old the newest picture is, and whether memory grows. */
export async function measureBusyNamespace(programs: string, seconds: number): Promise<readonly Row[]> {
  return withApi(0, async (api) => {
    for (let index = 0; index < pods; index++) api.server.put('pods', pod(index));
    const { lags, heaps, cpuMs } = await watching(programs, api, async (watcher) => {
      await feed(api.server, seconds / 4);
      watcher.lookAtHeap();
      await feed(api.server, (seconds * 3) / 4);
      watcher.lookAtHeap();
      await sleep(500);
      watcher.end();
      return watcher.next<Report>();
    });
    const [early = 0, late = 0] = heaps.map((bytes) => bytes / 1e6);
    const p99 = quantile(lags, 0.99);
    const what = `${eventsPerSecond} watch events/s over ${pods} pods for ${seconds} s`;
    return [
      {
        what: `${what}: heap after a quarter and at the end`,
        measured: `${early.toFixed(1)} MB, then ${late.toFixed(1)} MB`,
        budget: '<= 1.1 x',
        ok: late <= early * 1.1,
      },
      {
        what: `${what}: age of the newest change in the picture`,
        measured: `p50 ${quantile(lags, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${((cpuMs / seconds / 1000) * 100).toFixed(0)} % of a core`,
        budget: 'p99 <= 200 ms',
        ok: p99 <= 200,
      },
    ];
  });
}

/** Changes pods in turn, evenly over the time. */
async function feed(server: ApiServer, seconds: number): Promise<void> {
  const started = performance.now();
  for (let sent = 0; sent < seconds * eventsPerSecond; ) {
    const due = Math.min(seconds * eventsPerSecond, ((performance.now() - started) / 1000) * eventsPerSecond);
    for (; sent < due; sent++) server.put('pods', pod(sent % pods, stamp()));
    await sleep(5);
  }
}

/** A pod of about the size that real ones have. */
function pod(index: number, at = 0): KubeObject {
  const env = Array.from({ length: 40 }, (_, each) => ({
    name: `VARIABLE_${each}`,
    value: `value ${each} of a variable`,
  }));
  const name = `posthog-web-${index}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { app: 'posthog', 'posthog-sealos/component': 'web', 'cloud.sealos.io/deploy-on-sealos': 'posthog' },
      annotations: { 'bench/at': String(at) },
    },
    spec: { containers: [{ name: 'web', image: 'example.com/web:1', env }] },
    status: {
      phase: 'Running',
      containerStatuses: [{ name: 'web', ready: true, restartCount: 0, state: { running: {} } }],
    },
  };
}

function rollout(deployment: KubeObject, ready: number): KubeObject {
  const metadata = { ...deployment.metadata, generation: 1 };
  return {
    ...deployment,
    metadata,
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: ready, availableReplicas: ready },
  };
}
