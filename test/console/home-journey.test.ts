/** The console of what is installed, in a real terminal: what a person finds and does there. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connect, loadKubeconfig } from '../../source/cluster/index.ts';
import { open, stateFolder } from '../support/pty.ts';
import { run, sandbox, sharedSandbox } from '../support/served-sandbox.ts';
import { testContext } from '../support/test-context.ts';

const enter = '\r';
const running = sharedSandbox('--scenario', 'running');

test('run again: the same answers open the console, others the plan of changes, which waits', async () => {
  const env = running();
  const same = open({ argv: ['install', '--sandbox'], env });
  await same.until(/posthog is installed; there is nothing to do/);
  await same.until(/All 22 parts are ready/);
  same.type('\x03');
  expect(await same.ended).toBe(0);

  const other = open({ argv: ['install', '--sandbox', '--set', 'components.worker.replicas=2'], env });
  // A second worker needs a little more than there is: a warning, which is read first.
  await other.until(/Nothing is in the way/);
  other.type(enter);
  const plan = await other.until(/Plan: 0 to create, 1 to change/);
  expect(plan).toMatch(/change +Deployment\/posthog-worker/);
  other.type('d');
  await other.until(/- +replicas: 1/);
  other.type('\x03');
  expect(await other.ended).toBe(130);
  expect(other.text()).toContain('Nothing was changed.');
});

test('from home to the events, to the objects, into one of them, and back', async () => {
  const env = running();
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/22 parts are ready/);
  seen.type('ge');
  await seen.until(/AGE.*REASON[\s\S]*❯ [▲·] +\d+[smh] [\s\S]*(?:warning|normal) {2}\w+\//);
  seen.type(enter);
  await seen.until(/Esc close[\s\S]*$/);
  seen.type('\x1b');
  await seen.until(/AGE.*REASON/);
  seen.type('go');
  await seen.until(/❯ ▾ ✔ stores/);
  seen.type('/cluster/posthog-pg');
  await seen.until(/❯ +✔ Cluster\/posthog-pg +Running/);
  seen.type(enter);
  await seen.until(/\/ search +\? help/);
  seen.type('v');
  await seen.until(/kind: Cluster/);
  seen.type('\x1b');
  await seen.until(/❯ +✔ Cluster\/posthog-pg/);
  // The search goes first, then the screen.
  seen.type('\x1b');
  await seen.until(/✔ property-defs[^\n]*\n─+\n Enter open/);
  seen.type('\x1b');
  await seen.until(/22 parts are ready/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
});

test('without a cluster, the kubeconfig is asked for, and remembered', async () => {
  const { XDG_STATE_HOME } = running();
  const env = { HOME: stateFolder(), XDG_STATE_HOME: stateFolder() };
  const seen = open({ argv: ['install'], env });
  await seen.until(/download the kubeconfig|No kubeconfig/i);
  seen.type(enter);
  await seen.until(/❯ Kubeconfig/);
  seen.type('/nonexistent/kubeconfig\r');
  // It comes back to its field, with the reason below it.
  await seen.until(/❯ Kubeconfig[\s\S]*does not exist[\s\S]*· Name/);
  seen.type(`\x15${XDG_STATE_HOME}/posthog-sealos/sandbox/kubeconfig\r`);
  await seen.until(/PostHog is ready|Proof|answers|ready/);
  seen.type('\x03');
  await seen.ended;

  const again = open({ argv: [], env });
  await again.until(/parts are ready/);
});

test('the same fix is offered at home, and leads back there', async () => {
  const env = await sandbox('--scenario', 'redis-wrong-password');
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/▲ plugins .*wrong password/);
  // It is the first of the problems.
  seen.type('p');
  await seen.until(/❯ ▲ plugins [\s\S]*\[f\] /);
  // While its pod is started once more there is nothing to mend for a moment.
  await expect
    .poll(
      () => {
        const text = seen.text();
        if (!text.includes('Please confirm')) seen.type('f');
        return text;
      },
      { interval: 500 },
    )
    .toMatch(/Please confirm[\s\S]*restart, one by one[\s\S]*kubectl/);
  seen.type('y');
  await seen.until(/PostHog is ready:/);
  seen.type(enter);
  await seen.until(/22 parts are ready/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
});

test('a cluster that does not answer is told as that, and asked again', async () => {
  const { XDG_STATE_HOME } = running();
  await run({ XDG_STATE_HOME }, 'sandbox', 'down');
  const kubeconfig = join(XDG_STATE_HOME, 'posthog-sealos/sandbox/kubeconfig');
  const env = { XDG_STATE_HOME: stateFolder() };
  const seen = open({ argv: ['--kubeconfig', kubeconfig], env });
  const told = await seen.until(/not connected[\s\S]*r recheck/);
  expect(told).not.toContain('mistake in posthog-sealos');
  await run({ XDG_STATE_HOME }, 'sandbox', 'up', '--detach');
  seen.type('r');
  await seen.until(/22 parts are ready/);
});

test('an instance that is deleted meanwhile is told as that, and installed again from there', {
  timeout: 90_000,
}, async () => {
  const env = await sandbox('--scenario', 'running');
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/22 parts are ready/, 60_000);
  const path = join(env.XDG_STATE_HOME, 'posthog-sealos/sandbox/kubeconfig');
  const { signal } = new AbortController();
  const cluster = connect(await loadKubeconfig({ path, env: {}, signal }), testContext());
  onTestFinished(() => cluster.close());
  await cluster.delete({ apiVersion: 'app.sealos.io/v1', kind: 'Instance', name: 'posthog' });
  await seen.until(/There is no posthog here any more[^.]*seen at[\s\S]*Its record is left[\s\S]*i install/, 30_000);
  seen.type('i');
  // What it has kept is taken up.
  await seen.until(/Plan: \d+ to create, 0 to change, [1-9]\d* stay the same[\s\S]*create +Instance\/posthog/, 30_000);
  seen.type('\x03');
  expect(await seen.ended).toBe(130);
});
