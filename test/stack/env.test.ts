import { expect, test } from 'vitest';
import { expandEnv } from '../../source/stack/env.ts';

const groups = {
  pg: [
    { name: 'PGHOST_', value: 'db' },
    { name: 'DATABASE_URL', value: 'postgres://$(PGHOST_)/posthog' },
  ],
  web: [{ $group: 'pg' }, { name: 'SITE_URL', value: 'https://x' }],
};
const same = (group: string) => group;

test('groups unfold in place, groups inside groups too', () => {
  expect(
    expandEnv([{ $group: 'web' }, { name: 'A', value: '$(SITE_URL)' }], groups, same).map(({ name }) => name),
  ).toEqual(['PGHOST_', 'DATABASE_URL', 'SITE_URL', 'A']);
});

test('a group can be replaced or left out', () => {
  expect(expandEnv([{ $group: 'web' }], groups, (group) => (group === 'pg' ? undefined : group))).toEqual([
    { name: 'SITE_URL', value: 'https://x' },
  ]);
});

test.each([
  ['a name twice', [{ $group: 'web' }, { name: 'SITE_URL', value: 'y' }], 'SITE_URL stands twice'],
  [
    'a reference to a later name',
    [
      { name: 'A', value: '$(B)' },
      { name: 'B', value: '1' },
    ],
    'A refers to B',
  ],
  ['an unknown group', [{ $group: 'nosuch' }], 'unknown environment group nosuch'],
])('%s is an error', (_, items, message) => {
  expect(() => expandEnv(items, groups, same)).toThrow(message);
});
