/** The events of an instance. */
import { describe, test } from 'vitest';
import { fieldOf } from '../../source/console/components/text-field.ts';
import { type EventsState, emptyEvents } from '../../source/console/screens/events/state.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import type { State } from '../../source/console/state.ts';
import { expectFrame } from '../support/frames.ts';
import * as instances from '../support/instance.ts';
import * as runs from '../support/runs.ts';

const home = { ...emptyHome, name: 'posthog', run: runs.broken };
const events = (seen: State['seen'], more: Partial<EventsState> = {}, state: Partial<State> = {}): Partial<State> => ({
  screen: 'events',
  home,
  seen,
  events: { ...emptyEvents, ...more },
  ...state,
});
const spot = (reason: string) => ({ spot: { id: instances.eventId(instances.seen, reason), index: 0 } });

const states: Readonly<Record<string, Partial<State>>> = {
  usual: events(instances.seen),
  chosen: events(instances.seen, spot('ScalingReplicaSet')),
  'only-warnings': events(instances.seen, { onlyWarnings: true }),
  'no-warnings': events(instances.calm, { onlyWarnings: true }),
  ordered: events(instances.seen, { sortedBy: 'count' }),
  searching: events(instances.seen, {
    ...spot('Pulled'),
    search: { query: 'container', field: fieldOf('container') },
  }),
  none: events(instances.quiet),
  looking: events(undefined),
  forbidden: events(instances.forbidden),
  trouble: events(undefined, {}, { home: { ...home, trouble: (t) => t.install.readOnlyHint } }),
  stale: events(instances.seen, {}, { now: 42_000, home: { ...home, run: { ...home.run, cutOffSince: 0 } } }),
  'long-names': events(instances.longNames),
  many: events(instances.many, { spot: { id: 'gone meanwhile', index: 100 } }),
  going: events(instances.seen, {}, { overlay: { type: 'go' } }),
};

describe('at 80x24', () => {
  test.each(Object.entries(states))('%s', (name, state) => expectFrame(`events/${name}`, { state }));
});

test('elsewhere', async () => {
  await expectFrame('events/usual-60x16', { columns: 60, rows: 16, state: { ...states['usual'] } });
  await expectFrame('events/usual-120x40', { columns: 120, rows: 40, state: { ...states['usual'] } });
  await expectFrame('events/usual-zh', { state: { ...states['usual'], language: 'zh' } });
  await expectFrame('events/usual-ascii', { ascii: true, color: false, state: { ...states['usual'] } });
});
