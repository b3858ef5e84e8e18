/** A cluster whose time passes when a test says so, and whose containers do what a script says. */
import { type Controllers, startControllers } from '../../../source/sandbox/controllers/index.ts';
import type { KubeblocksVersion } from '../../../source/sandbox/controllers/kubeblocks/objects.ts';
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
import { createAdmission } from '../../../source/sandbox/server/index.ts';
import type { ContainerRun, Kind, Pace, Program, Store, User, World } from '../../../source/sandbox/types.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { TestClock } from '../../support/test-clock.ts';

export const workspace: Workspace = { id: 'abcd1234', namespace: 'ns-abcd1234', domain: 'cloud.test' };
export const { namespace } = workspace;
export const admin: User = { name: 'admin', groups: ['system:masters'] };

type Ended = Awaited<Program['ended']>;

export interface Scripted {
  readonly run: ContainerRun;
  readonly stops: number[];
  end(exitCode: number, reason?: Ended['reason']): void;
}

export interface Script {
  /** What a container does when it starts; nothing: it runs until it is stopped. */
  onStart?: (started: Scripted) => void;
  /** Status of an HTTP answer; undefined: nobody listens. */
  http?: (address: string, port: number, path: string) => number | undefined;
  exec?: (container: string, command: readonly string[]) => number;
  bytes?: (image: string) => number | undefined;
}

export function scriptedWorld(script: Script): World & { readonly started: Scripted[]; readonly forgotten: string[] } {
  const started: Scripted[] = [];
  const forgotten: string[] = [];
  return {
    started,
    forgotten,
    logs: {
      append() {},
      read: () => undefined,
      count: () => 0,
      onLine: () => () => undefined,
      forget: (uid) => void forgotten.push(uid),
    },
    start(run) {
      const { promise, resolve } = Promise.withResolvers<Ended>();
      const stops: number[] = [];
      const scripted: Scripted = {
        run,
        stops,
        end: (exitCode, reason = exitCode === 0 ? 'Completed' : 'Error') => resolve({ exitCode, reason }),
      };
      started.push(scripted);
      queueMicrotask(() => script.onStart?.(scripted));
      return {
        ended: promise,
        stop(graceMs) {
          stops.push(graceMs);
          scripted.end(143);
        },
        kill: () => scripted.end(137),
      };
    },
    exec: async (_uid, container, command) => ({
      exitCode: script.exec?.(container, command) ?? 0,
      stdout: '',
      stderr: 'exec failed',
    }),
    async http(address, port, { path }) {
      const status = script.http ? script.http(address, port, path) : 200;
      if (status === undefined) throw new Error(`connect ECONNREFUSED ${address}:${port}`);
      return { status, body: '' };
    },
    listens: (address, port) => (script.http ? script.http(address, port, '') !== undefined : true),
    converse: () => false,
    usage: () => ({ cpu: 0, memory: 0 }),
  };
}

/** Numbers that look random and are the same in each run. */
function numbers(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

export const kind = (apiVersion: string, name: string): Kind => {
  const known = kindOf(apiVersion, name);
  if (!known) throw new Error(`${name} is not served`);
  return known;
};

export interface ClusterOptions {
  readonly script?: Script;
  readonly speed?: number;
  readonly kubeblocks?: KubeblocksVersion;
  readonly redisPasswordEnd?: string | undefined;
  /** Of a cluster that ran before. */
  readonly store?: Store;
  readonly clock?: TestClock;
  /** In place of the one that does what a script says. */
  readonly world?: (store: Store, pace: Pace, random: () => number) => World;
}

const storageClass = (name: string, isUsual: boolean) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isUsual) } },
  provisioner: 'openebs.io/local',
  volumeBindingMode: 'WaitForFirstConsumer',
  reclaimPolicy: 'Delete',
});

// biome-ignore lint/suspicious/noExplicitAny: objects of all kinds are looked into
export type Any = any;

export class Cluster {
  readonly clock: TestClock;
  readonly store: Store;
  readonly world;
  readonly objects;
  readonly ending = new AbortController();
  readonly controllers: Controllers;
  readonly speed: number;

