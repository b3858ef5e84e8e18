/** What an operator does: scales, is refused, goes back, and finds it kept. In one sandbox, at the highest speed. */
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonLineSchema } from '../../../source/commands/fronts/json-schema.ts';
import { openSandbox } from '../../../source/commands/sandbox/outside.ts';
import { type Ledger, readLedger } from '../../../source/install/ledger.ts';
import { FakeIo } from '../../cli/fake-io.ts';
import { SandboxFolder } from './support.ts';

const folder = new SandboxFolder();
afterAll(() => folder.remove());
const never = new AbortController().signal;

type Line = { readonly type: string; readonly [field: string]: unknown };

const scale = async (...words: readonly string[]) => {
  const { code, out, err } = await folder.run(['scale', ...words, '--sandbox', '-o', 'json']);
  const lines = (out + err)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
  for (const line of lines) expect(v.safeParse(jsonLineSchema, line).issues).toBeUndefined();
  const of = (type: string) => lines.find((line) => line.type === type) as Line;
  return { code, lines, of };
};
const findings = (line: Line) => (line['findings'] as { id: string; verdict: string }[]).map(({ id }) => id);

beforeAll(async () => {
  await folder.run(['sandbox', 'speed', 'max']);
  expect((await folder.run(['install', '--sandbox', '-o', 'json'])).code).toBe(0);
});

test('replicas and memory are changed one part after the other, each waited for', async () => {
  const { code, of, lines } = await scale('ingestion=2', 'web:memory=5Gi');
  expect(code).toBe(0);
  expect(of('review')['changes']).toEqual([
    { component: 'ingestion', field: 'replicas', from: '1', to: '2' },
    { component: 'web', field: 'memory', from: '4Gi', to: '5Gi' },
  ]);
  expect(of('scaled')).toMatchObject({ settled: true, undo: ['ingestion=1', 'web:memory=4Gi'] });
  expect(of('figures')).toMatchObject({ component: 'ingestion', backlog: { waiting: expect.any(Number) } });
  const states = lines
    .filter(({ type }) => type === 'component')
    .map((each) => `${each['component']} ${each['state']}`);
  expect(states.indexOf('ingestion ready')).toBeLessThan(states.indexOf('web running'));
  expect(states.at(-1)).toBe('web ready');
});

test('a store restarts with more memory, and its settings go with it', async () => {
  const { code, of } = await scale('kafka:memory=3Gi', 'clickhouse:memory=10Gi');
  expect(code).toBe(0);
  expect(findings(of('review'))).toEqual(['restarts', 'restarts']);
});

test('a later install keeps it, and finds nothing to change', async () => {
  const { out } = await folder.run(['install', '--sandbox', '--dry-run', '-o', 'json']);
  const plan = out
    .split('\n')
    .map((line) => line && (JSON.parse(line) as Line))
    .find((line) => line && line.type === 'plan') as Line;
  const objects = plan['objects'] as { action: string; name: string }[];
  expect(objects.filter(({ action }) => action !== 'same')).toEqual([]);
});

test('the way back leads back', async () => {
  expect((await scale('ingestion=1', 'web:memory=4Gi')).code).toBe(0);
  const again = await scale('ingestion=1', 'web:memory=4Gi');
  expect(again.of('review')['changes']).toEqual([]);
  expect(again.of('scaled')).toBeUndefined();
});

test.each([
  ['ingestion=5', 'partitions'],
  ['clickhouse=2', 'fixed'],
  ['web=99999', 'range'],
  ['web:memory=1Gi', 'processes'],
  ['web=6', 'quota'],
])('%s is refused: %s', async (words, id) => {
  const { code, of } = await scale(words);
  expect(code).toBe(3);
  expect(findings(of('review'))).toContain(id);
  expect(of('error')).toMatchObject({ code: 'guard' });
});

