/**
 * The sandbox's API over one running pod whose log grows by so many lines a second (`BENCH_RATE`, for `BENCH_SECONDS`), from
 * when a line comes on stdin. Prints where it serves, and what it used of the processor when it ends with stdin.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createObjects, createStore } from '../../../source/sandbox/objects/index.ts';
import { paceOf } from '../../../source/sandbox/pace.ts';
import { kindOf } from '../../../source/sandbox/schema/index.ts';
import { makeAuthority } from '../../../source/sandbox/server/certificates.ts';
import { serveApi } from '../../../source/sandbox/server/index.ts';
import type { Admission, Kind } from '../../../source/sandbox/types.ts';
import { createWorld } from '../../../source/sandbox/world/index.ts';
import { benchNamespace, podName } from '../pods.ts';
import { context, stamp } from './cluster.ts';

const rate = Number(process.env['BENCH_RATE']);
const lines = rate * Number(process.env['BENCH_SECONDS']);
const uid = 'bench';

const store = createStore();
const pace = paceOf(context.clock, 1);
// Nothing is written through the API here.
const admission: Admission = { admit: ({ object }) => object };
const objects = createObjects({ store, admission, clock: pace, randomBytes });
store.put(kindOf('v1', 'Pod') as Kind, {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: podName(0), namespace: benchNamespace, uid },
  spec: { nodeName: 'node', containers: [{ name: 'web', image: 'example.com/web:1' }] },
  status: { containerStatuses: [{ name: 'web', restartCount: 0, state: { running: {} } }] },
});
const directory = process.env['BENCH_FOLDER'] ?? '';
const world = createWorld({ store, pace, random: Math.random, directory, domain: 'bench.test' });
const authority = await makeAuthority(Date.now());
const token = randomBytes(16).toString('hex');
const api = await serveApi({
  objects,
  world,
  pace,
  random: Math.random,
  tls: authority,
  users: (given) => (given === token ? { name: 'bench', groups: ['system:masters'] } : undefined),
  host: '127.0.0.1',
  port: 0,
});
print({ url: api.url.href, ca: authority.ca, token });

process.stdin.once('data', async () => {
  const started = performance.now();
  for (let written = 0; written < lines; ) {
    const due = Math.min(lines, Math.floor(((performance.now() - started) / 1000) * rate));
    for (; written < due; written++) world.logs.append(uid, 'web', 0, line(written));
    await sleep(5);
  }
});
process.stdin.on('end', () => {
  const { user, system } = process.cpuUsage();
  print({ cpuMs: (user + system) / 1000 });
  process.exit(0);
});

/** Its number and when it was written, at the length that lines of a web server have. */
function line(index: number): string {
  return `${index} ${stamp().toFixed(1)} INFO 10.0.0.7 "POST /capture/?ip=1&ver=1.200.0 HTTP/1.1" 200 15 request_id=af3c9`;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
