import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cluster } from '../../source/cluster/types.ts';
import { systemClock } from '../../source/commands/system.ts';
import { clusterAt, reply, status, TestServer } from './server.ts';

let server: TestServer;
let cluster: Cluster;
let url: URL;

beforeEach(async () => {
  server = new TestServer();
  url = await server.start();
  cluster = clusterAt(url);
});
afterEach(async () => {
  await cluster.close();
  await server.stop();
});

const config = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'MixedCase:Name' },
  data: { a: '1' },
  futureField: { kept: true },
};
const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' };

describe('requests', () => {
  test('carry the token and who asks, and share connections', async () => {
    await Promise.all(Array.from({ length: 40 }, () => cluster.get(ref)));
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'user-agent': 'posthog-sealos/1.2.3',
    });
    expect(server.connections).toBeLessThanOrEqual(16);
  });

  test('apply sends the object as it is, strictly, under its exact name', async () => {
    await cluster.apply(config, { dryRun: true });
    const [request] = server.requests;
    expect(request?.method).toBe('PATCH');
    expect(request?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(JSON.parse(request?.body ?? '')).toEqual(config);
    const { pathname, searchParams } = new URL(request?.url ?? '', url);
    expect(pathname).toBe('/api/v1/namespaces/ns-a/configmaps/MixedCase%3AName');
    expect(Object.fromEntries(searchParams)).toEqual({
      fieldManager: 'posthog-sealos',
      fieldValidation: 'Strict',
      force: 'false',
      dryRun: 'All',
    });
  });

  test('a list is read page by page, and from its beginning when its rest has expired', async () => {
    let expired = false;
    server.handler = ({ url: path }, response) => {
      const next = new URL(path, url).searchParams.get('continue');
      if (next === 'a' && !expired) {
        expired = true;
        return reply(response, 410, status(410, 'Expired', 'too old'));
      }
      const page =
        next === 'a'
          ? { items: [{ metadata: { name: '2' } }], metadata: { resourceVersion: '9' } }
          : { items: [{ metadata: { name: '1' } }], metadata: { resourceVersion: '9', continue: 'a' } };
      reply(response, 200, page);
    };
    const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod' });
    expect(items.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(['Pod/1', 'Pod/2']);
  });

  test('what does not exist is undefined, and deleting it is no error', async () => {
    server.handler = (_, response) => reply(response, 404, status(404, 'NotFound', 'not found'));
    expect(await cluster.get(ref)).toBeUndefined();
    expect(await cluster.delete(ref)).toBe(false);
  });

  test('a server that takes the first question and says nothing is given up', async () => {
    server.handler = () => {};
    const quick = { ...systemClock, sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 200, signal) };
    const silent = clusterAt(url, {}, quick);
    await expect(silent.get(ref)).rejects.toMatchObject({ name: 'ConnectionError', fault: 'timeout' });
    expect(server.requests).toHaveLength(2);
    await silent.close();
  });

  test('an abort ends a request that hangs, with the reason', async () => {
    server.handler = () => {};
    const abort = new AbortController();
    const asked = cluster.get(ref, { signal: abort.signal });
    setImmediate(() => abort.abort(new Error('enough')));
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('errors', () => {
  test('are values out of Status bodies, conflicts with manager and field', async () => {
    const causes = [
      { reason: 'FieldManagerConflict', message: 'conflict with "launchpad" using apps/v1', field: '.spec.replicas' },
    ];
    server.handler = (_, response) =>
      reply(
        response,
        409,
        status(409, 'Conflict', 'Apply failed with 1 conflict', { name: 'x', kind: 'configmaps', causes }),
      );
    await expect(cluster.apply(config)).rejects.toMatchObject({
      code: 409,
      reason: 'Conflict',
      conflicts: [{ manager: 'launchpad', field: '.spec.replicas' }],
    });
    expect(server.requests).toHaveLength(1);
  });

  test('pages of whatever stands in between are not repeated to the user', async () => {
    server.handler = (_, response) => reply(response, 403, '<html><body>secret portal</body></html>');
    await expect(cluster.get(ref)).rejects.toMatchObject({ code: 403, message: 'HTTP 403' });
  });

  test('a server that is not there is named by the fault', async () => {
    await server.stop();
    await expect(cluster.get(ref)).rejects.toMatchObject({ name: 'ConnectionError', fault: 'refused' });
    await server.start();
  });
});

describe('trying again', () => {
  const failing = (times: number, code: number, message: string, headers = {}) => {
    server.handler = (_, response) =>
      server.requests.length <= times
        ? reply(response, code, status(code, '', message), headers)
        : reply(response, 200, { metadata: {} });
  };

  test.each([
    [429, 'too many requests'],
    [500, 'etcdserver: leader changed'],
    [503, 'apiserver is shutting down'],
    [
      409,
      'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version',
    ],
  ])('after %d %s', async (code, message) => {
    failing(3, code, message);
    await cluster.apply(config);
    expect(server.requests).toHaveLength(4);
  });

  test.each([
    [400, 'bad request'],
    [403, 'forbidden'],
    [422, 'invalid'],
    [500, 'failed to create typed patch object (/x; v1): .dat: field not declared in schema'],
    [500, 'failed to convert new object: quantities must match'],
  ])('never after %d %s', async (code, message) => {
    failing(99, code, message);
    await expect(cluster.apply(config)).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
  });

  test('a connection that is cut is opened again', async () => {
    server.handler = (_, response, incoming) => {
      if (server.requests.length === 1) incoming.socket.destroy();
      else reply(response, 200, { metadata: { name: 'x' } });
    };
    expect(await cluster.get(ref)).toMatchObject({ metadata: { name: 'x' } });
  });

  test.each([
    [401, status(401, 'Unauthorized', 'Unauthorized')],
    [403, status(403, 'Forbidden', 'pods is forbidden: User "u" cannot list resource "pods"')],
    [404, '404 page not found'],
  ])('%d of a server that is only just back is asked again', async (code, body) => {
    server.handler = (_, response, incoming) => {
      const { length } = server.requests;
      if (length === 2) incoming.socket.destroy();
      else if (length === 3) reply(response, code, body);
      else reply(response, 200, { metadata: { name: 'x' } });
    };
    await cluster.get(ref);
    expect(await cluster.get(ref)).toMatchObject({ metadata: { name: 'x' } });
    expect(server.requests).toHaveLength(4);
  });

  test('what a server that is only just back says is not there, is not there', async () => {
    server.handler = (_, response, incoming) => {
      if (server.requests.length === 1) incoming.socket.destroy();
      else reply(response, 404, status(404, 'NotFound', 'not found'));
    };
    expect(await cluster.get(ref)).toBeUndefined();
    expect(server.requests).toHaveLength(2);
  });

  test('a server that never answered is given up soon; one that did is waited for', async () => {
    const cut = (_: unknown, __: unknown, incoming: { socket: { destroy(): void } }) => incoming.socket.destroy();
    server.handler = cut;
    await expect(cluster.get(ref)).rejects.toMatchObject({ name: 'ConnectionError' });
    const first = server.requests.length;
    server.handler = (_, response) => reply(response, 200, { metadata: {} });
    await cluster.get(ref);
    server.requests.length = 0;
    server.handler = cut;
    await expect(cluster.get(ref)).rejects.toMatchObject({ name: 'ConnectionError' });
    expect(first).toBeLessThan(server.requests.length);
  });

  test('nothing waits for another try once nobody wants to know', async () => {
    const waits: number[] = [];
    const sleep = (ms: number, signal?: AbortSignal) => {
      waits.push(ms);
      return systemClock.sleep(ms, signal);
    };
    const closing = clusterAt(url, {}, { ...systemClock, sleep });
    server.handler = (_, response) => reply(response, 200, {});
    await closing.version();
    waits.length = 0;
    server.handler = () => void closing.close();
    await expect(closing.get(ref)).rejects.toMatchObject({ name: 'ConnectionError' });
    expect(waits).toEqual([]);
  });

  test('a create is sent once: its lost answer cannot be told from somebody else', async () => {
    server.handler = (_, response) => reply(response, 503, status(503, '', 'away'));
    await expect(cluster.create(config)).rejects.toMatchObject({ code: 503 });
    expect(server.requests).toHaveLength(1);
  });
});

test('discovery is aggregated, falls back to groups, and is asked once', async () => {
  server.handler = ({ url: path }, response) => {
    if (path === '/api') return reply(response, 200, { kind: 'APIVersions', versions: ['v1'] });
    if (path === '/apis')
      return reply(response, 200, {
        kind: 'APIGroupList',
        groups: [{ versions: [{ groupVersion: 'apps/v1' }] }, { versions: [{ groupVersion: 'gone/v1' }] }],
      });
    if (path === '/apis/apps/v1') return reply(response, 200, { resources: [{ name: 'deployments' }] });
    if (path === '/api/v1') return reply(response, 200, { resources: [{ name: 'pods' }] });
    reply(response, 503, status(503, '', 'away'));
  };
  cluster = clusterAt(url);
  const discovery = await cluster.discovery();
  expect(discovery.has('apps/v1', 'deployments')).toBe(true);
  expect(discovery.has('v1', 'pods')).toBe(true);
  expect(discovery.has('gone/v1', 'x')).toBe(false);
  const asked = server.requests.length;
  await cluster.discovery();
  expect(server.requests).toHaveLength(asked);
});
