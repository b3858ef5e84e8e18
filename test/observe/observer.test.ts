import { describe, expect, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import type { Cluster, KindRef, WatchEvent } from '../../source/cluster/types.ts';
import { observe } from '../../source/observe/observer.ts';
import { observedKinds } from '../../source/observe/types.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { settle, TestClock } from '../support/test-clock.ts';

const kinds: readonly string[] = Object.values(observedKinds).map(({ kind }) => kind);

/** One watch a kind, told by the test. */
class Watched {
  readonly namespace = 'ns-a';
  readonly refused = new Map<string, Error>();
  /** Whether anything is answered. */
  isSilent = false;

  /** As the server has them, by kind. */
  readonly listed = new Map<string, readonly KubeObject[]>();

  async list(_: object, { signal }: { readonly signal: AbortSignal }): Promise<{ items: readonly KubeObject[] }> {
    if (!this.isSilent) return { items: this.listed.get('Pod') ?? [] };
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

  /** Resolves when the list of events comes. */
  eventsCome: Promise<void> = Promise.resolve();

  readonly #tell = new Map<string, (event: WatchEvent) => void>();

  /** Kinds that are asked for, in their order. */
  readonly watched: string[] = [];

  async *watch({ kind }: KindRef, { signal }: { readonly signal: AbortSignal }): AsyncGenerator<WatchEvent> {
    this.watched.push(kind);
    const refusal = this.refused.get(kind);
    if (refusal) throw refusal;
    const waiting: WatchEvent[] = [];
    let wake = () => {};
    this.#tell.set(kind, (event) => {
      waiting.push(event);
      wake();
    });
    if (kind === 'Event') await this.eventsCome;
    yield { type: 'synced', items: this.listed.get(kind) ?? [] };
    signal.addEventListener('abort', () => wake());
    while (!signal.aborted) {
      while (waiting.length > 0) yield waiting.shift() as WatchEvent;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  async tell(kind: string, event: WatchEvent): Promise<void> {
    this.#tell.get(kind)?.(event);
    await settle();
  }
}

const pod = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name, resourceVersion: '1' },
});
async function observing(watched = new Watched()) {
  const stop = new AbortController();
  const clock = new TestClock();
  const observer = observe(watched as unknown as Cluster, { app: 'posthog', clock, signal: stop.signal });
  await observer.ready;
  // Streams open when the first picture is drawn.
  await clock.pass(50);
  return {
    watched,
    observer,
    clock,
    names: () => observer.snapshot().objects.Pod.map(({ metadata }) => metadata.name),
  };
}

