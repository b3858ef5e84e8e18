/** What the server does wrong on purpose, and what it bears. */
import { Agent, request } from 'node:https';
import { expect, onTestFinished, test } from 'vitest';
import { makeAuthority } from '../../../source/sandbox/server/certificates.ts';
import type { Faults } from '../../../source/sandbox/server/index.ts';
import { settle } from '../../support/test-clock.ts';
import { admin, kind, place, podOf, runPod, startServer, token, workspace } from './support.ts';

async function town(faults: Faults = {}) {
  const started = await startServer(faults);
  onTestFinished(() => started.server.close());
  return started;
}
type Town = Awaited<ReturnType<typeof town>>;

const maps = `${place}/configmaps`;

/** Opens a stream, and tells how it ends. */
function stream({ server, authority }: Town, path: string) {
  let begun = () => {};
  const begins = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const ended = new Promise<{ text: string; broken: boolean }>((resolve) => {
    let text = '';
    const headers = { authorization: `Bearer ${token}` };
    const sent = request(new URL(path, server.url), { ca: authority.ca, agent: false, headers }, (response) => {
      begun();
      response.on('data', (piece) => {
        text += piece;
      });
      response.on('error', () => {}).on('close', () => resolve({ text, broken: !response.complete }));
    });
    sent.on('error', () => resolve({ text, broken: true }));
    sent.end();
  });
  return { begins, ended };
}

test('a storm of 429 says how long to wait', async () => {
  const { ask } = await town({ tooManyRequests: 3 });
  const answer = await ask('GET', maps);
  expect(answer).toMatchObject({ code: 429, headers: { 'retry-after': '3' } });
  expect(answer.body).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 3 } });
});

test('every second request fails, or is cut off', async () => {
  const failing = await town({ errors: true });
  const codes = [];
  for (let turn = 0; turn < 4; turn++) codes.push((await failing.ask('GET', maps)).code);
  expect(codes).toEqual([200, 500, 200, 500]);
  const cutting = await town({ resets: true });
  expect((await cutting.ask('GET', maps)).code).toBe(200);
  await expect(cutting.ask('GET', maps)).rejects.toThrow(/socket hang up|ECONNRESET/);
});

test('faults are switched while the server runs', async () => {
  const faults: Faults = {};
  const { ask } = await town(faults);
  expect((await ask('GET', maps)).code).toBe(200);
  faults.expiredTokens = true;
  expect(await ask('GET', maps)).toMatchObject({ code: 401, body: { message: 'Unauthorized' } });
  faults.expiredTokens = false;
  expect((await ask('GET', maps)).code).toBe(200);
});

