/** Logs, exec, port-forward and proxy of pods. Texts were recorded from a kube-apiserver and kubelet 1.34.4. */
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { admin, kind, place, runPod, startServer, token, workspace } from './support.ts';

let town: Awaited<ReturnType<typeof startServer>>;
beforeEach(async () => {
  town = await startServer();
});
afterEach(() => town.server.close());

const two = {
  containers: [
    { name: 'a', image: 'x' },
    { name: 'b', image: 'x' },
  ],
};
const waiting = (reason: string) => ({
  containerStatuses: [{ name: 'main', restartCount: 0, state: { waiting: { reason } }, image: 'x', imageID: '' }],
});
const setStatus = (name: string, status: object) => {
  const pod = town.objects.get(kind('v1', 'Pod'), workspace.namespace, name);
  const next = { ...pod, status: { ...(pod['status'] as object), ...status } };
  town.objects.update(kind('v1', 'Pod'), workspace.namespace, name, next, { user: admin, subresource: 'status' });
};

describe('logs', () => {
  const log = async (path: string) => {
    const { code, text, body } = await town.ask('GET', `${place}/pods/${path}`);
    return code === 200 ? text : `${code} ${body.message}`;
  };
  const at = Date.parse('2025-12-31T23:59:50.250Z');

  beforeEach(() => {
    const { metadata } = runPod(town.objects, 'web');
    for (const second of [0, 1, 2, 3]) town.world.say(`${metadata.uid}/main/0`, `line ${second}`, at + second * 1000);
  });

  test.each([
    ['web/log', 'line 0\nline 1\nline 2\nline 3\n'],
    ['web/log?tailLines=2', 'line 2\nline 3\n'],
    ['web/log?tailLines=0', ''],
    ['web/log?limitBytes=10', 'line 0\nlin'],
    ['web/log?tailLines=1&timestamps=true', '2025-12-31T23:59:53.250000001Z line 3\n'],
    ['web/log?sinceTime=2025-12-31T23:59:52.900Z', 'line 2\nline 3\n'],
    ['web/log?sinceTime=2025-12-31T23:59:52Z&tailLines=3', 'line 2\nline 3\n'],
    ['web/log?sinceSeconds=8', 'line 2\nline 3\n'],
    ['web/log?sinceSeconds=1', ''],
    ['none/log', '404 pods "none" not found'],
    ['web/log?container=other', '400 container other is not valid for pod web'],
    ['web/log?previous=true', '400 previous terminated container "main" in pod "web" not found'],
    ['web/log?tailLines=x', '400 strconv.ParseInt: parsing "x": invalid syntax'],
    [
      'web/log?tailLines=-1',
      '422 PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'web/log?limitBytes=0',
      '422 PodLogOptions "web" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
    ],
    ['web/log?sinceTime=foo', '400 parsing time "foo" as "2006-01-02T15:04:05Z07:00": cannot parse "foo" as "2006"'],
    [
      'web/log?sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z',
      '422 PodLogOptions "web" is invalid: []: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    ],
  ])('%s', async (path, expected) => {
    expect(await log(path)).toBe(expected);
  });

  test('a container must be named where there are several', async () => {
    runPod(town.objects, 'two', {}, { ...two, initContainers: [{ name: 'i', image: 'x' }] });
    expect(await log('two/log')).toBe(
      '400 a container name must be specified for pod two, choose one of: [a b] or one of the init containers: [i]',
    );
  });

  test.each([
    ['ContainerCreating', 'ContainerCreating'],
    ['ImagePullBackOff', 'trying and failing to pull image'],
    ['ErrImagePull', "image can't be pulled"],
  ])('a container that waits with %s has none', async (reason, words) => {
    runPod(town.objects, 'slow', waiting(reason));
    expect(await log('slow/log')).toBe(`400 container "main" in pod "slow" is waiting to start: ${words}`);
  });

  test('a pod without a node has empty ones', async () => {
    runPod(town.objects, 'pending', {}, { nodeName: undefined });
    expect(await log('pending/log')).toBe('');
  });

  test('the last run is the previous one, or the newest while the container waits for its next', async () => {
    const { metadata } = runPod(town.objects, 'crash');
    const lastState = { terminated: { exitCode: 1, containerID: 'c' } };
    for (const run of [0, 1, 2]) town.world.say(`${metadata.uid}/main/${run}`, `run ${run}`);
    const container = { name: 'main', restartCount: 2, image: 'x', imageID: '', lastState };
    setStatus('crash', { containerStatuses: [{ ...container, state: { running: {} } }] });
    expect([await log('crash/log'), await log('crash/log?previous=true')]).toEqual(['run 2\n', 'run 1\n']);
    setStatus('crash', { containerStatuses: [{ ...container, state: { waiting: { reason: 'CrashLoopBackOff' } } }] });
    expect([await log('crash/log'), await log('crash/log?previous=true')]).toEqual(['run 2\n', 'run 2\n']);
  });

  test('followed, they go on until the run is over', async () => {
    const { metadata } = town.objects.get(kind('v1', 'Pod'), workspace.namespace, 'web');
    const followed = log('web/log?follow=true&tailLines=1');
    const { onLine } = town.world.logs;
    await new Promise<void>((resolve) => {
      Object.assign(town.world.logs, {
        onLine: (...given: Parameters<typeof onLine>) => {
          resolve();
          return onLine(...given);
        },
      });
    });
    town.world.say(`${metadata.uid}/main/0`, 'more');
    const terminated = { exitCode: 0, containerID: 'c' };
    setStatus('web', {
      containerStatuses: [{ name: 'main', restartCount: 0, state: { terminated }, image: 'x', imageID: '' }],
    });
    expect(await followed).toBe('line 3\nmore\n');
  });

  test('100,000 lines arrive whole', async () => {
    const { metadata } = runPod(town.objects, 'chatty');
    const lines = Array.from({ length: 100_000 }, (_, index) => ({
      at: index,
      nanos: 0,
      text: `line ${index} ${'x'.repeat(80)}`,
    }));
    town.world.lines.set(`${metadata.uid}/main/0`, lines);
    const text = await log('chatty/log?timestamps=true');
    expect(text.split('\n')).toHaveLength(100_001);
    expect(text.endsWith(`line 99999 ${'x'.repeat(80)}\n`)).toBe(true);
  });
});

/** All frames of a WebSocket until it closes, as channel and text. */
function channels(path: string, protocols: string[], send: readonly Buffer[] = []) {
  return new Promise<{ frames: [number, string][]; code: number }>((resolve, reject) => {
    const url = new URL(`${place}/pods/${path}`, town.server.url);
    url.protocol = 'wss:';
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, protocols, { ca: town.authority.ca, headers });
    const frames: [number, string][] = [];
    socket.on('open', () => {
      for (const piece of send) socket.send(piece);
    });
    socket.on('message', (data: Buffer) => frames.push([data[0] as number, data.subarray(1).toString('utf8')]));
    socket.on('close', (code) => resolve({ frames, code }));
    socket.on('error', () => {});
    socket.on('unexpected-response', (_, response) => {
      let text = '';
      response.on('data', (piece) => {
        text += piece;
      });
      response.on('end', () =>
        reject(new Error(`${response.statusCode} ${text && (JSON.parse(text).message ?? text)}`)),
      );
    });
  });
}

