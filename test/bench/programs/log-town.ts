/**
 * The sandbox's API over an instance whose pods write numbered lines (`BENCH_PODS`, each `BENCH_RATE` lines a second for
 * `BENCH_SECONDS`; the components in `BENCH_PARTS` take turns), from when a line comes on stdin. While that goes on everything
 * goes wrong that a server can do, unless `BENCH_CALM` is set: streams end after 7 s, containers restart, requests are
 * refused. Prints where it serves, and how many lines each run has written when all are.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createObjects, createStore } from '../../../source/sandbox/objects/index.ts';
import { paceOf } from '../../../source/sandbox/pace.ts';
import { kindOf } from '../../../source/sandbox/schema/index.ts';
import { makeAuthority } from '../../../source/sandbox/server/certificates.ts';
import type { Faults } from '../../../source/sandbox/server/faults.ts';
import { serveApi } from '../../../source/sandbox/server/index.ts';
import type { Admission, Kind } from '../../../source/sandbox/types.ts';
import { createWorld } from '../../../source/sandbox/world/index.ts';
import { createLogBook } from '../../../source/sandbox/world/log-book.ts';
import { benchNamespace, podName } from '../pods.ts';
import { context } from './cluster.ts';

const [pods, rate, seconds] = ['BENCH_PODS', 'BENCH_RATE', 'BENCH_SECONDS'].map((name) =>
  Number(process.env[name]),
) as [number, number, number];
const parts = (process.env['BENCH_PARTS'] ?? 'web').split(' ');
const isCalm = process.env['BENCH_CALM'] !== undefined;
/** More than is written while a dead connection is not noticed. */
const keptBytes = 64 * 2 ** 20;
const stepMs = 10;

const store = createStore();
const pace = paceOf(context.clock, 1);
// Nothing is written through the API here.
const admission: Admission = { admit: ({ object }) => object };
const objects = createObjects({ store, admission, clock: pace, randomBytes });
const restarts = Array.from({ length: pods }, () => 0);
/** By run, `<pod>/<restart>`. */
const written: Record<string, number> = {};

function putPod(index: number): void {
  const restartCount = restarts[index] ?? 0;
  const lastState = restartCount > 0 ? { terminated: { exitCode: 1, reason: 'Error' } } : {};
  store.put(kindOf('v1', 'Pod') as Kind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(index),
      namespace: benchNamespace,
      uid: `bench-${index}`,
      labels: {
        'posthog-sealos/component': parts[index % parts.length] as string,
        'posthog-sealos/instance': 'posthog',
      },
    },
    spec: { nodeName: 'node', containers: [{ name: 'posthog', image: 'example.com/web:1' }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'posthog',
          restartCount,
          ready: true,
          started: true,
          // stern tells runs apart by it.
          containerID: `containerd://${index}-${restartCount}`,
          state: { running: { startedAt: new Date().toISOString() } },
          lastState,
        },
      ],
    },
  });
}

for (let index = 0; index < pods; index += 1) putPod(index);
store.put(kindOf('v1', 'ConfigMap') as Kind, {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'posthog-ledger', namespace: benchNamespace, labels: { 'posthog-sealos/ledger': 'posthog' } },
});
const logs = createLogBook(context.clock, undefined, keptBytes);
const world = { ...createWorld({ store, pace, random: Math.random, domain: 'bench.test' }), logs };
const authority = await makeAuthority(Date.now());
const token = randomBytes(16).toString('hex');
const faults: Faults = isCalm ? {} : { logsEndAfterMs: 7_000 };
const api = await serveApi({
  objects,
  world,
  pace,
  random: Math.random,
  tls: authority,
  users: (given) => (given === token ? { name: 'bench', groups: ['system:masters'] } : undefined),
  faults,
  host: '127.0.0.1',
  port: 0,
});
print({ url: api.url.href, ca: authority.ca, token });

process.stdin.once('data', async () => {
  const started = performance.now();
  const wrong = isCalm ? undefined : goWrong();
  const lines = rate * seconds;
  for (let done = 0; done < lines; ) {
    const due = Math.min(lines, Math.floor(((performance.now() - started) / 1000) * rate));
    for (let index = 0; index < pods; index += 1) write(index, due - done);
    done = due;
    await sleep(stepMs);
  }
  await wrong;
  print({ written });
});
process.stdin.on('end', () => process.exit(0));

function write(index: number, count: number): void {
  const run = `${podName(index)}/${restarts[index]}`;
  const from = written[run] ?? 0;
  for (let number = from; number < from + count; number += 1)
    logs.append(
      `bench-${index}`,
      'posthog',
      restarts[index] ?? 0,
      `${run} ${number} INFO "POST /capture/?ip=1" 200 15`,
    );
  written[run] = from + count;
}

/** Something else every second second, in the first four fifths of the time. */
async function goWrong(): Promise<void> {
  const until = performance.now() + seconds * 800;
  for (let turn = 0; performance.now() < until; turn += 1) {
    await sleep(2000);
    if (turn % 5 === 1) faults.tooManyRequests = 1;
    else if (turn % 5 === 3) faults.errors = true;
    else {
      const index = turn % pods;
      restarts[index] = (restarts[index] ?? 0) + 1;
      write(index, 1);
      putPod(index);
    }
    await sleep(1000);
    faults.tooManyRequests = undefined;
    faults.errors = undefined;
  }
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