describe('the picture', () => {
  test('follows every change, and begins anew with every list', async () => {
    const { watched, names } = await observing();
    await watched.tell('Pod', { type: 'added', object: pod('posthog-a') });
    await watched.tell('Pod', { type: 'added', object: pod('posthog-b') });
    await watched.tell('Pod', { type: 'added', object: pod('somebody-else') });
    expect(names()).toEqual(['posthog-a', 'posthog-b']);
    await watched.tell('Pod', { type: 'deleted', object: pod('posthog-a') });
    expect(names()).toEqual(['posthog-b']);
    await watched.tell('Pod', { type: 'synced', items: [pod('posthog-c')] });
    expect(names()).toEqual(['posthog-c']);
  });

  test('has claims, which are named after what they are for, and what happens to them', async () => {
    const { watched, observer } = await observing();
    const named = (kind: string, name: string, more: object = {}) =>
      ({ apiVersion: 'v1', kind, metadata: { name }, ...more }) as KubeObject;
    for (const name of ['data-posthog-kafka-0', 'data-other-kafka-0']) {
      const involvedObject = { kind: 'PersistentVolumeClaim', name };
      await watched.tell('PersistentVolumeClaim', { type: 'added', object: named('PersistentVolumeClaim', name) });
      await watched.tell('Event', { type: 'added', object: named('Event', `${name}.1`, { involvedObject }) });
    }
    const { PersistentVolumeClaim, Event } = observer.snapshot().objects;
    expect(PersistentVolumeClaim.map(({ metadata }) => metadata.name)).toEqual(['data-posthog-kafka-0']);
    expect(Event.map(({ metadata }) => metadata.name)).toEqual(['data-posthog-kafka-0.1']);
  });

  test('knows which keys a Secret has, and not what they hold', async () => {
    const { watched, observer } = await observing();
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': 'c2VjcmV0' };
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'posthog-env', annotations },
      data: { KEY: 'c2VjcmV0' },
    };
    await watched.tell('Secret', { type: 'added', object: secret });
    expect(JSON.stringify(observer.snapshot())).not.toContain('c2VjcmV0');
    expect(observer.snapshot().objects.Secret[0]?.['data']).toEqual({ KEY: '' });
  });

  test('tells a change that came while nobody looked', async () => {
    const { watched, observer } = await observing();
    observer.snapshot();
    await watched.tell('Pod', { type: 'added', object: pod('posthog-a') });
    await expect(
      Promise.race([observer.next(new AbortController().signal), settle().then(() => 'missed')]),
    ).resolves.toBeUndefined();
  });

  test('goes on without a kind that is refused; a refused login ends it', async () => {
    const watched = new Watched();
    watched.refused.set('ResourceQuota', new ApiError({ code: 403 }));
    // Not served at all, which is no matter of rights.
    watched.refused.set('App', new ApiError({ code: 404 }));
    const { observer } = await observing(watched);
    await watched.tell('Pod', { type: 'added', object: pod('posthog-a') });
    expect(observer.snapshot().objects).toMatchObject({
      Pod: [{ metadata: { name: 'posthog-a' } }],
      ResourceQuota: [],
    });
    expect([...observer.snapshot().forbidden]).toEqual(['ResourceQuota']);
    watched.refused.set('Pod', new ApiError({ code: 401 }));
    await expect(observing(watched)).rejects.toMatchObject({ code: 401 });
  });

  test('knows when nothing comes any more, and when it does again', async () => {
    const { watched, observer } = await observing();
    const lost = { type: 'lost', error: new Error('reset'), retryInMs: 500 } as const;
    const [last = 'Pod', ...others] = kinds;
    for (const kind of others) await watched.tell(kind, lost);
    expect(observer.snapshot().isCutOff).toBe(false);
    const next = observer.next(new AbortController().signal);
    await watched.tell(last, lost);
    await next;
    expect(observer.snapshot().isCutOff).toBe(true);
    for (const kind of kinds) await watched.tell(kind, { type: 'alive' });
    expect(observer.snapshot().isCutOff).toBe(false);
  });
});

test('a server that is silent is told as cut off, and looked at anew when it answers', async () => {
  const { watched, observer, clock, names } = await observing();
  await watched.tell('Pod', { type: 'added', object: pod('posthog-a') });
  watched.isSilent = true;
  for (let second = 0; second < 25; second += 1) await clock.pass(1000);
  // The fake lists at once, which is an answer; what it lists is empty.
  expect(names()).toEqual([]);
  expect(observer.snapshot().isCutOff).toBe(false);
});

test('an Ingress that was added in Launchpad belongs to what it was added to, whatever its name', async () => {
  const { watched, observer } = await observing();
  const added = (name: string, manager: string): WatchEvent => ({
    type: 'added',
    object: {
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
      metadata: { name, uid: name, labels: { 'cloud.sealos.io/app-deploy-manager': manager } },
    },
  });
  await watched.tell('Ingress', added('network-a', 'posthog'));
  await watched.tell('Ingress', added('network-b', 'posthog-capture'));
  await watched.tell('Ingress', added('network-c', 'shop'));
  expect(observer.snapshot().objects.Ingress.map(({ metadata }) => metadata.name)).toEqual(['network-a', 'network-b']);
});

test('a stream that keeps quiet about what has happened is opened anew', async () => {
  const { watched, clock, names } = await observing();
  watched.listed.set('Pod', [pod('posthog-a'), pod('somebody-else')]);
  for (let second = 0; second < 15; second += 1) await clock.pass(1000);
  expect(names()).toEqual([]);
  for (let second = 0; second < 10; second += 1) await clock.pass(1000);
  expect(names()).toEqual(['posthog-a']);
});

