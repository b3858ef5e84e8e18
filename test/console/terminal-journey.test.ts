/** The built program and its terminal: signals, sizes, pastes, the shell around it, tmux. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../source/build/paths.ts';
import { open } from '../support/pty.ts';
import { sharedSandbox } from '../support/served-sandbox.ts';
import { enterThrough } from '../support/wizard.ts';

const enter = '\r';
const program = join(root, 'bin/posthog-sealos.js');
const fresh = sharedSandbox();
const running = sharedSandbox('--scenario', 'running');

test.each(['SIGTERM', 'SIGHUP'])('%s gives the terminal back', async (signal) => {
  const env = fresh();
  const seen = open({ argv: ['install', '--sandbox'], env });
  await seen.until(/❯ Language/);
  seen.kill(signal);
  expect(await seen.ended).toBe(130);
  expect(seen.isSane()).toBe(true);
});

test('a storm of resizes leaves the picture whole', async () => {
  const env = running();
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/parts are ready/);
  for (let round = 0; round < 40; round += 1) seen.resize(40 + ((round * 37) % 120), 8 + ((round * 11) % 40));
  seen.resize(100, 30);
  await seen.until(/^ posthog-sealos .*\n(?:.*\n){26} . All 22 parts are ready.*\n.*\n.*Ctrl-C leave$/);
});

test('it stops with Ctrl-Z and comes back with fg, also under npm', async () => {
  const env = { ...fresh(), PS1: 'shell> ', PATH: process.env['PATH'] ?? '' };
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

test('a paste whose end never comes ends by itself', async () => {
  const seen = open({ argv: ['install', '--sandbox'], env: fresh() });
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

test('ten thousand pasted characters are one text', async () => {
  const seen = open({ argv: ['install', '--sandbox'], env: fresh() });
  await enterThrough(seen, ['Language']);
  await seen.until(/❯ Name/);
  seen.type(`\x1b[200~${'paste\r\n'.repeat(1430)}end\x1b[201~`);
  await seen.until(/It must be lower-case letters/);
  seen.type('\x15hub');
  await seen.until(/^ posthog-sealos · install hub .*[\s\S]*❯ Name {7}hub/);
});

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

test.skipIf(!hasTmux)('in tmux it draws, takes keys, and gives the pane back', async () => {
  const { XDG_STATE_HOME } = running();
  const socket = join(XDG_STATE_HOME, 'tmux');
  const env = { PATH: process.env['PATH'], TERM: 'xterm-256color', LANG: 'en_US.UTF-8', XDG_STATE_HOME, PS1: '$ ' };
  const tmux = async (...words: readonly string[]) =>
    (await promisify(execFile)('tmux', ['-S', socket, ...words], { env })).stdout;
  const pane = () => tmux('capture-pane', '-p');
  const shown = (pattern: RegExp) => expect.poll(pane).toMatch(pattern);
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
