import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { databaseUrls, ensureSecrets } from '../../source/install/own-secrets.ts';
import { readSecret } from '../../source/observe/sources/secret.ts';
import { type Answers, defaultAnswers } from '../../source/stack/answers.ts';
import { secretKeys } from '../../source/stack/secrets.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { MemoryCluster } from '../support/memory-cluster.ts';

const never = new AbortController().signal;
const secret = (name: string, values: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});
const ensure = (cluster: MemoryCluster, answers: Partial<Answers> = {}) =>
  ensureSecrets(cluster.asCluster(), { ...defaultAnswers, ...answers }, randomBytes, never);

describe('the keys of an instance', () => {
  test('are made once and found again', async () => {
    const cluster = new MemoryCluster();
    await ensure(cluster);
    const first = await readSecret(cluster.asCluster(), 'posthog-env', never);
    expect(Object.keys(first ?? {}).sort()).toEqual([...secretKeys].sort());
    await ensure(cluster);
    expect(await readSecret(cluster.asCluster(), 'posthog-env', never)).toEqual(first);
    expect(cluster.writes).toEqual(['create Secret/posthog-env']);
  });

  test('that are missing are added, the others stay', async () => {
    const cluster = new MemoryCluster(secret('posthog-env', { SECRET_KEY: 'old' }));
    await ensure(cluster);
    expect(await readSecret(cluster.asCluster(), 'posthog-env', never)).toMatchObject({
      SECRET_KEY: 'old',
      ENCRYPTION_SALT_KEYS: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test('of two programs at once, the first to create decides for both', async () => {
    const cluster = new MemoryCluster();
    await Promise.all([ensure(cluster), ensure(cluster), ensure(cluster)]);
    expect(cluster.writes.filter((write) => write.startsWith('patch'))).toEqual([]);
  });
});

test('the mail password stays when a later run does not give it', async () => {
  const cluster = new MemoryCluster();
  const mail = { host: 'mail.example.com', port: 587, from: 'a@b.c', tls: true };
  await ensure(cluster, { mail: { ...mail, password: 'p' } });
  await ensure(cluster, { mail: { ...mail, port: 25 } });
  expect(await readSecret(cluster.asCluster(), 'posthog-mail', never)).toMatchObject({ password: 'p', port: '25' });
});

describe('database URLs', () => {
  const databases = (postgres: string, redis: string) => [
    secret('posthog-pg-conn-credential', { username: 'postgres', password: postgres, host: 'pg.ns.svc', port: '5432' }),
    secret('posthog-redis-conn-credential', { username: 'default', password: redis }),
  ];

  test('are composed in the pods when passwords can stand in them', async () => {
    const cluster = new MemoryCluster(...databases('Abc-1._~', 'x9'), secret('posthog-env', { SECRET_KEY: 'k' }));
    expect(await databaseUrls(cluster.asCluster(), 'posthog', never)).toBe('composed');
    expect(cluster.writes).toEqual([]);
  });

  test('are written encoded when one cannot', async () => {
    const cluster = new MemoryCluster(...databases('a/b@c', 'p%#'), secret('posthog-env', { SECRET_KEY: 'k' }));
    expect(await databaseUrls(cluster.asCluster(), 'posthog', never)).toBe('encoded');
    expect(await readSecret(cluster.asCluster(), 'posthog-env', never)).toEqual({
      SECRET_KEY: 'k',
      DATABASE_URL: 'postgres://postgres:a%2Fb%40c@pg.ns.svc:5432/posthog',
      REDIS_URL: 'redis://:p%25%23@posthog-redis-redis.ns-abcd1234.svc:6379/',
      REDIS_AUTHORITY: ':p%25%23@posthog-redis-redis.ns-abcd1234.svc',
    });
  });

  test('once written they follow the password, because pods read them there', async () => {
    const cluster = new MemoryCluster(
      ...databases('plain', 'new'),
      secret('posthog-env', { DATABASE_URL: 'old', REDIS_URL: 'old' }),
    );
    expect(await databaseUrls(cluster.asCluster(), 'posthog', never)).toBe('encoded');
    expect(await readSecret(cluster.asCluster(), 'posthog-env', never)).toMatchObject({
      REDIS_URL: expect.stringContaining(':new@'),
    });
  });

  test('are not known before the databases are there', async () => {
    expect(await databaseUrls(new MemoryCluster().asCluster(), 'posthog', never)).toBe('composed');
  });
});
