/** The objects of an instance. */
import { describe, test } from 'vitest';
import { fieldOf } from '../../source/console/components/text-field.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { emptyObjects, type ObjectsState } from '../../source/console/screens/objects/state.ts';
import type { State } from '../../source/console/state.ts';
import { expectFrame } from '../support/frames.ts';
import * as instances from '../support/instance.ts';
import * as runs from '../support/runs.ts';

const home = { ...emptyHome, name: 'posthog', run: runs.broken };
const objects = (
  seen: State['seen'],
  more: Partial<ObjectsState> = {},
  state: Partial<State> = {},
): Partial<State> => ({ screen: 'objects', home, seen, objects: { ...emptyObjects, ...more }, ...state });
const unfolded = (id: string, index = 0) => ({ tree: { spot: { id, index }, folded: new Set<string>() } });

const states: Readonly<Record<string, Partial<State>>> = {
  parts: objects(instances.seen),
  unfolded: objects(instances.seen, unfolded('Pod/posthog-plugins-6d8f7c9b5d-abcde')),
  folded: objects(instances.seen, { tree: { spot: undefined, folded: new Set(['phase/stores', 'phase/app']) } }),
  searching: objects(instances.seen, {
    ...unfolded('Deployment/posthog-plugins'),
    search: { query: 'plugins', field: fieldOf('plugins') },
  }),
  none: objects(instances.nothing, {}, { home: { ...emptyHome, name: 'posthog' } }),
  looking: objects(undefined),
  forbidden: objects(instances.forbidden, unfolded('Service/posthog')),
  trouble: objects(undefined, {}, { home: { ...home, trouble: (t) => t.install.readOnlyHint } }),
  stale: objects(instances.seen, {}, { now: 42_000, home: { ...home, run: { ...home.run, cutOffSince: 0 } } }),
  'long-names': objects(
    instances.longNames,
    unfolded('Pod/posthog-of-a-team-with-a-name-that-is-as-long-as-names-may-be-replay-ingestion-6d8f7c9b5d-abcde'),
    { home: { ...emptyHome, name: 'posthog-of-a-team-with-a-name-that-is-as-long-as-names-may-be' } },
  ),
  many: objects(instances.many, unfolded('gone meanwhile', 150)),
};

describe('at 80x24', () => {
  test.each(Object.entries(states))('%s', (name, state) => expectFrame(`objects/${name}`, { state }));
});

test('elsewhere', async () => {
  await expectFrame('objects/unfolded-60x16', { columns: 60, rows: 16, state: { ...states['unfolded'] } });
  await expectFrame('objects/unfolded-120x40', { columns: 120, rows: 40, state: { ...states['unfolded'] } });
  await expectFrame('objects/unfolded-zh', { state: { ...states['unfolded'], language: 'zh' } });
  await expectFrame('objects/unfolded-ascii', { ascii: true, color: false, state: { ...states['unfolded'] } });
});
