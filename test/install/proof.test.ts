import { describe, expect, test } from 'vitest';
import type { ProofEvent } from '../../source/install/events.ts';
import { hopsOf, type ProofTarget, prove } from '../../source/install/proof/index.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { defaultPlatform } from '../../source/stack/model.ts';
import { answer, app, host, type Part, page, url, World } from './support-proof.ts';

const target: ProofTarget = { app, namespace: 'ns-test', host, url, platform: defaultPlatform, admin: true };

async function proof(world: World, changes: Partial<ProofTarget> = {}) {
  const events: ProofEvent[] = [];
  const proving = prove(world.outside, { ...target, ...changes }, new AbortController().signal);
  for (;;) {
    const step = await proving.next();
    if (step.done) return { events, ...step.value };
    if (step.value.type === 'proof') events.push(step.value);
  }
}

const english = ({ message, hint }: ProofEvent) =>
  [message(dictionaries.en), ...(hint ? [hint(dictionaries.en)] : [])].join(' | ');
const failures = (events: readonly ProofEvent[]) =>
  events.filter(({ ok, warning }) => !ok && !warning).map(({ hop }) => hop);
const hop = (events: readonly ProofEvent[], id: string) => events.find((event) => event.hop === id) as ProofEvent;
const insideOnly = (events: readonly ProofEvent[]) => events.filter((event) => !event.hop.startsWith('public-'));

describe('a whole PostHog with an admin', () => {
  test('is proven, every hop once, in order', async () => {
    const { events, proven } = await proof(new World().withAdmin());
    expect(events.map((event) => event.hop)).toEqual(hopsOf(true).map(({ id }) => id));
    expect(events.filter(({ ok, warning }) => !ok || warning).map(english)).toEqual([]);
    expect(proven).toBe(true);
  });

  test('is told in both languages', async () => {
    const { events } = await proof(new World().withAdmin());
    expect(english(hop(events, 'public-capture'))).toBe(`sent an event to ${url}/i/v0/e/`);
    expect(hop(events, 'public-row').message(dictionaries.zh)).toBe('事件已写入 ClickHouse，含地理位置：Ulm');
    expect(english(hop(events, 'worker'))).toBe('background work runs: heartbeat 12 s ago, 24 tasks wait');
  });

  test('gets a probe of its own in each leg, found again by its id', async () => {
    const world = new World().withAdmin();
    await proof(world);
    const bodies = world.sent
      .filter(({ request }) => request.path === '/i/v0/e/')
      .map(({ via, request }) => ({ via, ...JSON.parse(request.body ?? '') }));
    expect(bodies.map(({ via, event, api_key }) => [via, event, api_key])).toEqual([
      ['capture', 'sealos_probe', 'phc_project'],
      ['public', 'sealos_probe', 'phc_project'],
    ]);
    expect(new Set(bodies.map(({ distinct_id }) => distinct_id)).size).toBe(2);
    expect(new Set(bodies.map(({ properties }) => properties.probe_id)).size).toBe(2);
  });

  test('sends no secret in an address, and no forged sender', async () => {
    const world = new World().withAdmin();
    await proof(world);
    const secrets = ['clickhouse-password', 'internal-secret', 'redis-password', 'phx_kept'];
    expect(
      world.sent.filter(({ request }) =>
        secrets.some((secret) => request.path.includes(secret) || request.body?.includes(secret)),
      ),
    ).toEqual([]);
    expect(world.sent.filter(({ request }) => 'x-forwarded-for' in (request.headers ?? {}))).toEqual([]);
  });

  test('closes every connection it opened', async () => {
    const world = new World().withAdmin();
    await proof(world);
    const opened = new Set(world.sent.map(({ via, port }) => `${via}:${port}`));
    expect(world.closed).toBe(opened.size);
  });

  test('waits for nothing when nothing is late', async () => {
    const world = new World().withAdmin();
    await proof(world);
    expect(world.slept).toEqual([]);
  });
});

