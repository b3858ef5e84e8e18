/** The components together, as the manifests start them: what the proof of an installation asks of the real ones. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clickhousePassword, internalApiSecret, migrate, type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let token = '';
let project = 0;
let apiKey = '';

const send = (pod: string, port: number, path: string, options = {}) => stack.town.send(pod, port, path, options);
const asked = async (pod: string, port: number, path: string, options = {}) => {
  const { status, body } = await send(pod, port, path, options);
  return { status, answer: JSON.parse(body) as Record<string, unknown> };
};
const post = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) });
const clickhouse = async (sql: string) => {
  const headers = { 'x-clickhouse-user': 'posthog', 'x-clickhouse-key': clickhousePassword };
  return (await send('posthog-clickhouse-0', 8123, '/', { method: 'POST', headers, body: sql })).body.trim();
};
const browser = {
  referer: 'https://posthog.example.com/login',
  'x-forwarded-proto': 'https',
  'x-csrftoken': 'token',
  cookie: 'posthog_csrftoken=token',
};

beforeAll(async () => {
  stack = await startStack();
  const { town } = stack;
  // Everybody has started once the last to depend on all others is content.
  await town.until(async () => {
    const preflight = (await asked('posthog', 8000, '/_preflight')).answer;
    return preflight['plugins'] === true && preflight['celery'] === true;
  });
});
afterAll(() => {
  for (const each of stack.running.values()) each.stop();
});

describe('before anybody has signed up', () => {
  test('nobody has ended', () => {
    const ended = [...stack.running].filter(([, { code }]) => code() !== undefined);
    expect(ended.map(([name, { log }]) => [name, log])).toEqual([]);
  });

  test('the web tier says that everything is there', async () => {
    expect(await send('posthog', 8000, '/_health')).toMatchObject({ status: 200, body: 'ok' });
    const ready = await asked('posthog', 8000, '/_readyz');
    expect(ready.status).toBe(200);
    expect(Object.values(ready.answer)).not.toContain(false);
    expect((await asked('posthog', 8000, '/_preflight')).answer).toMatchObject({
      django: true,
      redis: true,
      plugins: true,
      celery: true,
      clickhouse: true,
      kafka: true,
      db: true,
      object_storage: true,
      initiated: false,
      can_create_org: true,
    });
  });

  test('ClickHouse has functions, collections, clusters, and a reader for every Kafka table', async () => {
    expect(Number(await clickhouse("SELECT count() FROM system.functions WHERE origin='ExecutableUserDefined'"))).toBe(
      30,
    );
    expect((await clickhouse('SELECT name FROM system.named_collections')).split('\n')).toHaveLength(9);
    expect((await clickhouse('SELECT cluster FROM system.clusters WHERE is_local=1')).split('\n')).toHaveLength(9);
    const consumers = (
      await clickhouse('SELECT table, assignments.topic AS topics FROM system.kafka_consumers FORMAT JSONEachRow')
    )
      .split('\n')
      .map((line) => JSON.parse(line) as { topics: string[] });
    expect(consumers.length).toBeGreaterThan(0);
    expect(consumers.filter(({ topics }) => topics.length === 0)).toEqual([]);
  });

  test('an event of nobody is taken, read and dropped', async () => {
    const strange = `phc_${'x'.repeat(43)}`;
    const before = await marks();
    const sent = await asked(
      'posthog-capture',
      3000,
      '/i/v0/e/',
      post({ api_key: strange, event: 'lost', distinct_id: 'd' }),
    );
    expect(sent).toEqual({ status: 200, answer: { status: 1 } });
    await stack.town.until(async () => (await marks()).read === before.written + 1);
    expect(await clickhouse("SELECT count() FROM posthog.events WHERE event='lost'")).toBe('0');
    const flags = await asked('posthog-feature-flags', 3001, '/flags/', post({ api_key: strange, distinct_id: 'd' }));
    expect(flags).toMatchObject({ status: 401, answer: { detail: 'API key is invalid or has expired' } });
    expect(await send('posthog-feature-flags', 3002, `/array/${strange}/config`)).toMatchObject({
      status: 404,
      body: '',
    });
  });
});

describe('the first admin', () => {
  const details = {
    first_name: 'A',
    email: 'a@example.com',
    password: 'long enough',
    organization_name: 'O',
    role_at_organization: 'engineering',
  };

  test('is refused without the token of the form, and when the request comes from elsewhere', async () => {
    const { cookie: _, ...cookieless } = browser;
    for (const headers of [cookieless, { ...browser, referer: 'https://elsewhere.example.com/' }])
      expect(await asked('posthog', 8000, '/api/signup/', { ...post(details), headers })).toMatchObject({
        status: 403,
        answer: { detail: expect.stringContaining('CSRF') },
      });
  });

  test('signs up once, makes a key, and finds a project', async () => {
    const made = await send('posthog', 8000, '/api/signup/', { ...post(details), headers: browser });
    expect(made.status).toBe(201);
    const session = String(made.headers?.['set-cookie']).split(';')[0];
    const headers = { ...browser, cookie: `${browser.cookie}; ${session}` };
    const key = await asked('posthog', 8000, '/api/personal_api_keys/', {
      ...post({ label: 'console', scopes: ['*'] }),
      headers,
    });
    expect(key).toMatchObject({ status: 201, answer: { value: expect.stringMatching(/^phx_/) } });
    apiKey = String(key.answer['value']);
    const me = await asked('posthog', 8000, '/api/users/@me/', { headers: { authorization: `Bearer ${apiKey}` } });
    expect(me).toMatchObject({
      status: 200,
      answer: { team: { id: 1, api_token: expect.stringMatching(/^phc_\w{43}$/) } },
    });
    ({ id: project, api_token: token } = me.answer['team'] as { id: number; api_token: string });

    expect((await asked('posthog', 8000, '/api/signup/', { ...post(details), headers: browser })).status).toBe(403);
    expect((await asked('posthog', 8000, '/_preflight')).answer).toMatchObject({
      initiated: true,
      can_create_org: false,
    });
  });

  test('is not who brings a wrong key', async () => {
    const headers = { authorization: 'Bearer phx_wrong' };
    expect((await asked('posthog', 8000, '/api/users/@me/', { headers })).status).toBe(401);
  });
});

describe('a project', () => {
  const asAdmin = () => ({ authorization: `Bearer ${apiKey}` });

  test('gets its event from capture to ClickHouse, with a place, a definition and an answer of the product', async () => {
    const event = {
      api_key: token,
      event: 'sealos_probe',
      distinct_id: 'someone',
      properties: { probe_id: 'one' },
    };
    expect((await asked('posthog-capture', 3000, '/i/v0/e/', post(event))).status).toBe(200);
    const where = "FROM posthog.events WHERE event='sealos_probe' AND JSONExtractString(properties,'probe_id')='one'";
    await stack.town.until(async () => (await clickhouse(`SELECT count() ${where}`)) === '1');
    const row = JSON.parse(await clickhouse(`SELECT properties ${where} LIMIT 1 FORMAT JSONEachRow`)) as {
      properties: string;
    };
    expect(JSON.parse(row.properties)).toMatchObject({ probe_id: 'one', $geoip_country_code: 'ZZ' });
    const listed = await asked('posthog', 8000, `/api/projects/${project}/events/?event=sealos_probe`, {
      headers: asAdmin(),
    });
    expect(listed).toMatchObject({
      status: 200,
      answer: { results: [{ event: 'sealos_probe', properties: { probe_id: 'one' } }] },
    });
    const path = `/api/projects/${project}/event_definitions/?search=sealos_probe`;
    await stack.town.until(
      async () => Number((await asked('posthog', 8000, path, { headers: asAdmin() })).answer['count']) === 1,
    );
  });

  test('gets a batch as well as one event', async () => {
    const batch = ['first', 'second'].map((event) => ({ event, distinct_id: 'someone' }));
    expect((await asked('posthog-capture', 3000, '/batch/', post({ api_key: token, batch }))).status).toBe(200);
    await stack.town.until(
      async () => (await clickhouse("SELECT count() FROM posthog.events WHERE event='second'")) === '1',
    );
  });

  test('gets its recording from capture to the bucket and back', async () => {
    const patched = await asked('posthog', 8000, `/api/projects/${project}/`, {
      method: 'PATCH',
      body: JSON.stringify({ session_recording_opt_in: true }),
      headers: asAdmin(),
    });
    expect(patched.status).toBe(200);
    const snapshot = {
      event: '$snapshot',
      api_key: token,
      distinct_id: 'someone',
      properties: { $session_id: 'session-1', $window_id: 'window', $snapshot_data: [{ type: 4 }, { type: 2 }] },
    };
    expect((await asked('posthog-replay-capture', 3000, '/s/', post([snapshot]))).status).toBe(200);
    await stack.town.until(
      async () =>
        (await clickhouse("SELECT count() FROM posthog.session_replay_events WHERE session_id='session-1'")) === '1',
    );
    expect(stack.town.bucket.list().filter((key) => key.startsWith('session_recordings/'))).toHaveLength(1);

    const recording = `/api/projects/${project}/recordings/session-1`;
    const headers = { 'x-internal-api-secret': internalApiSecret };
    expect((await send('posthog-recording-api', 6738, `${recording}/blocks`)).status).toBe(401);
    const { answer } = await asked('posthog-recording-api', 6738, `${recording}/blocks`, { headers });
    const [block] = answer['blocks'] as Record<string, string>[];
    const where = new URLSearchParams({ ...block, decompress: 'true' });
    const played = await send('posthog-recording-api', 6738, `${recording}/block?${where}`, { headers });
    expect(played.body.split('\n').map((line) => (JSON.parse(line) as unknown[])[1])).toEqual([
      { type: 4 },
      { type: 2 },
    ]);
  });
});

describe('what goes wrong', () => {
  test('the plugins check tells the truth', async () => {
    const { town, running } = stack;
    running.get('posthog-plugins')?.stop();
    expect((await asked('posthog', 8000, '/_preflight')).answer['plugins']).toBe(false);
    // It does not come back by itself, however long the worker goes on beating.
    await town.pass(60_000);
    expect((await asked('posthog', 8000, '/_preflight')).answer).toMatchObject({ plugins: false, celery: true });
  });

  test('migrating again changes nothing', async () => {
    const again = await migrate(stack.town);
    expect(again.filter((line) => line.startsWith('  Applying posthog.'))).toEqual([]);
    expect(again.at(-1)).toBe('Async migrations up to date!');
    expect(stack.town.postgres.query('SELECT id FROM posthog_team')).toHaveLength(1);
  });
});

/** How much of the event topic is written and read by ingestion. */
async function marks(): Promise<{ readonly written: number; readonly read: number }> {
  const { body } = await send('posthog-kafka-0', 9644, '/public_metrics');
  const sum = (pattern: RegExp) => [...body.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
  return {
    written: sum(/max_offset\{[^}]*redpanda_topic="events_plugin_ingestion"\} (\S+)/g),
    read: sum(
      /committed_offset\{redpanda_group="clickhouse-ingestion",[^}]*redpanda_topic="events_plugin_ingestion"\} (\S+)/g,
    ),
  };
}