describe('where no instance is named', () => {
  const ledger = { name: 'a-ledger', labels: { 'posthog-sealos/ledger': 'a' } };
  const listing = () => {
    const watched = new Watched();
    watched.listed.set('ConfigMap', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: ledger }]);
    watched.listed.set('Pod', [pod('a-web'), pod('b-web')]);
    return watched;
  };

  test('all that are there are told, and only what belongs to the chosen one is kept', async () => {
    const stop = new AbortController();
    const [watched, clock] = [listing(), new TestClock()];
    const observer = observe(watched as unknown as Cluster, { clock, signal: stop.signal });
    await observer.ready;
    await clock.pass(50);
    expect(observer.instances().map(({ name, kind }) => `${name} ${kind}`)).toEqual(['a ours']);
    observer.choose('a');
    await watched.tell('Pod', { type: 'added', object: pod('b-worker') });
    await watched.tell('Pod', { type: 'added', object: pod('a-worker') });
    expect(observer.snapshot().app).toBe('a');
    expect(observer.snapshot().objects.Pod.map(({ metadata }) => metadata.name)).toEqual(['a-web', 'a-worker']);
    stop.abort();
  });

  test('they are known before anything else is asked for, where something else comes first', async () => {
    const [watched, clock] = [listing(), new TestClock()];
    const first = Promise.withResolvers<void>();
    const { signal } = new AbortController();
    const observer = observe(watched as unknown as Cluster, { clock, signal, othersAfter: first.promise });
    await observer.known;
    expect(observer.instances().map(({ name }) => name)).toEqual(['a']);
    observer.choose('a');
    await settle();
    expect(watched.watched).toEqual(['Deployment', 'ConfigMap', 'Instance']);
    first.resolve();
    await observer.ready;
    expect(observer.snapshot().objects.Pod.map(({ metadata }) => metadata.name)).toEqual(['a-web']);
    expect([...watched.watched].sort()).toEqual([...kinds].sort());
  });

  test('whoever may not read what shows them is told so', async () => {
    const watched = listing();
    watched.refused.set('Deployment', new ApiError({ code: 403 }));
    const observer = observe(watched as unknown as Cluster, {
      clock: new TestClock(),
      signal: new AbortController().signal,
    });
    await observer.ready;
    expect(() => observer.instances()).toThrow(expect.objectContaining({ code: 403 }));
  });
});

describe('where nothing answers', () => {
  class Unreachable extends Watched {
    override async *watch(): AsyncGenerator<WatchEvent> {
      yield { type: 'lost', error: new Error('refused'), retryInMs: 500 };
      await new Promise(() => {});
    }
  }
  const observed = (givesUp: boolean, othersAfter?: Promise<unknown>) =>
    observe(new Unreachable() as unknown as Cluster, {
      givesUp,
      clock: new TestClock(),
      signal: new AbortController().signal,
      ...(othersAfter && { othersAfter }),
    });
  const asked = (givesUp: boolean) => observed(givesUp).ready;

  test('whoever only looks is told', async () => {
    await expect(asked(true)).rejects.toThrow('refused');
  });

  test('whoever looks at something else first is told, too', async () => {
    await expect(observed(true, new Promise(() => {})).known).rejects.toThrow('refused');
  });

  test('whoever waits for it waits', async () => {
    await expect(Promise.race([asked(false), settle()])).resolves.toBeUndefined();
  });
});

describe('events, of which there may be thousands', () => {
  const started = (eventsLater: boolean) => {
    const [stop, clock, watched] = [new AbortController(), new TestClock(), new Watched()];
    const { promise, resolve } = Promise.withResolvers<void>();
    watched.eventsCome = promise;
    watched.listed.set('Event', [
      { apiVersion: 'v1', kind: 'Event', metadata: { name: 'x' }, involvedObject: { kind: 'Pod', name: 'posthog-1' } },
    ] as unknown as KubeObject[]);
    const observer = observe(watched as unknown as Cluster, {
      app: 'posthog',
      clock,
      signal: stop.signal,
      eventsLater,
    });
    let isReady = false;
    observer.ready.then(() => {
      isReady = true;
    });
    return { observer, clock, stop, come: resolve, isReady: () => isReady };
  };

  test('are waited for by whoever looks once', async () => {
    const { observer, clock, stop, come, isReady } = started(false);
    await clock.pass(10_000);
    expect(isReady()).toBe(false);
    come();
    await observer.ready;
    expect(observer.snapshot().objects.Event).toHaveLength(1);
    stop.abort();
  });

  test('do not keep a moving picture waiting, and are told when they come', async () => {
    const { observer, stop, come } = started(true);
    await observer.ready;
    expect(observer.snapshot().objects.Event).toEqual([]);
    const next = observer.next(stop.signal);
    come();
    await next;
    expect(observer.snapshot().objects.Event).toHaveLength(1);
    stop.abort();
  });
});
