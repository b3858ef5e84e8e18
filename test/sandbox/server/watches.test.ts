/** Lists page by page, and watches. What is expected was recorded from a kube-apiserver 1.34.4. */
import { request } from 'node:https';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { admin, kind, place, startServer, token, workspace } from './support.ts';

let town: Awaited<ReturnType<typeof startServer>>;
beforeEach(async () => {
  town = await startServer();
});
afterEach(() => town.server.close());

const maps = `${place}/configmaps`;
const put = (name: string, more: object = {}) => {
  const body = { metadata: { name, ...more } };
  return town.objects.create(kind('v1', 'ConfigMap'), workspace.namespace, body, { user: admin }).object;
};
const change = (name: string, metadata: object) =>
  town.objects.patch(kind('v1', 'ConfigMap'), workspace.namespace, name, 'merge', { metadata }, { user: admin });
const remove = (name: string) =>
  town.objects.remove(kind('v1', 'ConfigMap'), workspace.namespace, name, { user: admin });

interface Event {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: objects of all kinds are looked into
  readonly object: any;
}

/** Reads events until `until` says so, or the stream ends. */
function watch(
  query: string,
  until: (events: readonly Event[]) => boolean,
  headers: object = {},
): Promise<readonly Event[]> {
  return new Promise((resolve, reject) => {
    const events: Event[] = [];
    let rest = '';
    const url = new URL(`${maps}?watch=1${query}`, town.server.url);
    const all = { authorization: `Bearer ${token}`, ...headers };
    const sent = request(url, { ca: town.authority.ca, agent: false, headers: all }, (response) => {
      response.setEncoding('utf8').on('data', (piece: string) => {
        const lines = (rest + piece).split('\n');
        rest = lines.pop() ?? '';
        events.push(...lines.map((line) => JSON.parse(line) as Event));
        if (until(events)) sent.destroy();
      });
      response.on('error', () => {}).on('close', () => resolve(events));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve(events) : reject(error)));
    sent.end();
  });
}
const told = (events: readonly Event[]) => events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`);

/** Does `work` as soon as the server listens to changes for a watch. */
function whenWatched(work: () => void): void {
  const { onChange } = town.store;
  Object.assign(town.store, {
    onChange: (listener: Parameters<typeof onChange>[0]) => {
      setImmediate(work);
      Object.assign(town.store, { onChange });
      return onChange(listener);
    },
  });
}

describe('lists', () => {
  test('pages show one moment, whatever happens between them', async () => {
    for (const name of ['a', 'b', 'c', 'd']) put(name);
    const first = await town.ask('GET', `${maps}?limit=2`);
    expect(first.body.items.map((item: Event['object']) => item.metadata.name)).toEqual(['a', 'b']);
    expect(first.body.metadata).toMatchObject({ remainingItemCount: 2, resourceVersion: String(town.store.version) });
    remove('c');
    put('cc');
    change('d', { labels: { late: 'yes' } });
    const second = await town.ask('GET', `${maps}?limit=2&continue=${first.body.metadata.continue}`);
    expect(second.body.items.map((item: Event['object']) => item.metadata.name)).toEqual(['c', 'd']);
    expect(second.body.items[1].metadata).not.toHaveProperty('labels');
    expect(second.body.metadata).toEqual({ resourceVersion: first.body.metadata.resourceVersion });
  });

  test('a page too old is 410, with a token to go on from what is there now', async () => {
    for (const name of ['a', 'b', 'c']) put(name);
    const first = await town.ask('GET', `${maps}?limit=1`);
    remove('b');
    town.store.compact();
    const gone = await town.ask('GET', `${maps}?limit=1&continue=${first.body.metadata.continue}`);
    expect(gone.body).toMatchObject({ code: 410, reason: 'Expired' });
    expect(gone.body.message).toMatch(
      /^The provided continue parameter is too old to display a consistent list result/,
    );
    const rest = await town.ask('GET', `${maps}?continue=${gone.body.metadata.continue}`);
    expect(rest.body.items.map((item: Event['object']) => item.metadata.name)).toEqual(['c']);
  });

  test('versions: exactly, too old, and not yet', async () => {
    const { metadata } = put('a');
    change('a', { labels: { x: 'y' } });
    const exact = `${maps}?resourceVersionMatch=Exact&resourceVersion=${metadata.resourceVersion}`;
    expect((await town.ask('GET', exact)).body.items[0].metadata).not.toHaveProperty('labels');
    town.store.compact();
    const old = await town.ask('GET', exact);
    expect(old.body).toMatchObject({ code: 410, message: 'The resourceVersion for the provided list is too old.' });
    const future = await town.ask('GET', `${maps}?resourceVersion=99999`);
    expect(future.body).toMatchObject({ code: 504, reason: 'Timeout', details: { retryAfterSeconds: 1 } });
    expect(future.headers['retry-after']).toBe('1');
  });

  test('selectors choose', async () => {
    put('a', { labels: { app: 'x' } });
    put('b', { labels: { app: 'y' } });
    const by = async (query: string) =>
      (await town.ask('GET', `${maps}?${query}`)).body.items.map((item: Event['object']) => item.metadata.name);
    expect(await by('labelSelector=app%3Dx')).toEqual(['a']);
    expect(await by('labelSelector=app%20in%20(x,y)&fieldSelector=metadata.name%3Db')).toEqual(['b']);
  });
});

describe('watches', () => {
  test('begin with what is there, tell changes, and what stops being selected is deleted', async () => {
    put('one', { labels: { app: 'x' } });
    put('other', { labels: { app: 'y' } });
    whenWatched(() => {
      change('other', { labels: { app: 'x' } });
      change('one', { annotations: { note: '1' } });
      change('one', { labels: { app: 'z' } });
      change('one', { labels: { app: 'z2' } });
      remove('other');
    });
    const events = await watch('&labelSelector=app%3Dx', (all) => all.length >= 5);
    expect(told(events)).toEqual(['ADDED one', 'ADDED other', 'MODIFIED one', 'DELETED one', 'DELETED other']);
    expect(events[3]?.object.metadata.labels).toEqual({ app: 'x' });
    expect(Number(events[3]?.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(events[2]?.object.metadata.resourceVersion),
    );
    expect(events[0]?.object.kind).toBe('ConfigMap');
  });

  test('go on from a version with what was missed, and only that', async () => {
    const { metadata } = put('a');
    put('b');
    const events = await watch(`&resourceVersion=${metadata.resourceVersion}`, (all) => all.length >= 1);
    expect(told(events)).toEqual(['ADDED b']);
  });

  test('say when the list is over, and where', async () => {
    put('a');
    const query = '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const events = await watch(query, (all) => all.length >= 2);
    expect(events[1]).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { resourceVersion: String(town.store.version), annotations: { 'k8s.io/initial-events-end': 'true' } },
      },
    });
  });

  test('end at their time-out', async () => {
    whenWatched(() => void town.clock.pass(60_000));
    expect(await watch(`&timeoutSeconds=60&resourceVersion=${town.store.version}`, () => false)).toEqual([]);
  });

  test('tell where they are each minute, and just before their end', async () => {
    whenWatched(() => {
      put('a');
      void town.clock.pass(100_000);
    });
    const events = await watch(
      `&timeoutSeconds=100&resourceVersion=${town.store.version}&allowWatchBookmarks=true`,
      () => false,
    );
    expect(told(events)).toEqual(['ADDED a', 'BOOKMARK ', 'BOOKMARK ']);
    expect(events.at(-1)?.object.metadata).toEqual({ resourceVersion: String(town.store.version) });
  });

  test('too old is an ERROR event', async () => {
    const { metadata } = put('a');
    put('b');
    town.store.compact();
    const [event] = await watch(`&resourceVersion=${metadata.resourceVersion}`, () => false);
    expect(event).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    expect(event?.object.message).toBe(`too old resource version: ${metadata.resourceVersion} (${town.store.version})`);
  });

  test('tell rows of a table, with columns once', async () => {
    put('a');
    whenWatched(() => put('b'));
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const [first, second] = await watch('&includeObject=None', (all) => all.length >= 2, { accept });
    expect(first?.object.columnDefinitions.map((column: { name: string }) => column.name)).toEqual([
      'Name',
      'Data',
      'Age',
    ]);
    expect(first?.object.rows).toEqual([{ cells: ['a', 0, expect.any(String)], object: null }]);
    expect(second?.object).toMatchObject({ columnDefinitions: null, rows: [{ cells: ['b', 0, '0s'] }] });
  });

  test('leave nothing behind', async () => {
    let listening = 0;
    const { onChange } = town.store;
    Object.assign(town.store, {
      onChange: (listener: Parameters<typeof onChange>[0]) => {
        const stop = onChange(listener);
        listening += 1;
        return () => {
          listening -= 1;
          stop();
        };
      },
    });
    put('a');
    await Promise.all([1, 2, 3].map(() => watch('', (all) => all.length >= 1)));
    await expect.poll(() => listening).toBe(0);
  });
});