describe('nothing is changed', () => {
  test('by a dry run', async () => {
    const { code, of } = await scale('worker=2', '--dry-run');
    expect([code, of('scaled')]).toEqual([0, undefined]);
    expect((await scale('worker=1', '--dry-run')).of('review')['changes']).toEqual([]);
  });

  test('when nothing may be', async () => {
    const { code, of } = await scale('worker=2', '--read-only');
    expect([code, of('error')['code']]).toEqual([3, 'read-only']);
  });

  test.each([['nosuch=1'], ['web=-1'], ['web:cpu=two'], []])('by mistakes: %j', async (...words) => {
    expect((await scale(...words.flat())).code).toBe(2);
  });

  test('where there is no such instance', async () => {
    const { code, of } = await scale('web=2', '--name', 'other');
    expect([code, of('error')['code']]).toEqual([3, 'no-instance']);
  });
});

describe('nothing of a part', () => {
  const lines = async (...args: readonly string[]) => {
    const { code, out } = await folder.run([...args, '--sandbox', '-o', 'json']);
    const all = out.split('\n').filter(Boolean);
    return { code, lines: all.map((line) => JSON.parse(line) as Line) };
  };

  test('is wanted: it is said what that means, and it stops', async () => {
    const { code, of, lines: told } = await scale('capture=0', 'worker=0', 'web=0');
    expect(code).toBe(0);
    expect(findings(of('review'))).toEqual(['stops', 'stops', 'loses-events']);
    expect(of('scaled')).toMatchObject({ settled: true, undo: ['worker=1', 'web=1', 'capture=1'] });
    const last = told.filter(({ component, type }) => type === 'component' && component === 'capture').at(-1);
    expect(last).toMatchObject({ state: 'stopped', ready: 0, desired: 0 });
  });

  test('is calm afterwards', async () => {
    const { code, lines: told } = await lines('status');
    expect(code).toBe(0);
    const states = told.filter(({ type, state }) => type === 'component' && state !== 'ready');
    expect(states.map(({ component, state }) => `${component} ${state}`)).toEqual([
      'capture stopped',
      'web stopped',
      'worker stopped',
    ]);
    expect(told.filter(({ type }) => type === 'cause')).toEqual([]);
  });

  test('is kept by a later install, which comes to its end', async () => {
    expect((await lines('install', '--set', 'components.plugins.memory=2560Mi')).code).toBe(0);
    expect((await lines('install')).code).toBe(0);
    expect((await lines('status')).code).toBe(0);
  });

  test('ends when it is scaled up', async () => {
    const { code, of } = await scale('capture=1', 'worker=1', 'web=1');
    expect([code, of('scaled')['settled']]).toEqual([0, true]);
    expect((await lines('install')).lines.some(({ type }) => type === 'proof')).toBe(true);
  });
});

test('too little time ends with 5; what is applied stays and is said', async () => {
  await folder.run(['sandbox', 'speed', '1']);
  const { code, of } = await scale('web=2', 'capture=2', '--timeout', '4s');
  expect([code, of('error')['code']]).toEqual([5, 'timeout']);
  expect(of('error')['hint']).toMatch(/Applied: web\. Not applied: capture\..*posthog-sealos scale --sandbox web=1/);
  // Asked for again, nothing changes, and it is still waited for.
  const again = await scale('web=2', '--timeout', '1s');
  expect([again.code, again.of('review')['changes'], again.of('error')['code']]).toEqual([5, [], 'timeout']);
  const unseen = await scale('web=2', '--no-wait');
  expect([unseen.code, unseen.of('scaled')]).toMatchObject([0, { changes: [], already: ['web'], settled: false }]);
  await folder.run(['sandbox', 'speed', 'max']);
  const last = await scale('web=2');
  expect([last.code, last.of('review')['changes']]).toEqual([0, []]);
});

test('what could not come for days is refused', async () => {
  const { code, of } = await scale('plugins:cpu=64');
  expect([code, of('error')['code'], findings(of('review'))]).toEqual([3, 'guard', ['quota']]);
});

