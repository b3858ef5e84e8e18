/** A server over an empty store, with the workspace of a user and a world of one pod's logs, commands and addresses. */
import { randomBytes } from 'node:crypto';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { Clock } from '../../../source/context.ts';
import type { WebResponse } from '../../../source/sandbox/components/host.ts';
import { createObjects, createStore } from '../../../source/sandbox/objects/index.ts';
import { paceOf } from '../../../source/sandbox/pace.ts';
import {
  platformNamespaces,
  platformObjects,
  type Workspace,
  workspaceNamespace,
  workspaceObjects,
} from '../../../source/sandbox/provision.ts';
import { kindOf } from '../../../source/sandbox/schema/index.ts';
import { makeAuthority } from '../../../source/sandbox/server/certificates.ts';
import { createAdmission, type Faults, type Platform, serveApi } from '../../../source/sandbox/server/index.ts';
import type { ExecAnswer, Kind, LogLine, Objects, User, World } from '../../../source/sandbox/types.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { TestClock } from '../../support/test-clock.ts';

export const workspace: Workspace = { id: 'abcd1234', namespace: 'ns-abcd1234', domain: 'cloud.test' };
export const place = `/api/v1/namespaces/${workspace.namespace}`;
export const token = 'the-token';
const service: User = {
  name: `system:serviceaccount:user-system:${workspace.id}`,
  groups: ['system:serviceaccounts', 'system:serviceaccounts:user-system'],
  uid: '11111111-2222-4333-8444-555555555555',
};
export const admin: User = { name: 'admin', groups: ['system:masters'] };

export interface FakeWorld extends World {
  readonly lines: Map<string, LogLine[]>;
  readonly commands: (readonly string[])[];
  readonly requests: { readonly to: string; readonly path: string; readonly headers: object; readonly body: string }[];
  exitCode: number;
  say(key: string, text: string, at?: number): void;
}

export function fakeWorld(): FakeWorld {
  const lines = new Map<string, LogLine[]>();
  const listeners = new Map<string, Set<() => void>>();
  const keyOf = (uid: string, container: string, run: number) => `${uid}/${container}/${run}`;
  const commands: (readonly string[])[] = [];
  const requests: FakeWorld['requests'] = [];
  return {
    lines,
    commands,
    requests,
    exitCode: 0,
    say(key, text, at = 0) {
      lines.set(key, [...(lines.get(key) ?? []), { at, nanos: 1, text }]);
      for (const listener of listeners.get(key) ?? []) listener();
    },
    logs: {
      append() {},
      read: (uid, container, run, from) => lines.get(keyOf(uid, container, run))?.slice(from),
      count: (uid, container, run) => lines.get(keyOf(uid, container, run))?.length ?? 0,
      onLine(uid, container, run, listener) {
        const key = keyOf(uid, container, run);
        const all = listeners.get(key) ?? new Set();
        listeners.set(key, all.add(listener));
        return () => all.delete(listener);
      },
      forget() {},
    },
    start: () => {
      throw new Error('nothing is started here');
    },
    async exec(_uid, _container, command, stdin): Promise<ExecAnswer> {
      commands.push(command);
      return { exitCode: this.exitCode, stdout: `out:${stdin}`, stderr: 'err' };
    },
    async http(address, port, { path, headers, body }): Promise<WebResponse> {
      if (port !== 8000) throw new Error('connect ECONNREFUSED');
      requests.push({ to: `${address}:${port}`, path, headers, body });
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: `hello from ${path}` };
    },
    listens: (_, port) => port === 8000,
    converse: () => false,
    usage: () => ({ cpu: 0.25, memory: 128 * 2 ** 20 }),
  };
}

export interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of all kinds are looked into
  readonly body: any;
}

export const kind = (apiVersion: string, name: string): Kind => {
  const known = kindOf(apiVersion, name);
  if (!known) throw new Error(`${name} is not served`);
  return known;
};

export async function startServer(faults: Faults = {}, platform: Partial<Platform> = {}, own?: Clock) {
  const store = createStore();
  const stepped = new TestClock();
  const clock = own ?? stepped;
  const pace = paceOf(clock, 1);
  const admission = createAdmission({
    store,
    platform: { balance: () => 10, domain: workspace.domain, deniedDomains: ['sealos.test'], ...platform },
  });
  const objects = createObjects({ store, admission, clock: pace, randomBytes });
  for (const object of [
    ...platformNamespaces,
    ...platformObjects(workspace),
    workspaceNamespace(workspace),
    ...workspaceObjects(workspace),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: workspace.namespace } },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'openebs-hostpath',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'openebs.io/local',
    },
  ])
    objects.create(kind(object.apiVersion, object.kind), object.metadata.namespace, object, { user: admin });
  // As in a cluster that has been there for long, nobody can watch from its beginning.
  store.compact();
  const world = fakeWorld();
  const authority = await makeAuthority(Date.now());
  const server = await serveApi({
    objects,
    world,
    pace,
    tls: authority,
    users: (given) => ({ [token]: service, admin })[given],
    random: () => 0.5,
    faults,
    host: '127.0.0.1',
    port: 0,
  });
  const ask = (method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sending = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
      const typed = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sending ?? '') };
      const given = options.headers as Readonly<Record<string, string>> | undefined;
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : typed), ...given };
      const url = new URL(path, server.url);
      const sent = httpsRequest(url, { ca: authority.ca, method, agent: false, ...options, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.on('error', reject).on('end', () => {
          const { statusCode: code = 0, headers: got } = response;
          resolve({ code, headers: got, text, body: parsed(text) });
        });
      });
      sent.on('error', reject);
      sent.end(sending);
    });
  return { server, objects, store, world, authority, ask, clock: stepped };
}

/** Of one JSON value; streams of them, and other texts, are read by the tests. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const podOf = (name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: workspace.namespace },
  spec: { containers: [{ name: 'main', image: 'image:1' }], ...more },
});

/** A pod that runs, as the kubelet would say. */
export function runPod(objects: Objects, name: string, status: object = {}, spec: object = {}): KubeObject {
  const pods = kind('v1', 'Pod');
  const { namespace } = workspace;
  const pod = objects.create(pods, namespace, podOf(name, { nodeName: 'node-1', ...spec }), { user: admin }).object;
  const containers = (pod['spec'] as { containers: { name: string }[] }).containers;
  const containerStatuses = containers.map((container) => ({
    name: container.name,
    ready: true,
    restartCount: 0,
    image: 'image:1',
    imageID: 'image@sha256:1',
    state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
  }));
  const running = { phase: 'Running', podIP: '10.1.1.1', containerStatuses, ...status };
  const options = { user: admin, subresource: 'status' } as const;
  return objects.update(pods, namespace, name, { ...pod, status: running }, options).object;
}
