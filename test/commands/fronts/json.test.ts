import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { jsonFront } from '../../../source/commands/fronts/json.ts';
import { jsonLineSchema } from '../../../source/commands/fronts/json-schema.ts';
import { dictionaries, type Language } from '../../../source/messages/index.ts';
import type { Figures } from '../../../source/observe/figures.ts';
import { filling } from '../../support/figures.ts';
import { TestClock } from '../../support/test-clock.ts';
import { failure, script } from '../events.ts';

async function written(language: Language): Promise<string[]> {
  const clock = new TestClock();
  const lines: string[] = [];
  const front = jsonFront(
    (line) => lines.push(line),
    dictionaries[language],
    () => clock.now(),
  );
  for (const { after, event } of script) {
    await clock.pass(after);
    front.event(event);
  }
  front.error(failure);
  return lines;
}

describe.each(['en', 'zh'] as const)('an install in %s', (language) => {
  test('is written like this', async () => {
    await expect((await written(language)).join('')).toMatchFileSnapshot(`../__snapshots__/json-${language}.txt`);
  });

  test('has one line an event, as the schema says', async () => {
    const lines = await written(language);
    for (const line of lines) {
      expect(line.endsWith('\n') && line.indexOf('\n') === line.length - 1).toBe(true);
      expect(v.safeParse(jsonLineSchema, JSON.parse(line)).issues, line).toBeUndefined();
    }
    const types = new Set(lines.map((line) => (JSON.parse(line) as { type: string }).type));
    expect([...types].sort()).toEqual(jsonLineSchema.options.map(({ entries }) => entries.type.literal).sort());
  });
});

test('what only people are told is left out', async () => {
  expect(script.filter(({ event }) => event.type === 'note')).toHaveLength(1);
  expect((await written('en')).filter((line) => line.includes('laptop (process 7)'))).toEqual([]);
});

test('nothing that the cluster said reaches a terminal as a control, and all of it reaches a program', async () => {
  const lines = await written('en');
  expect(lines.join('')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  const cause = JSON.parse(lines.find((line) => line.includes('redis-auth')) ?? '') as { evidence: string[] };
  expect(cause.evidence).toEqual([
    'Pod/posthog-worker-1: \u001b]0;owned\u0007WRONGPASS\nsecond line',
    '\u202eevil\u009b31m',
  ]);
});

test('bytes are whole, also of a quota that is none', () => {
  const lines: string[] = [];
  const front = jsonFront(
    (line) => lines.push(line),
    dictionaries.en,
    () => 0,
  );
  const volume = { used: 68_837_886.07, size: 107_374_182.4, fullInS: undefined };
  const figures = { ...(filling.get('clickhouse') as Figures), volume };
  front.event({ type: 'figures', component: 'bucket', figures });
  const line = JSON.parse(lines.join('')) as { volume: unknown };
  expect(v.safeParse(jsonLineSchema, line).issues).toBeUndefined();
  expect(line.volume).toEqual({ used: 68_837_886, size: 107_374_182, fullInS: null });
});

test('a cause that is gone has no id', async () => {
  const gone = (await written('en')).map((line) => JSON.parse(line) as { type: string; component: string; id?: null });
  expect(gone.find(({ type, id }) => type === 'cause' && id === null)).toMatchObject({
    component: 'postgres',
    id: null,
    message: null,
    evidence: [],
    fix: null,
  });
});

test.each([
  [{ type: 'phase', phase: 'stores', state: 'ready' }],
  [{ type: 'phase', phase: 'store', state: 'ready', elapsedMs: 1 }],
  [{ type: 'done', url: 'https://a.b', name: 'a', elapsedMs: 1, proven: true, message: null, more: 1 }],
  [{ type: 'surprise' }],
])('the schema refuses %j', (line) => {
  expect(v.safeParse(jsonLineSchema, { v: 1, at: '2026-01-01T00:00:00.000Z', ...line }).success).toBe(false);
});