describe('a broken part is named by its hop', () => {
  const cases: readonly (readonly [Part, string, RegExp, number])[] = [
    ['plugins', 'web', /does not work: plugins .*component=web/, 180_000],
    ['function', 'clickhouse-setup', /14 of 15 functions/, 60_000],
    ['cluster', 'clickhouse-setup', /missing: sessions/, 60_000],
    ['capture', 'capture', /capture answered 503: kafka is away .*component=capture/, 60_000],
    ['queue', 'topic', /did not arrive in the queue events_plugin_ingestion/, 60_000],
    ['ingestion', 'ingestion', /the group clickhouse-ingestion never committed .*component=ingestion/, 180_000],
    ['processing', 'ingestion', /passed nothing on/, 180_000],
    ['clickhouse', 'clickhouse', /has not read it from clickhouse_events_json: Broker transport failure/, 180_000],
    ['row', 'row', /there is no such event/, 180_000],
    ['personhog', 'query', /PersonHog is missing or down .*component=personhog/, 180_000],
    ['listing', 'query', /does not list it/, 180_000],
    ['definitions', 'definitions', /do not know sealos_probe .*component=property-defs/, 180_000],
    ['flags', 'flags', /feature-flags answered 503: database is away/, 60_000],
    ['recording-flag', 'flags', /recording is off while the project has it on .*sync-remote-config/, 60_000],
    ['config', 'config', /configuration of the project is missing .*sync-remote-config/, 60_000],
    [
      'replay-queue',
      'replay',
      /did not arrive in the queue session_recording_snapshot_item_events .*component=replay-capture/,
      120_000,
    ],
    [
      'replay-ingestion',
      'replay',
      /the group session-recordings-blob-v2 never committed .*component=replay-ingestion/,
      120_000,
    ],
    ['replay-store', 'replay', /taken, but is not stored .*component=replay-ingestion/, 330_000],
    ['replay-blocks', 'replay', /nothing of it can be listed .*component=recording-api/, 120_000],
    ['replay-block', 'replay', /recording-api answered 500: .*S3/, 120_000],
    ['heartbeat', 'worker', /sign of life of the worker is 400 s old .*component=worker/, 180_000],
  ];

  test.each(cases)('%s: %s', async (part, id, text, limitMs) => {
    const world = new World().withAdmin();
    world.broken.add(part);
    const { events, proven } = await proof(world, { retryMs: 0 });
    expect(failures(insideOnly(events))).toEqual([id]);
    expect(english(hop(events, id))).toMatch(text);
    expect(hop(events, id).ms).toBe(limitMs);
    expect(proven).toBe(false);
  });

  test('every hop that waits on it is told as not tried, naming the first that failed', async () => {
    const world = new World().withAdmin();
    world.broken.add('queue');
    const { events } = await proof(world);
    const after = events.filter(({ ok, warning }) => !ok && warning);
    expect(after.map((event) => event.hop)).toEqual([
      'ingestion',
      'clickhouse',
      'row',
      'query',
      'definitions',
      'public-topic',
      'public-ingestion',
      'public-clickhouse',
      'public-row',
      'public-query',
    ]);
    expect(after.map(english)).toEqual(after.map(() => 'not tried, because topic failed'));
  });

  test('what failed inside is not waited for at the public address', async () => {
    const world = new World().withAdmin();
    world.broken.add('capture').add('replay-blocks');
    const { events } = await proof(world);
    expect(failures(events)).toEqual(['capture', 'replay']);
    expect(english(hop(events, 'public-replay'))).toBe('not tried, because replay failed');
    expect(hop(events, 'public-flags')).toMatchObject({ ok: true });
  });

  test('a part that only web misses does not keep the event from being followed', async () => {
    const world = new World().withAdmin();
    world.broken.add('plugins');
    const { events } = await proof(world);
    expect(events.filter(({ ok }) => !ok).map((event) => event.hop)).toEqual(['web']);
  });

  test('no ready pod', async () => {
    const world = new World().withAdmin();
    world.notReady.add('recording-api');
    expect(english(hop((await proof(world)).events, 'replay'))).toMatch(/no pod of recording-api is ready/);
  });

  test('a wrong Redis password', async () => {
    const world = new World().withAdmin();
    world.secrets.set(`${app}-redis-conn-credential`, { password: 'another' });
    expect(english(hop((await proof(world)).events, 'worker'))).toMatch(/Redis refuses: WRONGPASS/);
  });

  test('a secret in an error text is not repeated', async () => {
    const world = new World().withAdmin();
    world.override = ({ port }) =>
      port === 8123 ? answer(403, 'Code: 516. wrong password clickhouse-password\u001b[2J') : undefined;
    const text = english(hop((await proof(world)).events, 'clickhouse-setup'));
    expect(text).toContain('wrong password *** [2J');
  });
});