const v5 = ['v5.channel.k8s.io'];

describe('exec', () => {
  test('gives output on its channels, and the status at the end', async () => {
    runPod(town.objects, 'web');
    const { frames, code } = await channels('web/exec?command=ls&command=-l&stdout=true&stderr=true', v5);
    expect(frames).toEqual([
      [1, 'out:'],
      [2, 'err'],
      [3, '{"metadata":{},"status":"Success"}'],
    ]);
    expect(code).toBe(1000);
    expect(town.world.commands).toEqual([['ls', '-l']]);
  });

  test('feeds what is sent until the input is closed', async () => {
    runPod(town.objects, 'web');
    const input = [Buffer.from('\0hello '), Buffer.from('\0world'), Buffer.of(255, 0)];
    const { frames } = await channels('web/exec?command=cat&stdin=true&stdout=true', v5, input);
    expect(frames[0]).toEqual([1, 'out:hello world']);
  });

  test('tells the exit code as the real server does', async () => {
    runPod(town.objects, 'web');
    town.world.exitCode = 3;
    const { frames } = await channels('web/exec?command=false&stderr=true', ['v4.channel.k8s.io']);
    expect(JSON.parse(frames.at(-1)?.[1] ?? '')).toEqual({
      metadata: {},
      status: 'Failure',
      message: 'command terminated with non-zero exit code: command terminated with exit code 3',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
  });

  test('a container that does not run is told on the status channel', async () => {
    runPod(town.objects, 'slow', waiting('ContainerCreating'));
    const { frames } = await channels('slow/exec?command=ls&stdout=true', v5);
    expect(JSON.parse(frames[0]?.[1] ?? '')).toMatchObject({
      message: 'Internal error occurred: unable to upgrade connection: container not found ("main")',
      code: 500,
    });
  });

  test.each([
    ['none/exec?command=ls&stdout=true', v5, '404 pods "none" not found'],
    ['web/exec?command=ls&stdout=true&container=x', v5, '400 container x is not valid for pod web'],
    ['web/exec?command=ls&stdout=true', ['v9.channel.k8s.io'], '403 '],
    [
      'web/portforward?ports=x',
      ['v4.channel.k8s.io'],
      '400 cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax',
    ],
  ])('%s is refused', async (path, protocols, message) => {
    runPod(town.objects, 'web');
    await expect(channels(path, protocols)).rejects.toThrow(message);
  });

  test('without an upgrade it is 400', async () => {
    runPod(town.objects, 'web');
    const { body } = await town.ask('POST', `${place}/pods/web/exec?command=ls&stdout=true`);
    expect(body).toMatchObject({ code: 400, message: 'Upgrade request required' });
  });
});

describe('port-forward', () => {
  test('carries HTTP both ways after the ports', async () => {
    runPod(town.objects, 'web');
    const request = 'GET /path?a=b HTTP/1.1\r\nHost: pod\r\nAuthorization: Basic x\r\nConnection: close\r\n\r\n';
    const { frames } = await channels(
      'web/portforward?ports=8000',
      ['v4.channel.k8s.io'],
      [Buffer.from(`\0${request}`)],
    );
    expect(frames.slice(0, 2)).toEqual([
      [0, '@\x1f'],
      [1, '@\x1f'],
    ]);
    const answer = frames
      .slice(2)
      .map(([, text]) => text)
      .join('');
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*hello from \/path$/);
    expect(town.world.requests).toMatchObject([{ to: '10.1.1.1:8000', headers: { authorization: 'Basic x' } }]);
  });

  test('says that nobody listens on the error channel', async () => {
    runPod(town.objects, 'web');
    const { frames, code } = await channels('web/portforward?ports=99', ['v4.channel.k8s.io']);
    expect(frames[2]?.[0]).toBe(1);
    expect(frames[2]?.[1]).toMatch(/^error forwarding port 99 to pod .* connect: connection refused/);
    expect(code).toBe(1000);
  });
});

describe('proxy', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports: [{ name: 'http', port: 80 }] },
  };
  const slice = (ready: boolean) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8000, protocol: 'TCP' }],
    endpoints: [{ addresses: ['10.1.1.1'], conditions: { ready } }],
  });
  const serve = (ready: boolean) => {
    town.objects.create(kind('v1', 'Service'), workspace.namespace, service, { user: admin });
    town.objects.create(kind('discovery.k8s.io/v1', 'EndpointSlice'), workspace.namespace, slice(ready), {
      user: admin,
    });
  };

  test.each([
    ['pods/web:8000/proxy/a/b?c=d', '/a/b'],
    ['pods/http:web:8000/proxy/', '/'],
    ['services/web:http/proxy/x%20y', '/x%20y'],
    ['services/http:web:80/proxy/z', '/z'],
  ])('%s reaches the pod without the token', async (path, expected) => {
    runPod(town.objects, 'web');
    serve(true);
    expect((await town.ask('POST', `${place}/${path}`, { a: 1 })).text).toBe(`hello from ${expected}`);
    expect(town.world.requests).toMatchObject([{ to: '10.1.1.1:8000', path: expected, body: '{"a":1}' }]);
    expect(town.world.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test.each([
    ['pods/web/proxy/', 503, 'error trying to reach service: dial tcp 10.1.1.1:80: connect: connection refused'],
    ['pods/none/proxy/', 404, 'pods "none" not found'],
    ['services/none/proxy/', 404, 'services "none" not found'],
    ['services/web/proxy/', 503, 'no endpoints available for service "web"'],
    ['services/web:zz/proxy/', 503, 'no endpoints available for service "web:zz"'],
    ['services/web:http/proxy/', 503, 'no endpoints available for service "web:http"'],
    ['services/web:99/proxy/', 503, 'no service port 99 found for service "web"'],
  ])('%s is %i', async (path, code, message) => {
    runPod(town.objects, 'web');
    serve(false);
    expect((await town.ask('GET', `${place}/${path}`)).body).toMatchObject({ code, message });
  });
});

test('a connection that speaks no HTTP is ended, and the server lives on', async () => {
  const socket = connect({ host: '127.0.0.1', port: Number(town.server.url.port), ca: town.authority.ca });
  socket.on('error', () => {});
  socket.resume();
  socket.write('nonsense\r\n\r\n');
  await new Promise((resolve) => socket.on('close', resolve));
  expect((await town.ask('GET', '/version')).code).toBe(200);
});

describe('metrics', () => {
  const metrics = `/apis/metrics.k8s.io/v1beta1/namespaces/${workspace.namespace}/pods`;

  test('tell what running containers use, as metrics-server writes it', async () => {
    runPod(town.objects, 'web');
    const { body } = await town.ask('GET', metrics);
    expect(body).toMatchObject({ kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1' });
    expect(body.items).toMatchObject([
      { metadata: { name: 'web' }, window: '15s', containers: [{ usage: { cpu: '250000000n', memory: '131072Ki' } }] },
    ]);
    expect((await town.ask('GET', `${metrics}/web`)).body.containers).toEqual(body.items[0].containers);
  });

  test('are not there for pods that do not run, nor for the nodes of others', async () => {
    runPod(town.objects, 'web');
    setStatus('web', waiting('ContainerCreating'));
    expect((await town.ask('GET', metrics)).body.items).toEqual([]);
    expect((await town.ask('GET', `${metrics}/web`)).code).toBe(404);
    expect((await town.ask('GET', '/apis/metrics.k8s.io/v1beta1/nodes')).code).toBe(403);
  });
});
