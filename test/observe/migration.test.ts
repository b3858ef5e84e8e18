import { describe, expect, test } from 'vitest';
import { initialMigration, migrationEta, readMigrationLine } from '../../source/observe/migration.ts';

const read = (...lines: readonly string[]) => lines.reduce(readMigrationLine, initialMigration);

describe('progress out of the migrate log', () => {
  test('the plan gives the total, every applied migration counts', () => {
    const state = read(
      'STEP 4/8 migrate PostgreSQL',
      'PLAN 100 and about 330 more',
      '  Applying posthog.0001_initial... OK',
      '  Applying ee.0002_x... OK',
    );
    expect(state).toMatchObject({ done: 2, total: 430, step: 4, current: 'ee.0002_x' });
  });

  test.each([
    '  Applying posthog.0001_initial... OK',
    'Applying migration 0042_events...',
    '  Applying 20260206000001_add_last_seen_at_to_person.sql...',
  ])('"%s" is one migration', (line) => {
    expect(read('PLAN 5', line)).toMatchObject({ done: 1, current: expect.stringMatching(/^\S+[^.]$/) });
  });

  test.each(['Operations to perform:', '[migrate] waiting 3s before retry...', 'Traceback', ''])(
    '"%s" says nothing about progress',
    (line) => {
      expect(readMigrationLine(initialMigration, line)).toBe(initialMigration);
    },
  );

  test('a second try begins with a plan of what is left and keeps what is done', () => {
    expect(
      read('PLAN 2 and about 330 more', 'Applying a.1... OK', 'PLAN 1 and about 330 more', 'Applying a.2... OK'),
    ).toMatchObject({ done: 2, total: 332 });
  });

  test('a log that starts in the middle never shows more than all', () => {
    expect(read('Applying a.1... OK', 'Applying a.2... OK')).toMatchObject({ done: 2, total: 2 });
  });

  test('the end is the end', () => {
    expect(read('PLAN 5', 'Applying a.1... OK', 'All migrations complete')).toMatchObject({ done: 1, total: 1 });
  });
});

describe('time left', () => {
  const samples = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ at: index * 1000, done: index * 2 }));
  test('is the rest at the measured rate', () => {
    expect(migrationEta(samples(6), 20)).toBe(5_000);
  });
  test.each([[samples(3)], [[]], [samples(6).map(({ at }) => ({ at, done: 4 }))]])(
    'is not told without a rate: case %#',
    (some) => {
      expect(migrationEta(some, 20)).toBeUndefined();
    },
  );
});