test('watches are told that their version is gone: as an event, and as an answer when they begin anew', async () => {
  const started = await town({ goneWatches: true });
  const { text } = await stream(started, `${maps}?watch=1&resourceVersion=5`).ended;
  expect(JSON.parse(text)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  expect(await started.ask('GET', `${maps}?watch=1`)).toMatchObject({ code: 410, body: { reason: 'Expired' } });
});

test('followed logs end early, as if that were all', async () => {
  const started = await town({ logsEndAfterMs: 7000 });
  const { metadata } = runPod(started.objects, 'web');
  started.world.say(`${metadata.uid}/main/0`, 'line');
  const log = stream(started, `${place}/pods/web/log?follow=true`);
  await log.begins;
  await started.clock.pass(7000);
  expect(await log.ended).toEqual({ text: 'line\n', broken: false });
});

test('a restart cuts off what is open, and comes back at the same address', async () => {
  const started = await town();
  const watch = stream(started, `${maps}?watch=1`);
  await watch.begins;
  const restarted = started.server.restart(5000);
  expect((await watch.ended).broken).toBe(true);
  await expect(started.ask('GET', maps)).rejects.toThrow('ECONNREFUSED');
  await started.clock.pass(5000);
  await restarted;
  expect((await started.ask('GET', maps)).code).toBe(200);
});

test('frozen connections stay open and say nothing; new ones are answered', async () => {
  const started = await town();
  const watch = stream(started, `${maps}?watch=1`);
  await watch.begins;
  started.server.freeze();
  started.objects.create(kind('v1', 'ConfigMap'), workspace.namespace, { metadata: { name: 'a' } }, { user: admin });
  expect((await started.ask('GET', `${maps}/a`)).code).toBe(200);
  const first = await Promise.race([watch.ended, settle().then(() => 'still open')]);
  expect(first).toBe('still open');
});

test('closing ends everything that is open', async () => {
  const started = await town();
  runPod(started.objects, 'web');
  const open = [`${maps}?watch=1`, `${place}/pods/web/log?follow=true`].map((path) => stream(started, path));
  await Promise.all(open.map(({ begins }) => begins));
  await started.server.close();
  await Promise.all(open.map(({ ended }) => ended));
});

test('the certificate is for this machine, and of its own authority', async () => {
  const { ca, cert, key } = await makeAuthority(Date.now());
  const { X509Certificate, createPrivateKey } = await import('node:crypto');
  const [authority, server] = [new X509Certificate(ca), new X509Certificate(cert)];
  expect(server.verify(authority.publicKey)).toBe(true);
  expect(server.checkPrivateKey(createPrivateKey(key))).toBe(true);
  for (const name of ['127.0.0.1', '::1']) expect(server.checkIP(name)).toBe(name);
  expect(server.checkHost('localhost')).toBe('localhost');
  expect([authority.ca, server.ca]).toEqual([true, false]);
});

/** Numerical Recipes' generator: the same requests every time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('5,000 random requests get an answer, and leave nothing behind', async () => {
  const before = held();
  const { ask, objects, store, server, clock } = await town();
  const { onChange } = store;
  let listening = 0;
  Object.assign(store, {
    onChange: (listener: Parameters<typeof onChange>[0]) => {
      listening += 1;
      const stop = onChange(listener);
      return () => {
        listening -= 1;
        stop();
      };
    },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  runPod(objects, 'web');
  const random = randomOf(20_261_123);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const junk = () =>
    Array.from({ length: Math.floor(random() * 12) }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join(
      '',
    );
  const place1 = () =>
    pick([
      place,
      '/api/v1',
      '/apis/apps/v1/namespaces/ns-abcd1234',
      '/apis',
      `/api/v1/namespaces/${encodeURIComponent(junk())}`,
      '',
    ]);
  const resource = () =>
    pick([
      'pods',
      'configmaps',
      'deployments',
      'secrets',
      'services',
      'events',
      'pods/web',
      'pods/web/log',
      'pods/web/exec',
      'pods/web:8000/proxy/x',
      'configmaps/a',
      'configmaps/b/status',
      'deployments/a/scale',
      encodeURIComponent(junk()),
    ]);
  const query = () =>
    pick([
      '',
      '?limit=1',
      `?limit=${encodeURIComponent(junk())}`,
      `?continue=${encodeURIComponent(junk())}`,
      '?watch=1&timeoutSeconds=1&resourceVersion=1',
      `?labelSelector=${encodeURIComponent(junk())}`,
      `?fieldSelector=${encodeURIComponent(junk())}`,
      '?fieldManager=x&force=true',
      '?dryRun=All',
      `?${encodeURIComponent(junk())}`,
      '?resourceVersion=-1',
      '?tailLines=1&sinceSeconds=x',
      '?follow=false&limitBytes=3',
    ]);
  const name = () => pick(['a', 'b', junk(), 'x'.repeat(300)]);
  const body = () =>
    pick<unknown>([
      undefined,
      junk(),
      '',
      '{',
      '[]',
      'null',
      '1',
      { metadata: { name: name() } },
      podOf(name()),
      { metadata: null },
      { metadata: { name: 1, labels: [] }, spec: 7 },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: name() }, spec: { replicas: junk() } },
      [{ op: 'add', path: '/metadata/labels', value: { a: junk() } }],
      { data: { a: junk() } },
    ]);
  const types = [
    'application/json',
    'application/yaml',
    'application/merge-patch+json',
    'application/json-patch+json',
    'application/strategic-merge-patch+json',
    'application/apply-patch+yaml',
    'text/plain',
    'application/vnd.kubernetes.protobuf',
  ];
  const accepts = [
    '*/*',
    'application/json',
    'application/yaml',
    'application/json;as=Table;v=v1;g=meta.k8s.io',
    'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    'text/html',
    '',
  ];
  const seen = new Map<number, number>();
  const unexpected: string[] = [];
  for (let batch = 0; batch < 250; batch++) {
    const asked = Promise.all(
      Array.from({ length: 20 }, async () => {
        const [method, path] = [
          pick(['GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']),
          `${place1()}/${resource()}${query()}`,
        ];
        const headers = { 'content-type': pick(types), accept: pick(accepts) };
        const answer = await ask(method, path, body(), { headers, agent });
        seen.set(answer.code, (seen.get(answer.code) ?? 0) + 1);
        if (answer.code === 500 && answer.body?.reason === 'InternalError')
          unexpected.push(`${method} ${path}: ${answer.body.message}`);
      }),
    );
    // Watches end when time passes.
    while ((await Promise.race([asked, settle()])) === undefined) await clock.pass(1000);
  }
  expect(unexpected).toEqual([]);
  expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBe(5000);
  expect(seen.size).toBeGreaterThan(8);
  agent.destroy();
  await server.close();
  expect(listening).toBe(0);
  await expect.poll(held).toEqual(before);
});

/** Sockets and servers of this process. */
const held = (): readonly string[] =>
  process
    .getActiveResourcesInfo()
    .filter((each) => /TCP|TLS/.test(each))
    .sort();
