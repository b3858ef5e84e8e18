/** What is too large is refused as the real server does it, and keeps nobody waiting. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { place, startServer } from './support.ts';

let town: Awaited<ReturnType<typeof startServer>>;
beforeEach(async () => {
  town = await startServer();
});
afterEach(() => town.server.close());

const create = async (path: string, object: object) => {
  const { body } = await town.ask('POST', `${place}/${path}`, JSON.stringify(object));
  return body.details?.causes ?? body.kind;
};
const metadata = { name: 'large' };

test.each([
  ['configmaps', { kind: 'ConfigMap', metadata, data: { a: 'x'.repeat(2 ** 20 + 1) } }, ''],
  ['configmaps', { kind: 'ConfigMap', metadata, binaryData: { a: 'AAAA'.repeat(360_000) } }, ''],
  ['secrets', { kind: 'Secret', metadata, data: { a: 'AAAA'.repeat(360_000) } }, ''],
  [
    'configmaps',
    { kind: 'ConfigMap', metadata: { ...metadata, annotations: { a: 'x'.repeat(2 ** 18) } } },
    'metadata.annotations',
  ],
])('%s that are too large', async (path, object, field) => {
  const [cause] = await create(path, { apiVersion: 'v1', ...object });
  expect(cause).toMatchObject({ reason: 'FieldValueTooLong' });
  expect(cause.field ?? '').toBe(field);
});

test('as large as it may be is taken', async () => {
  expect(
    await create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'x'.repeat(2 ** 20) } }),
  ).toBe('ConfigMap');
});

test('a patch that doubles what is there again and again ends', async () => {
  await create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'x'.repeat(1000) } });
  const copies = Array.from({ length: 25 }, (_, index) => ({ op: 'copy', from: '/data', path: `/data/c${index}` }));
  const { code } = await town.ask('PATCH', `${place}/configmaps/large`, JSON.stringify(copies), {
    headers: { 'content-type': 'application/json-patch+json' },
  });
  expect(code).toBe(422);
});