  constructor({
    script = {},
    speed = 1,
    kubeblocks = '0.9.5',
    redisPasswordEnd,
    store,
    clock = new TestClock(),
    world,
  }: ClusterOptions = {}) {
    this.clock = clock;
    this.speed = speed;
    this.store = store ?? createStore();
    this.world = scriptedWorld(script);
    const random = numbers();
    const randomBytes = (size: number) => Uint8Array.from({ length: size }, () => Math.floor(random() * 256));
    const platform = { balance: () => 10, domain: workspace.domain, deniedDomains: [] };
    const admission = createAdmission({ store: this.store, platform });
    const pace = paceOf(clock, speed);
    this.objects = createObjects({ store: this.store, admission, clock, randomBytes });
    if (!store) this.#provision();
    this.controllers = startControllers({
      objects: this.objects,
      world: world?.(this.store, pace, random) ?? this.world,
      pace,
      random,
      signal: this.ending.signal,
      complain: (who, error) => {
        throw new Error(`${who} failed`, { cause: error });
      },
      platform: {
        domain: workspace.domain,
        kubeblocks,
        redisPasswordEnd,
        nodes: [{ name: 'node-1', ip: '10.0.0.1', cpu: '32', memory: '128Gi', ephemeral: '400Gi', pods: 110 }],
        pullBytesPerSecond: 100e6,
        imageBytes: (image) => (script.bytes ? script.bytes(image) : 100e6),
        ca: 'ca',
      },
    });
  }

  #provision(): void {
    const objects = [
      ...platformNamespaces,
      ...platformObjects(workspace),
      workspaceNamespace(workspace),
      ...workspaceObjects(workspace),
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
      storageClass('openebs-hostpath', true),
      storageClass('openebs-backup', false),
    ];
    for (const object of objects) this.create(object);
  }

  create(object: object): KubeObject {
    const { apiVersion, kind: name, metadata } = object as KubeObject;
    const known = kind(apiVersion, name);
    const place = known.namespaced ? (metadata.namespace ?? namespace) : undefined;
    return this.objects.create(known, place, object, { user: admin }).object;
  }

  patch(apiVersion: string, name: string, object: string, change: object): KubeObject {
    const known = kind(apiVersion, name);
    const place = known.namespaced ? namespace : undefined;
    return this.objects.patch(known, place, object, 'merge', change, { user: admin }).object;
  }

  remove(apiVersion: string, name: string, object: string, options: object = {}): void {
    const known = kind(apiVersion, name);
    this.objects.remove(known, known.namespaced ? namespace : undefined, object, { user: admin, ...options });
  }

  find(apiVersion: string, name: string, object: string): Any {
    const known = kind(apiVersion, name);
    return this.store.get(known, known.namespaced ? namespace : undefined, object);
  }

  list(apiVersion: string, name: string): readonly Any[] {
    const known = kind(apiVersion, name);
    return this.store.list(known, known.namespaced ? namespace : undefined);
  }

  pods = (): readonly Any[] => this.list('v1', 'Pod');

  /** `reason: message` of everything that was said about an object. */
  said(name: string): readonly string[] {
    return this.list('v1', 'Event')
      .filter(({ involvedObject }) => involvedObject.name.startsWith(name))
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  /** Lets `seconds` pass, and everything happen that comes of it. */
  async pass(seconds: number): Promise<void> {
    await this.controllers.settled();
    for (let left = seconds; left > 0; left -= 1) {
      await this.clock.pass(Math.min(left, 1) * 1000);
      await this.controllers.settled();
    }
  }
}

export const container = (more: object = {}) => ({
  name: 'main',
  image: 'image:1',
  imagePullPolicy: 'IfNotPresent',
  resources: { limits: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '100Mi' } },
  ...more,
});

export const podSpec = (more: object = {}) => ({
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 30,
  containers: [container()],
  ...more,
});

export const deployment = (name: string, spec: object = {}, pod: object = podSpec()) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: pod },
    ...spec,
  },
});