test('what does not come is taken back by the command that is told', async () => {
  // The workspace is enlarged once a day.
  expect((await scale('plugins:cpu=16')).code).toBe(0);
  const { code, of } = await scale('plugins:cpu=30', '--timeout', '4s');
  expect(findings(of('review'))).toEqual(['quota']);
  expect([code, of('error')['code']]).toEqual([5, 'timeout']);
  const [, words] = /to go back: .* scale --sandbox (\S+)/.exec(String(of('error')['hint'])) ?? [];
  expect(words).toBe('plugins:cpu=16');
  const back = await scale('plugins:cpu=500m');
  expect(back.code).toBe(0);
  // What has not come does not count as given back.
  const { after } = back.of('review') as unknown as { after: { cpu: number } };
  expect(after.cpu).toBeGreaterThanOrEqual(0);
});

test('without waiting it says that it did not', async () => {
  expect((await scale('capture=2', '--no-wait')).of('scaled')).toMatchObject({ settled: false });
  expect((await scale('capture=1', '--wait', '--no-wait')).code).toBe(2);
});

describe('a restart', () => {
  const restart = async (...words: readonly string[]) => {
    const { code, out, err } = await folder.run(['restart', ...words, '--sandbox', '-o', 'json']);
    const lines = (out + err).split('\n').filter(Boolean);
    return { code, lines: lines.map((line) => JSON.parse(line) as Line) };
  };

  test('starts the pods anew, one part after the other', async () => {
    const { code, lines } = await restart('web', 'worker');
    expect(code).toBe(0);
    const ready = lines.filter(({ state }) => state === 'ready').map(({ component }) => component);
    expect(ready).toEqual(['worker', 'web']);
  });

  test.each([
    [['postgres'], 3, 'no-component'],
    [['bucket'], 3, 'no-component'],
    [['web', '--read-only'], 3, 'read-only'],
    [['wbe'], 2, 'usage'],
    [[], 2, 'usage'],
  ])('%j is refused', async (words, code, id) => {
    const found = await restart(...words);
    expect([found.code, found.lines.at(-1)?.['code']]).toEqual([code, id]);
  });
});

test('where what waits has not become less, it is told what the log complains of', async () => {
  // Whatever was tried before: there has to be room.
  await scale('web=1', 'capture=1');
  const { cluster, publicHttp, leave } = await openSandbox(
    {},
    { context: folder.context, io: new FakeIo({}), signal: never },
  );
  const psql = async (statement: string) => {
    const command = ['psql', '-U', 'postgres', '-d', 'posthog', '-t', '-A', '-c', statement];
    const { exitCode, stdout } = await cluster.exec('posthog-pg-postgresql-0', command);
    expect(exitCode).toBe(0);
    return stdout.trim();
  };
  const http = publicHttp(((await readLedger(cluster, 'posthog', never)) as Ledger).url);
  try {
    const [token] = (await psql('SELECT api_token FROM posthog_team')).split('\n');
    await psql('ALTER TABLE posthog_person RENAME TO posthog_person_away');
    // Some of them in partitions that have been read before: of others nobody knows that something waits.
    for (const distinct_id of Array.from({ length: 16 }, (_, index) => `person ${index}`)) {
      const body = JSON.stringify({ api_key: token, event: 'bought', distinct_id, properties: {} });
      expect((await http.request({ method: 'POST', path: '/i/v0/e/', body })).status).toBe(200);
    }
    const line = 'relation "posthog_person" does not exist';
    const labelSelector = 'posthog-sealos/component=ingestion';
    const [pod] = (await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, { labelSelector })).items;
    await expect.poll(() => cluster.logText(pod?.metadata.name ?? '')).toContain('does not exist');
    // It goes on to say so, each second, while web takes its time to start.
    await folder.run(['sandbox', 'speed', '10']);
    const { code, of } = await scale('ingestion=2', 'web:memory=5Gi');
    expect(code).toBe(0);
    expect(of('log-errors')).toMatchObject({ component: 'ingestion', line });
  } finally {
    await psql('ALTER TABLE posthog_person_away RENAME TO posthog_person');
    await http.close();
    await cluster.close();
    await leave?.();
  }
});
