/** Every state of the install's screens, as a person sees it. */
import { describe, test } from 'vitest';
import { fieldOf } from '../../source/console/components/text-field.ts';
import { readerOf } from '../../source/console/overlays/text.ts';
import { formOf, goTo, type PromptId, promptIds } from '../../source/console/screens/install/form.ts';
import type { InstallState } from '../../source/console/screens/install/state.ts';
import type { State } from '../../source/console/state.ts';
import type { Options } from '../support/console.ts';
import { expectFrame } from '../support/frames.ts';
import * as runs from '../support/runs.ts';
import { installOf, surroundings } from '../support/state.ts';

const prompt = (at: PromptId, more: Partial<InstallState> = {}): Partial<State> => ({
  install: installOf({ form: { ...goTo(formOf({}, 'en'), at), isKubeconfigNeeded: at === 'kubeconfig' }, ...more }),
});
const running = (more: Partial<InstallState>, now = 0): Partial<State> => ({
  install: installOf({ mode: 'run', ...more }),
  now,
});
const agreed = (run: InstallState['run'], now = 0) => running({ run, isAgreed: true, isWarned: true }, now);
const typed = (at: PromptId, texts: Record<string, string>, more: object = {}): Partial<State> => {
  const form = goTo(formOf({}, 'en'), at);
  const fields = Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, fieldOf(text)]));
  return { install: installOf({ form: { ...form, ...more, texts: { ...form.texts, ...fields } } }) };
};
const tight = {
  ...surroundings,
  room: { ...surroundings.room, free: { cpu: 4, memory: 2 ** 33, storage: 2 ** 34, pods: 3 } },
};

const states: Readonly<Record<string, Partial<State>>> = {
  ...Object.fromEntries(promptIds.map((id) => [`prompt-${id}`, prompt(id)])),
  'prompt-looking': prompt('name', { surroundings: undefined }),
  'prompt-unreachable': prompt('name', { surroundings: undefined, trouble: (t) => t.install.preflight.domainUnknown }),
  'prompt-wrong-name': typed('name', { name: 'Big Name' }),
  'prompt-own-domain': typed('address', { host: 'posthog.example.com' }),
  'prompt-long-text': typed('address', { host: `${'long-'.repeat(30)}end` }),
  'prompt-password': typed('admin', { 'admin.password': 'geheim 中文' }, { focus: 1 }),
  'prompt-nobody': typed('admin', {}, { switches: { sandbox: false, nobody: true, telemetry: false, mail: false } }),
  'prompt-mail': typed(
    'more',
    {},
    { switches: { sandbox: false, nobody: false, telemetry: true, mail: true }, focus: 2, isPressed: true },
  ),
  'prompt-no-room': prompt('size', { surroundings: tight }),
  'checks-running': running({ run: runs.checking }),
  'checks-refused': running({ run: runs.refusedRun }),
  'checks-warned': running({ run: runs.warned }),
  plan: running({ run: runs.planned }),
  'plan-scrolled': running({ run: runs.planned, chosen: 'Job/posthog-migrate' }),
  'plan-conflict': running({ run: runs.conflicting }),
  'plan-difference': {
    ...running({ run: runs.conflicting }),
    overlay: readerOf(() => 'Deployment/posthog-web', 'diff', [
      '@@ 40, 40 @@',
      '   template:',
      '     spec:',
      '-      replicas: 2',
      `+      image: ${'long/'.repeat(20)}`,
    ]),
  },
  'progress-begun': agreed(runs.starting, 42_000),
  'progress-migrating': agreed(runs.migrating, 1_000_000),
  'progress-tail': running(
    {
      run: runs.migrating,
      isAgreed: true,
      isWarned: true,
      tail: { part: 'migrate', lines: ['gone', '  Applying ee.0012…\u001b[31m OK', `${'长'.repeat(60)}`] },
    },
    1_000_000,
  ),
  'progress-broken': agreed(runs.broken, 1_900_000),
  'proof-running': agreed(runs.proving),
  'proof-failed': agreed(runs.unproven),
  done: agreed(runs.done),
  'done-password': running({ run: runs.done, isAgreed: true, password: 'Xb3xxExample7' }),
};

describe('at 80x24', () => {
  test.each(Object.entries(states))('%s', (name, state) => expectFrame(`install/${name}`, { state }));
});

const each: readonly string[] = ['prompt-size', 'prompt-admin', 'checks-refused', 'plan', 'progress-broken', 'done'];

describe('elsewhere', () => {
  const sizes: readonly (readonly [string, Options])[] = [
    ['60x16', { columns: 60, rows: 16 }],
    ['120x40', { columns: 120, rows: 40 }],
    ['zh', { state: { language: 'zh' } }],
    ['ascii', { ascii: true }],
    ['no-color', { color: false }],
  ];
  test.each(sizes.flatMap(([where, options]) => each.map((name) => ({ name, where, options }))))(
    '$name, $where',
    ({ name, where, options }) =>
      expectFrame(`install/${name}-${where}`, { ...options, state: { ...states[name], ...options.state } }),
  );

  test.each(['prompt-size', 'prompt-no-room'])('%s, where it is narrow, in Chinese', (name) =>
    expectFrame(`install/${name}-60x16-zh`, { columns: 60, rows: 16, state: { ...states[name], language: 'zh' } }),
  );
});
