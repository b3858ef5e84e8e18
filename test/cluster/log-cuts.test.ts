/**
 * Logs of a real kubelet, followed while connections are cut, API server and kubelet restart, and containers run anew: every
 * line comes once and in its order. `COMPARE=1` shows what other tools make of the same.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { hardWay } from '../support/hard-way.ts';
import { commandOf, cutNowAndThen, readWith, type Tool, type Tried, tableOf, tools } from '../support/log-readers.ts';
import type { Written } from '../support/tally.ts';
import { stackImages } from './images.ts';
import { apiServerUrl } from './layout.ts';
import { isSandbox } from './on-sandbox.ts';
import { kubectl, resetNamespace, restartApiServer, restartKubelet, userKubeconfig } from './support.ts';

const pods = 12;
const linesPerSecond = 500;
const seconds = process.env['SOAK'] ? 120 : 30;
/** Of these, the first run ends after a third of its lines. */
const restarting = [3, 7];

/** Writes numbered lines at an even pace, then stays. Of its runs the first may end early. */
const writer = `
const { readFileSync, writeFileSync } = require('node:fs');
let run = 0;
try { run = Number(readFileSync('/state/run', 'utf8')) + 1; } catch {}
writeFileSync('/state/run', String(run));
const [rate, lines] = process.env.RUNS.split(' ')[run].split('/').map(Number);
const begun = Date.now();
let done = 0;
const timer = setInterval(() => {
  const due = Math.min(lines, Math.floor(((Date.now() - begun) / 1000) * rate));
  let text = '';
  for (; done < due; done += 1) text += process.env.POD + '/' + run + ' ' + done + ' INFO "POST /capture/?ip=1" 200 15\\n';
  if (text) process.stdout.write(text);
  if (done < lines) return;
  clearInterval(timer);
  if (process.env.RUNS.split(' ').length > run + 1) process.exit(1);
  setInterval(() => {}, 1e6);
}, 20);
`;

const nameOf = (index: number): string => `posthog-web-${index}`;
/** How many lines each run of a pod writes. */
const linesOf = (index: number): readonly number[] => {
  const lines = linesPerSecond * seconds;
  return restarting.includes(index) ? [lines / 3, lines / 3] : [lines];
};

function podOf(index: number, image: string): object {
  const env = [
    { name: 'POD', value: nameOf(index) },
    {
      name: 'RUNS',
      value: linesOf(index)
        .map((lines) => `${linesPerSecond}/${Math.floor(lines)}`)
        .join(' '),
    },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: nameOf(index),
      labels: { 'posthog-sealos/component': 'web', 'posthog-sealos/instance': 'posthog' },
    },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'posthog',
          image,
          command: ['/stub/node', '--max-old-space-size=64', '-e', writer],
          env,
          resources: { limits: { memory: '256Mi', cpu: '500m' } },
          volumeMounts: [{ name: 'state', mountPath: '/state' }],
        },
      ],
      volumes: [{ name: 'state', emptyDir: {} }],
    },
  };
}

const ledger = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'posthog-ledger', labels: { 'posthog-sealos/ledger': 'posthog' } },
};

beforeEach(() => resetNamespace());

async function follow(tool: Tool): Promise<Tried> {
  const folder = await mkdtemp(join(tmpdir(), 'cluster-logs-'));
  const way = await hardWay(new URL(apiServerUrl));
  const kubeconfig = join(folder, 'kubeconfig');
  const theirs = await readFile(userKubeconfig(), 'utf8');
  await writeFile(kubeconfig, theirs.replaceAll(apiServerUrl, `https://127.0.0.1:${way.port}`));
  const [image = ''] = (await stackImages()).get('web') ?? [];
  const objects = join(folder, 'objects.json');
  const items = [ledger, ...Array.from({ length: pods }, (_, index) => podOf(index, image))];
  await writeFile(objects, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const over = new AbortController();
  await kubectl('create', '-f', objects);
  // Tools that do not wait for pods find them running.
  await kubectl('wait', 'pods', '--all', '--for=condition=Ready', '--timeout=60s');
  const reading = readWith(commandOf(tool, kubeconfig), { ...process.env, HOME: folder, XDG_STATE_HOME: folder });
  try {
    const began = performance.now();
    const cutting = cutNowAndThen(way, over.signal, seconds);
    await sleep(seconds * 250);
    await restartApiServer();
    await sleep(seconds * 250);
    await restartKubelet();
    await sleep(Math.max(0, seconds * 1000 + 5_000 - (performance.now() - began)));
    const endedAfterS = reading.endedAfterS();
    const written: Written = Object.fromEntries(
      Array.from({ length: pods }, (_, index) =>
        linesOf(index).map((lines, run) => [`${nameOf(index)}/${run}`, Math.floor(lines)] as const),
      ).flat(),
    );
    await reading.settle(written);
    over.abort();
    await cutting;
    expect(reading.tally.strange).toEqual([]);
    return { tool, ...reading.tally.against(written), endedAfterS };
  } finally {
    over.abort();
    await reading.end();
    await way.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const compared = process.env['COMPARE'] ? tools : (['ours'] as const);

test.skipIf(isSandbox).each(compared)(
  '%s, through cut connections and restarts of all that is on the way',
  async (tool) => {
    const tried = await follow(tool);
    if (process.env['COMPARE']) console.log(tableOf([tried]).join('\n'));
    if (tool === 'ours')
      expect(tried).toMatchObject({ lost: 0, doubled: 0, disordered: 0, wrong: [], endedAfterS: undefined });
  },
);
