/** Whatever is pressed, pasted or resized: nothing breaks, and nothing is changed in the cluster without being agreed to. */
import { describe, expect, test } from 'vitest';
import { readerOf } from '../../source/console/overlays/text.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { formOf } from '../../source/console/screens/install/form.ts';
import type { InstallState } from '../../source/console/screens/install/state.ts';
import { shownStage } from '../../source/console/screens/install/state.ts';
import { emptyLogs } from '../../source/console/screens/logs/state.ts';
import { emptyPart } from '../../source/console/screens/part/state.ts';
import { begun, emptyScale } from '../../source/console/screens/scale/state.ts';
import type { State } from '../../source/console/state.ts';
import { UserError } from '../../source/errors.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';
import { toYaml } from '../../source/text/yaml.ts';
import { around, current, currents, quotaOf } from '../operate/scale/support.ts';
import { consoleOn, keys } from '../support/console.ts';
import { busy } from '../support/figures.ts';
import * as instances from '../support/instance.ts';
import { troubled } from '../support/logs.ts';
import * as runs from '../support/runs.ts';
import { installOf } from '../support/state.ts';

const pressed = [
  ...Object.values(keys).filter((key) => key !== keys.esc),
  ...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ?:$/+-.@',
  '\x1b[5~',
  '\x1b[6~',
  '\x1b[H',
  '\x1b[F',
  '\x1b[3~',
  '\x7f',
  '\x15',
  '\x17',
  '\x12',
  'jjj\rx',
  '中文',
  '👩‍👩‍👧‍👦e\u0301',
  '：？／',
  `\x1b[200~${'paste\n\x1b[31m'.repeat(20)}\x1b[201~`,
  '\x1b[99;99~',
  '\x1b]0;title\x07',
];

const stages: Readonly<Record<string, Partial<InstallState>>> = {
  prompts: {},
  kubeconfig: { form: { ...formOf({}, 'en'), isKubeconfigNeeded: true }, surroundings: undefined },
  checking: { mode: 'run', run: runs.checking },
  refused: { mode: 'run', run: runs.refusedRun },
  warned: { mode: 'run', run: runs.warned },
  conflict: { mode: 'run', run: runs.conflicting },
  progress: { mode: 'run', run: runs.broken, isAgreed: true },
  failed: { mode: 'run', run: runs.unproven, isAgreed: true },
  done: { mode: 'run', run: runs.done, isAgreed: true },
};
const states: Readonly<Record<string, Partial<State>>> = {
  ...Object.fromEntries(Object.entries(stages).map(([name, more]) => [name, { install: installOf(more) }])),
  home: { screen: 'home', home: { ...emptyHome, name: 'posthog', run: runs.broken } },
  events: { screen: 'events', seen: instances.seen, home: { ...emptyHome, name: 'posthog', run: runs.broken } },
  reading: {
    screen: 'home',
    home: { ...emptyHome, name: 'posthog', run: runs.broken },
    overlay: readerOf(() => 'YAML', 'yaml', toYaml(instances.seen.snapshot.objects).split('\n')),
  },
  objects: { screen: 'objects', seen: instances.many, home: { ...emptyHome, name: 'posthog', run: runs.broken } },
  part: {
    screen: 'part',
    part: { ...emptyPart, id: 'plugins' },
    seen: instances.seen,
    home: { ...emptyHome, name: 'posthog', run: runs.broken, figures: busy },
  },
  scale: {
    screen: 'scale',
    seen: instances.seen,
    home: { ...emptyHome, name: 'posthog', run: runs.allReady, figures: busy },
    scale: { ...emptyScale, currents: currents(), around: around() },
  },
  'scale, looking': {
    screen: 'scale',
    home: { ...emptyHome, name: 'posthog' },
  },
  'home, of what is there no more': {
    screen: 'home',
    seen: instances.seen,
    home: { ...emptyHome, name: 'posthog', run: runs.allReady, gone: { at: 0, isRecorded: true } },
  },
  'scale, not let in': {
    screen: 'scale',
    seen: instances.seen,
    home: { ...emptyHome, name: 'posthog', run: runs.allReady, trouble: (t) => t.install.readOnlyHint },
    scale: { ...emptyScale, currents: currents(), around: around() },
  },
  'scale, stopped half-way in a full place': {
    screen: 'scale',
    seen: instances.seen,
    home: { ...emptyHome, name: 'posthog', run: runs.allReady, figures: busy },
    scale: {
      ...emptyScale,
      currents: new Map([...currents(), ['capture', current('capture', '500m', '512Mi')]]),
      around: around({ quotas: [quotaOf({ pods: '0' }, { pods: '0' })], enlarges: false, partitions: new Map() }),
      applied: [{ component: 'web', field: 'replicas', from: '2', to: '1' }],
      run: {
        ...begun([{ component: 'web', field: 'replicas', from: '2', to: '1' }], new Map()),
        isOver: true,
        error: new UserError({ code: 'timeout', exit: 5, say: () => 'too late' }),
      },
    },
  },
  logs: {
    screen: 'logs',
    seen: instances.seen,
    home: { ...emptyHome, name: 'posthog', run: runs.allReady },
    logs: { ...emptyLogs, followed: troubled() },
  },
};

/** What changes the cluster. */
const acts: readonly string[] = ['agree', 'saved', 'fix', 'restart', 'scale', 'raise'];
const rounds = 200 * Number(process.env['MONKEY'] ?? 1);

describe('a monkey at the keys', () => {
  test.each(Object.entries(states))('%s', { timeout: 180_000 * Math.max(1, rounds / 200) }, async (name, state) => {
    const random = numbersFrom(name.length + 7);
    const shown = consoleOn({ state });
    for (let round = 0; round < rounds; round += 1) {
      const key = pressed[Math.floor(random() * pressed.length)] as string;
      const before = shown.store.read();
      const asked = shown.asked.length;
      if (random() < 0.03) shown.resize(30 + Math.floor(random() * 200), 5 + Math.floor(random() * 60));
      await shown.press(key);
      for (const [what] of shown.asked.slice(asked).filter(([each]) => acts.includes(each)))
        expect(mayAct(what, key, before), `${what} after ${JSON.stringify(key)}`).toBe(true);
    }
    expect(await shown.text()).not.toContain('\u001b');
  });
});

/** Agreed: at the plan with Enter, in a question with `y`. A fix only asks its question. */
function mayAct(what: string, key: string, { overlay, install }: State): boolean {
  if (what === 'agree')
    return shownStage(install) === 'plan' && (key === keys.enter || key.includes('\r') || overlay?.type === 'palette');
  if (what === 'raise') return overlay?.type === 'naming' && overlay.field.text.trim() === overlay.name;
  if (what === 'scale' && overlay?.type === 'naming') return overlay.field.text.trim() === overlay.name;
  if (what === 'saved' || what === 'scale' || what === 'restart')
    return overlay?.type === 'confirm' && key.startsWith('y');
  return true;
}
