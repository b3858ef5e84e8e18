/** The objects of an instance. */
import { describe, test } from 'vitest';
import { fieldOf } from '../../source/console/components/text-field.ts';
import { type Reader, readerOf } from '../../source/console/overlays/text.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { emptyObjects, type ObjectsState } from '../../source/console/screens/objects/state.ts';
import type { State } from '../../source/console/state.ts';
import { describeObject } from '../../source/observe/describe.ts';
import { toYaml } from '../../source/text/yaml.ts';
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

const yaml = toYaml({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'posthog-plugins', annotations: { note: '一段很长的中文说明，'.repeat(9) } },
  spec: {
    replicas: 1,
    paused: false,
    template: {
      spec: {
        containers: [
          {
            name: 'plugins',
            command: ['sh', '-c', '# not a comment\nexec: node'],
            env: Array.from({ length: 12 }, (_, at) => ({
              name: `VARIABLE_${at}`,
              value: at === 3 ? '(hidden)' : `${at}`,
            })),
          },
        ],
      },
    },
  },
  status: { readyReplicas: 0 },
})
  .trimEnd()
  .split('\n');
const reading = (more: Partial<Reader> = {}): Partial<State> =>
  objects(
    instances.seen,
    {},
    {
      overlay: { ...readerOf((t) => t.console.readings.yaml('Deployment/posthog-plugins'), 'yaml', yaml), ...more },
    },
  );
const onLine = (line: number) => ({ spot: { id: String(line), index: 0 }, folded: new Set<string>() });

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
  yaml: reading(),
  'yaml-unfolded': reading({ tree: onLine(20) }),
  'yaml-searched': reading({ tree: onLine(23), search: { query: 'variable_1', field: undefined } }),
  described: objects(
    instances.seen,
    {},
    {
      overlay: readerOf(
        (t) => t.console.readings.describe('Pod/posthog-plugins-6d8f7c9b5d-abcde'),
        'describe',
        describeObject({ kind: 'Pod', name: 'posthog-plugins-6d8f7c9b5d-abcde' }, instances.seen.snapshot),
      ),
    },
  ),
  'text-searched': objects(
    instances.seen,
    {},
    {
      overlay: {
        ...readerOf(
          (t) => t.console.readings.log('web'),
          'plain',
          Array.from({ length: 60 }, (_, at) => `02:11:${at + 10} GET /api/projects ${at % 7 === 0 ? 500 : 200} 中文`),
        ),
        pager: { top: 20 },
        hit: 21,
        search: { query: '500', field: fieldOf('500') },
      },
    },
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
  await expectFrame('objects/yaml-unfolded-zh', { state: { ...states['yaml-unfolded'], language: 'zh' } });
  await expectFrame('objects/yaml-unfolded-60x16', { columns: 60, rows: 16, state: { ...states['yaml-unfolded'] } });
  await expectFrame('objects/unfolded-ascii', { ascii: true, color: false, state: { ...states['unfolded'] } });
});
