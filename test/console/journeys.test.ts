/** The built program in a real terminal, on the sandbox at full speed: what a person goes through. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { root } from '../../source/build/paths.ts';
import { open, stateFolder } from '../support/pty.ts';
import { run, sandbox } from '../support/served-sandbox.ts';
import { agree, enterThrough, prompts } from '../support/wizard.ts';

const enter = '\r';
const program = join(root, 'bin/posthog-sealos.js');

test('Enter through all ends in a proven PostHog, and then in its console', { timeout: 60_000 }, async () => {
  const env = await sandbox();
  const seen = open({ argv: ['install', '--sandbox'], env });
  await enterThrough(seen, prompts.en);
  await agree(seen, /Plan: 46 to create/);
  const done = await seen.until(/PostHog is ready:/, 40_000);
  expect(done).toContain('✔ it is in ClickHouse');
  seen.type('p');
  await seen.until(/Password: \S{24}/);
  seen.type(enter);
  await seen.until(/All 22 parts are ready/);
  seen.type('\x03');
  expect(await seen.ended).toBe(0);
  expect(seen.isSane()).toBe(true);
  const left = seen.text();
  expect(left).toContain('[simulated]');
  expect(left).toContain('posthog-sealos --sandbox');
  expect(left).not.toMatch(/Password/);
});

test('the same in Chinese', { timeout: 60_000 }, async () => {
  const env = { ...(await sandbox()), LANG: 'zh_CN.UTF-8' };
  const seen = open({ argv: ['install', '--sandbox'], env });
  await enterThrough(seen, prompts.zh);
  await agree(seen, /计划：创建 46 个/);
  await seen.until(/PostHog 已就绪/, 40_000);
  seen.type('q');
  expect(await seen.ended).toBe(0);
  expect(seen.text()).toContain('[模拟]');
});

test('whoever leaves half-way comes back to the progress', { timeout: 60_000 }, async () => {
  const env = await sandbox();
  await run(env, 'sandbox', 'speed', '40');
  const first = open({ argv: ['install', '--sandbox', '--yes'], env });
  await first.until(/app +1 of 15 ready/);
  await first.until(/migrate │ \S/);
  first.type('\x03');
  expect(await first.ended).toBe(130);
  expect(first.isSane()).toBe(true);
  expect(first.text()).toMatch(/What was made is kept/);
  expect(first.text()).toContain('posthog-sealos install --sandbox');

  const killed = open({ argv: ['install', '--sandbox'], env });
  await killed.until(/stores +5 of 5 ready/);
  killed.kill('SIGKILL');
  await killed.ended;

  await run(env, 'sandbox', 'speed', 'max');
  const last = open({ argv: ['install', '--sandbox'], env });
  await last.until(/PostHog is ready:/, 40_000);
});

test('a quota that is too small is told at the size, refused at the checks, and mended there', {
  timeout: 60_000,
}, async () => {
  const env = await sandbox('--scenario', 'quota-tight');
  const seen = open({ argv: ['install', '--sandbox', '--size', 'large'], env });
  await enterThrough(seen, ['Language', 'Name', 'Address']);
  await seen.until(/large needs .* more than your\s+space has now/);
  await enterThrough(seen, ['Size', 'First admin', 'More']);
  await seen.until(/❯ ✖ quota[\s\S]*in the way/);
  seen.type(enter);
  await seen.until(/❯ Size/);
  seen.type('\x1b[A\x1b[A\x1b[A');
  await seen.until(/❯ trial/);
  await enterThrough(seen, ['Size', 'First admin', 'More']);
  // Sealos enlarges the rest by itself: a warning, which is read first.
  await seen.until(/Nothing is in the way/);
  seen.type(enter);
  await seen.until(/Plan: \d+ to create/);
});

test('the plan can be left, and left again by its way back', { timeout: 60_000 }, async () => {
  const env = await sandbox();
  const seen = open({ argv: ['install', '--sandbox'], env });
  await enterThrough(seen, prompts.en);
  await seen.until(/Plan: 46 to create/);
  seen.type('\x1b');
  await seen.until(/❯ More/);
  seen.type(enter);
  await seen.until(/Plan: 46 to create/);
  seen.type('\x03');
  expect(await seen.ended).toBe(130);
  expect(seen.text()).toContain('Nothing was changed.');
});

test('what the plan would change is shown and saved, without a secret', { timeout: 60_000 }, async () => {
  const [env, folder] = [await sandbox(), stateFolder()];
  const seen = open({ argv: ['install', '--sandbox'], env, folder });
  await enterThrough(seen, prompts.en);
  await seen.until(/Plan: 46 to create/);
  seen.type('\x1b[Bd');
  await seen.until(/^ \+kind: Instance$/m);
  seen.type('\x1b');
  await seen.until(/Plan: 46 to create/);
  seen.type('w');
  await seen.until(/Saved as .*posthog-sealos-posthog\.yaml/);
  const saved = readFileSync(join(folder, 'posthog-sealos-posthog.yaml'), 'utf8');
  const kinds = parseAllDocuments(saved).map((each) => each.toJS().kind);
  expect(kinds).toEqual(expect.arrayContaining(['Instance', 'Cluster', 'Deployment', 'Ingress', 'App']));
  expect(kinds).not.toContain('Secret');
  seen.type('\x03');
  expect(await seen.ended).toBe(130);
});

test('run again: the same answers open the console, others the plan of changes, which waits', {
  timeout: 60_000,
}, async () => {
  const env = await sandbox('--scenario', 'running');
  const same = open({ argv: ['install', '--sandbox'], env });
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

test('Enter that is held down agrees to nothing', { timeout: 60_000 }, async () => {
  const seen = open({ argv: ['install', '--sandbox'], env: await sandbox() });
  await seen.until(/❯ Language/);
  const held = setInterval(() => seen.type(enter), 30);
  onTestFinished(() => clearInterval(held));
  await seen.until(/then press Enter again/);
  clearInterval(held);
  expect(await seen.until(/Plan: 46 to create/)).not.toContain('stores  ');
});

test('asking for the checks twice at once makes them once', { timeout: 60_000 }, async () => {
  const env = await sandbox('--scenario', 'quota-tight');
  const seen = open({ argv: ['install', '--sandbox', '--size', 'large'], env });
  await enterThrough(seen, prompts.en);
  await seen.until(/10 fine, 1 in the way/);
  seen.type('rr');
  await seen.until(/checking/);
  await seen.until(/10 fine, 1 in the way/);
});

test('a cluster that does not answer is told as that, and asked again', { timeout: 60_000 }, async () => {
  const { XDG_STATE_HOME } = await sandbox('--scenario', 'running');
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

test('a part that cannot work is mended from the progress, after a question', { timeout: 90_000 }, async () => {
  const env = await sandbox('--scenario', 'redis-wrong-password');
  const seen = open({ argv: ['install', '--sandbox'], env });
  await seen.until(/▲ plugins .*wrong password/);
  seen.type('f');
  await seen.until(/Please confirm[\s\S]*restart, one by one[\s\S]*kubectl/);
  seen.type('n');
  await seen.until(/▲ plugins .*wrong password/);
  seen.type('f');
  await seen.until(/Please confirm/);
  seen.type('y');
  await seen.until(/PostHog is ready:/, 60_000);
});

test('the same fix is offered at home, and leads back there', { timeout: 90_000 }, async () => {
  const env = await sandbox('--scenario', 'redis-wrong-password');
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/▲ plugins .*wrong password/);
  // It is the first of the problems.
  seen.type('p');
  await seen.until(/❯ ▲ plugins [\s\S]*\[f\] /);
  seen.type('f');
  await seen.until(/Please confirm[\s\S]*restart, one by one[\s\S]*kubectl/);
  seen.type('y');
  await seen.until(/PostHog is ready:/, 60_000);
  seen.type(enter);
  await seen.until(/22 parts are ready/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
});

test('from home to the events, to the objects, into one of them, and back', { timeout: 60_000 }, async () => {
  const env = await sandbox('--scenario', 'running');
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
  await seen.until(/Esc back/);
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

test.each(['SIGTERM', 'SIGHUP'])('%s gives the terminal back', { timeout: 30_000 }, async (signal) => {
  const env = await sandbox();
  const seen = open({ argv: ['install', '--sandbox'], env });
  await seen.until(/❯ Language/);
  seen.kill(signal);
  expect(await seen.ended).toBe(130);
  expect(seen.isSane()).toBe(true);
});

test('a storm of resizes leaves the picture whole', { timeout: 30_000 }, async () => {
  const env = await sandbox('--scenario', 'running');
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/parts are ready/);
  for (let round = 0; round < 40; round += 1) seen.resize(40 + ((round * 37) % 120), 8 + ((round * 11) % 40));
  seen.resize(100, 30);
  await seen.until(/^ posthog-sealos .*\n(?:.*\n){26} . All 22 parts are ready.*\n.*\n.*Ctrl-C leave$/);
});

test('without a cluster, the kubeconfig is asked for, and remembered', { timeout: 60_000 }, async () => {
  const { XDG_STATE_HOME } = await sandbox('--scenario', 'running');
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

test('it stops with Ctrl-Z and comes back with fg, also under npm', { timeout: 60_000 }, async () => {
  const env = { ...(await sandbox()), PS1: 'shell> ', PATH: process.env['PATH'] ?? '' };
  const seen = open({ command: ['bash', '--norc', '--noprofile'], argv: ['-i'], env });
  await seen.until(/shell>$/);
  seen.type('npm run --silent cli -- install --sandbox\r');
  await seen.until(/❯ Language/);
  seen.type('\x1a');
  // The shell has its own modes; what matters is that it has its screen back.
  expect(await seen.until(/Stopped[\s\S]*shell>$/)).not.toContain('Ctrl-C leave');
  seen.type('fg\r');
  await seen.until(/❯ Language[\s\S]*Ctrl-C leave/);
  seen.type(enter);
  await seen.until(/❯ Name/);
  seen.type('\x03');
  await seen.until(/Nothing was changed[\s\S]*shell>$/);
  seen.type('exit\r');
  await seen.ended;
});

test('a paste whose end never comes ends by itself', { timeout: 30_000 }, async () => {
  const seen = open({ argv: ['install', '--sandbox'], env: await sandbox() });
  await seen.until(/❯ Language/);
  seen.type(enter);
  await seen.until(/❯ Name/);
  seen.type('\x1b[200~half');
  await seen.until(/half/);
  seen.type('way');
  await seen.until(/halfway/);
  seen.type('\x03');
  expect(await seen.ended).toBe(130);
  expect(seen.isSane()).toBe(true);
});

test('ten thousand pasted characters are one text', { timeout: 30_000 }, async () => {
  const seen = open({ argv: ['install', '--sandbox'], env: await sandbox() });
  await enterThrough(seen, ['Language']);
  await seen.until(/❯ Name/);
  seen.type(`\x1b[200~${'paste\r\n'.repeat(1430)}end\x1b[201~`);
  await seen.until(/It must be lower-case letters/);
  seen.type('\x15hub');
  await seen.until(/^ posthog-sealos · install hub .*[\s\S]*❯ Name {7}hub/);
});

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

test.skipIf(!hasTmux)('in tmux it draws, takes keys, and gives the pane back', { timeout: 60_000 }, async () => {
  const { XDG_STATE_HOME } = await sandbox('--scenario', 'running');
  const socket = join(XDG_STATE_HOME, 'tmux');
  const env = { PATH: process.env['PATH'], TERM: 'xterm-256color', LANG: 'en_US.UTF-8', XDG_STATE_HOME, PS1: '$ ' };
  const tmux = async (...words: readonly string[]) =>
    (await promisify(execFile)('tmux', ['-S', socket, ...words], { env })).stdout;
  const pane = () => tmux('capture-pane', '-p');
  const shown = (pattern: RegExp) => expect.poll(pane, { timeout: 20_000 }).toMatch(pattern);
  await tmux('-f', '/dev/null', 'new-session', '-d', '-x', '80', '-y', '24', 'sh');
  onTestFinished(async () => {
    await tmux('kill-server');
  });
  await tmux('send-keys', `${process.execPath} ${program} --sandbox`, 'Enter');
  await shown(/All 22 parts are ready/);
  await tmux('send-keys', 'L');
  await shown(/全部 22 个部件/);
  await tmux('resize-window', '-x', '100', '-y', '30');
  await shown(/^ posthog-sealos .*\n─{100}\n/);
  await tmux('send-keys', 'C-c');
  // What it leaves stands below the command, and the shell asks again.
  await shown(/--sandbox[\s\S]*^[$#] *$/m);
  expect(await tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).toBe('0 1\n');
});