describe('retries', () => {
  test('are decided once: what comes late passes, with one event and the time it took', async () => {
    const world = new World().withAdmin();
    world.broken.add('row');
    const startedAt = world.now;
    world.override = () => {
      if (world.now - startedAt >= 20_000) world.broken.delete('row');
      return undefined;
    };
    const { events, proven } = await proof(world);
    expect(events.filter((event) => event.hop === 'row')).toHaveLength(1);
    expect(hop(events, 'row')).toMatchObject({ ok: true });
    expect(hop(events, 'row').ms).toBeGreaterThanOrEqual(20_000);
    expect(proven).toBe(true);
  });

  test('look for another pod when a connection breaks', async () => {
    const world = new World().withAdmin();
    let breaks = 2;
    world.override = ({ via }) => {
      if (via === 'clickhouse' && breaks-- > 0) throw new Error('socket hang up');
      return undefined;
    };
    expect((await proof(world)).proven).toBe(true);
  });

  test('do not go on when the token may not open a port-forward', async () => {
    const world = new World().withAdmin();
    world.override = ({ via }) => {
      if (via === 'kafka') throw Object.assign(new Error('pods "posthog-kafka-0" is forbidden'), { code: 403 });
      return undefined;
    };
    expect(hop((await proof(world)).events, 'capture')).toMatchObject({ ok: false, ms: 0 });
  });

  test('send a recording again that was dropped before the ingester knew the project', async () => {
    const world = new World().withAdmin();
    world.broken.add('replay-store');
    const startedAt = world.now;
    world.override = () => {
      if (world.now - startedAt >= 290_000) world.broken.delete('replay-store');
      return undefined;
    };
    const { events, proven } = await proof(world);
    expect(hop(events, 'replay')).toMatchObject({ ok: true });
    expect(proven).toBe(true);
  });

  test('judge a recording by the first that was sent, though more are on their way', async () => {
    const world = new World().withAdmin();
    world.broken.add('replay-lag').add('replay-store');
    const startedAt = world.now;
    world.override = () => {
      if (world.now - startedAt >= 200_000) world.broken.delete('replay-store');
      return undefined;
    };
    expect(hop((await proof(world)).events, 'replay')).toMatchObject({ ok: true });
  });

  test('end at once when aborted', async () => {
    const world = new World().withAdmin();
    world.broken.add('row');
    const stop = new AbortController();
    const proving = prove(world.outside, target, stop.signal);
    world.override = ({ port, request }) => {
      if (port === 8123 && request.body?.includes('posthog.events')) stop.abort(new Error('interrupted'));
      return undefined;
    };
    const all = async () => {
      while (!(await proving.next()).done);
    };
    await expect(all()).rejects.toThrow('interrupted');
  });
});

describe('the account', () => {
  test('without a kept key nothing of it can be followed', async () => {
    const world = new World().withAdmin();
    world.secrets.delete(`${app}-admin`);
    const { events, proven } = await proof(world);
    expect(failures(events)).toEqual(['account']);
    expect(english(hop(events, 'account'))).toMatch(/no API key in the Secret posthog-admin .*--admin-email/);
    expect(proven).toBe(false);
  });

  test('a key that was revoked is told at once', async () => {
    const world = new World().withAdmin();
    world.keys.clear();
    const { events } = await proof(world);
    expect(hop(events, 'account')).toMatchObject({ ok: false, ms: 0 });
    expect(english(hop(events, 'account'))).toMatch(/refuses the API key/);
  });

  test('recording that the user turned off stays off, and only warns', async () => {
    const world = new World().withAdmin();
    world.recording = false;
    const { events, proven } = await proof(world);
    expect(hop(events, 'replay')).toMatchObject({ ok: true, warning: true });
    expect(english(hop(events, 'replay'))).toMatch(/Session recording is off/);
    expect(world.recording).toBe(false);
    expect(proven).toBe(true);
  });

  test('a missing city only warns', async () => {
    const world = new World().withAdmin();
    world.broken.add('city');
    const { events, proven } = await proof(world);
    expect(hop(events, 'public-row')).toMatchObject({ ok: true, warning: true });
    expect(hop(events, 'row')).not.toHaveProperty('warning');
    expect(proven).toBe(true);
  });
});

describe('without an admin', () => {
  test('all that can be told is told, and nothing is proven', async () => {
    const { events, proven } = await proof(new World(), { admin: false });
    expect(events.map((event) => event.hop)).toEqual(hopsOf(false).map(({ id }) => id));
    expect(events.filter(({ ok, warning }) => !ok || warning).map(english)).toEqual([]);
    expect(proven).toBe(false);
  });

  test('the key that is sent has the shape of one and belongs to nobody', async () => {
    const world = new World();
    await proof(world, { admin: false });
    const tokens = world.sent
      .filter(({ request }) => request.path === '/i/v0/e/')
      .map(({ request }) => JSON.parse(request.body ?? '').api_key);
    expect(tokens).toHaveLength(2);
    for (const token of tokens) expect(token).toMatch(/^phc_[A-Za-z0-9]{43}$/);
  });

  test.each<[Part, string, RegExp]>([
    ['assignment', 'clickhouse-consumers', /read nothing from the queue: kafka_groups/],
    ['ingestion', 'ingestion', /never committed/],
    ['replay-ingestion', 'replay', /never committed/],
    ['flags', 'flags', /503/],
  ])('%s is named by %s', async (part, id, text) => {
    const world = new World();
    world.broken.add(part);
    const { events } = await proof(world, { admin: false });
    expect(failures(insideOnly(events))).toEqual([id]);
    expect(english(hop(events, id))).toMatch(text);
  });

  test('an old error of a ClickHouse table warns', async () => {
    const world = new World();
    world.broken.add('clickhouse');
    const { events } = await proof(world, { admin: false });
    expect(hop(events, 'clickhouse-consumers')).toMatchObject({ ok: true, warning: true });
  });

  test('a page instead of the empty answer of hypercache is the wrong route', async () => {
    const world = new World();
    world.override = ({ via, request }) =>
      via === 'public' && request.path.startsWith('/array/') ? page(200) : undefined;
    const { events } = await proof(world, { admin: false, retryMs: 0 });
    expect(failures(events)).toEqual(['public-config']);
    expect(english(hop(events, 'public-config'))).toMatch(/web page came \(200\).*kubectl get ingress posthog/);
  });
});
