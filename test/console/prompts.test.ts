/** The prompts, typed into. */
import { describe, expect, test } from 'vitest';
import type { InstallAnswers } from '../../source/console/actions.ts';
import { formOf } from '../../source/console/screens/install/form.ts';
import type { InstallState } from '../../source/console/screens/install/state.ts';
import { consoleOn, keys } from '../support/console.ts';
import { installOf, surroundings } from '../support/state.ts';

/** The answers that a plan was asked for with. */
function planned(shown: ReturnType<typeof consoleOn>) {
  const [, answers] = shown.asked.findLast(([what]) => what === 'plan') ?? [];
  return (answers as ((install: InstallState) => InstallAnswers) | undefined)?.(shown.store.read().install);
}
const through = async (shown: ReturnType<typeof consoleOn>, steps: number) => {
  for (let step = 0; step < steps; step += 1) await shown.press(keys.enter);
};

describe('the prompts', () => {
  test('ask for the plan when Enter is pressed through all, with what is found by itself', async () => {
    const shown = consoleOn();
    await through(shown, 6);
    expect(planned(shown)).toEqual({
      values: {
        host: 'posthog-1a2b3c4d.usw-1.example.app',
        size: 'small',
        telemetry: false,
        'admin.email': 'admin@posthog-1a2b3c4d.usw-1.example.app',
      },
      password: undefined,
    });
  });

  test('take what is typed, and keep it when somebody goes back and forth', async () => {
    const shown = consoleOn();
    await through(shown, 1);
    await shown.press('shop', keys.enter, 'hub', keys.enter, keys.esc, keys.esc, keys.enter, keys.enter, keys.down);
    await shown.press(keys.enter, 'me@example.com', keys.tab, 'geheimnis', keys.enter, keys.enter);
    expect(planned(shown)).toEqual({
      values: {
        name: 'shop',
        host: 'hub',
        size: 'medium',
        telemetry: false,
        'admin.email': 'me@example.com',
      },
      password: 'geheimnis',
    });
    expect(await shown.text()).not.toContain('geheim');
  });

  test('never remember what cannot be an answer: it may be a kubeconfig in the wrong field', async () => {
    const shown = consoleOn();
    await through(shown, 1);
    await shown.press('{"token":"geheim"}', keys.esc, keys.enter);
    expect(shown.asked.filter(([what]) => what === 'remember')).not.toEqual([]);
    expect(JSON.stringify(shown.asked)).not.toContain('geheim');
    expect(await shown.text()).not.toContain('install {');
  });

  test('name the owner of a password in the command, also where it is the default', async () => {
    const shown = consoleOn();
    await through(shown, 4);
    await shown.press(keys.tab, 'geheimnis', keys.down, '$');
    expect(await shown.text()).toMatch(/--admin-email\s+admin@posthog\S+\s+--admin-password-stdin/);
  });

  test('never remember a password', async () => {
    const shown = consoleOn();
    await through(shown, 4);
    await shown.press('me@example.com', keys.tab, 'geheimnis', keys.enter);
    const remembered = JSON.stringify(shown.asked.filter(([what]) => what === 'remember'));
    expect(remembered).toContain('me@example.com');
    expect(remembered).not.toContain('geheim');
  });

  test('say what is wrong while it is typed, and go no further', async () => {
    const shown = consoleOn();
    await through(shown, 1);
    await shown.press('Big Name', keys.enter);
    const text = await shown.text();
    expect(text).toContain('It must be lower-case letters');
    expect(text).toContain('step 2/6');
  });

  test('need a whole host where the cluster does not tell its domain', async () => {
    const platform = { ...surroundings.platform, domain: undefined };
    const form = { ...formOf({}, 'en'), isHostNeeded: true };
    const shown = consoleOn({ state: { install: installOf({ form, surroundings: { ...surroundings, platform } }) } });
    await through(shown, 3);
    expect(await shown.text()).toContain('This is needed.');
    await shown.press('hub', keys.enter);
    expect(await shown.text()).toContain('Write the complete host');
    await shown.press('.example.com', keys.enter);
    expect(await shown.text()).toContain('step 4/6');
  });

  test('say what it means to have no first admin', async () => {
    const shown = consoleOn();
    await through(shown, 4);
    await shown.press(keys.tab, keys.tab, ' ');
    expect(await shown.text()).toContain('Whoever opens the address first');
    await shown.press(keys.enter, keys.enter);
    expect(planned(shown)).toMatchObject({ values: expect.not.objectContaining({ 'admin.email': expect.anything() }) });
  });

  test('ask for a mail server only when there is to be one', async () => {
    const shown = consoleOn();
    await through(shown, 5);
    await shown.press(keys.tab, ' ', keys.enter);
    expect(await shown.text()).toContain('This is needed.');
    await shown.press('smtp.example.com', keys.tab, keys.tab, 'posthog@example.com', keys.tab, keys.tab, 'geheimnis');
    await shown.press(keys.enter);
    expect(planned(shown)).toMatchObject({
      values: {
        'mail.host': 'smtp.example.com',
        'mail.from': 'posthog@example.com',
        'mail.password': 'geheimnis',
      },
    });
  });

  test('take the host from a cluster that answers after everything has been answered', async () => {
    const shown = consoleOn({ state: { install: installOf({ surroundings: undefined }) } });
    await through(shown, 6);
    shown.change((state) => ({ ...state, install: { ...state.install, surroundings } }));
    expect(planned(shown)).toMatchObject({ values: { host: 'posthog-1a2b3c4d.usw-1.example.app' } });
  });

  test('say why the cluster does not answer', async () => {
    const trouble = () => 'The API server cannot be reached.';
    const shown = consoleOn({ state: { install: installOf({ surroundings: undefined, trouble }) } });
    expect(await shown.text()).toContain('The API server cannot be reached.');
    await shown.press('\x12');
    expect(shown.asked.at(-1)).toEqual(['look']);
    await through(shown, 6);
    expect(planned(shown)).toBeUndefined();
  });

  test('change the language where it is asked for, for all that follows', async () => {
    const shown = consoleOn();
    await shown.press(keys.up, keys.enter);
    expect(await shown.text()).toContain('名称');
    expect(shown.asked).toContainEqual(['language', 'zh']);
  });

  test('show the command that gives the same answers', async () => {
    const shown = consoleOn();
    await through(shown, 3);
    await shown.press(keys.down, '$');
    expect(await shown.text()).toContain('posthog-sealos install --size medium');
    await shown.press('y');
    expect(shown.asked).toContainEqual(['copy', 'posthog-sealos install --size medium']);
  });

  test('and which names the place once, as it is answered', async () => {
    const form = formOf({ texts: { namespace: 'ns-2', name: 'c' } }, 'en');
    const target = ['--sandbox', "--kubeconfig '/tmp/two words'", '-n ns-1', '--name b'];
    const started = { program: 'npx posthog-sealos', target, isSimulated: true };
    const shown = consoleOn({ state: { install: installOf({ form }), started } });
    await through(shown, 3);
    await shown.press('$', 'y');
    const command = "npx posthog-sealos install --sandbox --kubeconfig '/tmp/two words' -n ns-2 --name c";
    expect(shown.asked).toContainEqual(['copy', command]);
  });

  test('take a paste of many lines as one text', async () => {
    const shown = consoleOn();
    await through(shown, 1);
    await shown.press(`\x1b[200~my\nname\x1b[31m${'x'.repeat(10_000)}\x1b[201~`);
    const { text } = shown.store.read().install.form.texts.name;
    expect(text.startsWith('my name[31mxxx')).toBe(true);
    expect(text).toHaveLength(4096);
  });
});
