import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { completeSecrets, randomAlphanumeric, secretKeys } from '../../source/stack/secrets.ts';

test('every secret has the form PostHog demands', () => {
  const secrets = completeSecrets({}, randomBytes);
  expect(Object.keys(secrets).sort()).toEqual([...secretKeys].sort());
  expect(secrets.ENCRYPTION_SALT_KEYS).toMatch(/^[0-9a-f]{32}$/);
  expect(secrets.SECRET_KEY).toMatch(/^[0-9a-f]{64}$/);
  expect(secrets.CLICKHOUSE_PASSWORD).toMatch(/^[A-Za-z0-9]{32}$/);
});

test('what exists is never changed, what is missing is added', () => {
  const first = completeSecrets({}, randomBytes);
  const { INTERNAL_API_SECRET: _, ...rest } = first;
  const second = completeSecrets({ ...rest, DATABASE_URL: 'ignored' }, randomBytes);
  expect(second).toEqual({ ...first, INTERNAL_API_SECRET: second.INTERNAL_API_SECRET });
  expect(second.INTERNAL_API_SECRET).toMatch(/^[0-9a-f]{64}$/);
});

test('bytes that would prefer some letters are drawn again', () => {
  const drawn = [Uint8Array.of(255, 248, 0, 61), Uint8Array.of(62, 247)];
  expect(randomAlphanumeric(4, () => drawn.shift() as Uint8Array)).toBe('A9A9');
});
