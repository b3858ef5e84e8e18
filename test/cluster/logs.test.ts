/** Logs of a container that ends and runs anew, and of one whose files the node rotates. What is on the way is cut in `log-cuts.test.ts`. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../source/build/paths.ts';
import * as sandbox from './on-sandbox.ts';
import { hidePodStatus, kubectl, resetNamespace, restartApiServer } from './support.ts';
import { waitFor } from './waiting.ts';

beforeEach(() => resetNamespace());

/** In CI a sample; `npm run soak` has the full length. */
const times = process.env['SOAK'] ? 8 : 1;

const releases = join(root, 'manifests/releases');
const { images } = parse(readFileSync(join(releases, readdirSync(releases)[0] as string), 'utf8')) as {
  readonly images: Readonly<Record<string, string>>;
};
const ledger = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'posthog-ledger', labels: { 'posthog-sealos/ledger': 'posthog' } },
};

/** Writes a number a line, so many a second; the lines between must all come. Ends by itself after `lines`, if at all. */
const writing = (perSecond: number, lines: number) => `
  let next = 0;
  const started = Date.now();
  setInterval(() => {
    let text = '';
    while (next < ${lines} && next < (Date.now() - started) / 1000 * ${perSecond}) text += 'number ' + next++ + ' ' + 'x'.repeat(80) + '\\n';
    process.stdout.write(text);
    if (next >= ${lines}) process.exitCode = 1, setTimeout(() => process.exit(), 100);
  }, 50);
`;

function pod(component: string, nth: number, script: string): object {
  const limits = { cpu: '200m', memory: '128Mi', 'ephemeral-storage': '256Mi' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `posthog-${component}-${nth}`,
      labels: { 'posthog-sealos/component': component, 'posthog-sealos/instance': 'posthog' },
    },
    spec: {
      containers: [
        {
          name: `posthog-${component}`,
          image: images['web'],
          imagePullPolicy: 'IfNotPresent',
          command: ['/stub/node', '-e', script],
          resources: { limits, requests: limits },
        },
      ],
    },
  };
}

async function begin(pods: readonly object[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'pods.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [ledger, ...pods] }));
  await kubectl('apply', '-f', file);
  await kubectl('wait', '--for=jsonpath={.status.phase}=Running', 'pods', '--all', '--timeout=60s');
}

interface Told {
  readonly pod: string;
  readonly restart: number;
  readonly message?: string;
  readonly marker?: { readonly type: string };
}

/** The built program as it follows, and the numbers of each run as they come: what is not the next one is wrong. */
function follow(...components: readonly string[]) {
  const argv = [join(root, 'bin/posthog-sealos.js'), 'logs', ...components, '-f', '--tail', 'all', '-o', 'json'];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const next = new Map<string, number>();
  const wrong: string[] = [];
  const marks: { readonly type: string }[] = [];
  let holes = 0;
  let wake = () => {};
  const lines = createInterface({ input: child.stdout }).on('line', (line) => {
    const { pod: name, restart, message = '', marker } = JSON.parse(line) as Told;
    if (marker) marks.push(marker);
    else {
      const run = `${name} ${restart}`;
      const number = Number(/^number (\d+) /.exec(message)?.[1]);
      const due = next.get(run) ?? 0;
      if (number !== due) wrong.push(`${run}: ${message.slice(0, 200)}, after ${due - 1}`);
      if (number > due) holes += 1;
      if (number >= 0) next.set(run, number + 1);
    }
    wake();
  });
  onTestFinished(() => {
    // What is killed may end in the middle of a line.
    lines.removeAllListeners('line');
    child.kill('SIGKILL');
  });
  return {
    next,
    /** What did not come in its turn, and how much of it because something is missing before it. */
    wrong,
    get holes() {
      return holes;
    },
    marks,
    until: (isSo: () => boolean) =>
      new Promise<void>((resolve) => {
        wake = () => {
          if (isSo()) resolve();
        };
        wake();
      }),
  };
}

describe.skipIf(sandbox.isSandbox)('on a node', () => {
  test('a container that restarts: the end of each run, and the beginning of the next', async () => {
    await begin([pod('web', 0, writing(400, 800))]);
    const read = follow('web');
    const ends = () => read.marks.filter(({ type }) => type === 'ended').length;
    await read.until(() => ends() >= 2);
    expect(read.wrong).toEqual([]);
    expect([...read.next.values()].slice(0, 2)).toEqual([800, 800]);
    expect(read.marks[0]).toEqual({ type: 'ended', exitCode: 1, reason: 'Error' });
  });

  test('a container that restarts while its node cannot tell: no line of the next run counts as one of the run before', async ({
    signal,
  }) => {
    const lines = 3000;
    await begin([pod('web', 0, writing(400, lines))]);
    const read = follow('web');
    const tell = await hidePodStatus('posthog-web-0');
    onTestFinished(tell);
    const last = async () => /number (\d+)/.exec(await kubectl('logs', 'posthog-web-0', '--previous', '--tail', '1'));
    await waitFor(async () => Number((await last())?.[1]) === lines - 1, { what: 'the restart', signal });
    const now = async () => /number (\d+)/.exec(await kubectl('logs', 'posthog-web-0', '--tail', '1'));
    // For longer than it is waited for that the pod tells of a restart.
    await waitFor(async () => Number((await now())?.[1]) >= lines * 0.6, { what: 'the next run', signal });
    await tell();
    await read.until(() => read.next.get('posthog-web-0 1') === lines);
    expect(read.wrong).toEqual([]);
    expect(read.next.get('posthog-web-0 0')).toBe(lines);
    expect(read.marks[0]).toEqual({ type: 'ended', exitCode: 1, reason: 'Error' });
  });

  test('a log that is rotated again and again: nothing twice, and no hole that is not marked', async () => {
    const lines = 350_000 * times;
    await begin([pod('web', 0, writing(20_000, lines))]);
    const read = follow('web');
    const written = () => read.next.get('posthog-web-0 0') ?? 0;
    for (let least = lines / 7; least < lines; least += lines / 3) {
      await read.until(() => written() > least);
      await restartApiServer();
    }
    await read.until(() => read.marks.some(({ type }) => type === 'ended'));
    expect(written()).toBe(lines);
    // What the node had rotated away before it could be read is gone, and said to be.
    expect(read.holes).toBe(read.marks.filter(({ type }) => type === 'gap').length);
    expect(read.wrong.length).toBe(read.holes);
  });
});
