import { expect, test } from 'vitest';
import { publicLookup } from '../../source/cluster/public-http.ts';

const never = new AbortController().signal;

test('an address that was given is not asked for', async () => {
  const resolves = [{ host: 'posthog.example.com', port: 443, address: '203.0.113.7' }];
  expect(await publicLookup('posthog.example.com', resolves, never)).toEqual(['203.0.113.7']);
});

test('a name that DNS does not know has no address', async () => {
  expect(await publicLookup('posthog.invalid', [], never)).toEqual([]);
});

test('asking DNS can be interrupted', async () => {
  const stop = new AbortController();
  const asked = publicLookup('posthog.invalid', [], stop.signal);
  stop.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});
