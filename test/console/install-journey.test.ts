/** Installing with the built program in a real terminal, on the sandbox at full speed: what a person goes through. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { open, stateFolder } from '../support/pty.ts';
import { run, sandbox, sharedSandbox } from '../support/served-sandbox.ts';
import { agree, enterThrough, prompts } from '../support/wizard.ts';

const enter = '\r';
const fresh = sharedSandbox();
const tight = sharedSandbox('--scenario', 'quota-tight');

test('Enter through all ends in a proven PostHog, and then in its console', async () => {
  const env = await sandbox();
  const seen = open({ argv: ['install', '--sandbox'], env });
  await enterThrough(seen, prompts.en);
  await agree(seen, /Plan: 46 to create/);
  const done = await seen.until(/PostHog is ready:/);
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

test('the same in Chinese', async () => {
  const env = { ...(await sandbox()), LANG: 'zh_CN.UTF-8' };
  const seen = open({ argv: ['install', '--sandbox'], env });
  await enterThrough(seen, prompts.zh);
  await agree(seen, /计划：创建 46 个/);
  await seen.until(/PostHog 已就绪/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
  expect(seen.text()).toContain('[模拟]');
});

test('whoever leaves half-way comes back to the progress', async () => {
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
  await last.until(/PostHog is ready:/);
});

test('a quota that is too small is told at the size, refused at the checks, and mended there', async () => {
  const env = tight();
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

test('the plan can be left, and left again by its way back', async () => {
  const env = fresh();
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

test('what the plan would change is shown and saved, without a secret', async () => {
  const [env, folder] = [fresh(), stateFolder()];
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

test('Enter that is held down agrees to nothing', async () => {
  const seen = open({ argv: ['install', '--sandbox'], env: fresh() });
  await seen.until(/❯ Language/);
  const held = setInterval(() => seen.type(enter), 30);
  onTestFinished(() => clearInterval(held));
  await seen.until(/then press Enter again/);
  clearInterval(held);
  expect(await seen.until(/Plan: 46 to create/)).not.toContain('stores  ');
});

test('asking for the checks twice at once makes them once', async () => {
  const env = tight();
  const seen = open({ argv: ['install', '--sandbox', '--size', 'large'], env });
  await enterThrough(seen, prompts.en);
  await seen.until(/10 fine, 1 in the way/);
  seen.type('rr');
  await seen.until(/checking/);
  await seen.until(/10 fine, 1 in the way/);
});

test('a part that cannot work is mended from the progress, after a question', async () => {
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
  await seen.until(/PostHog is ready:/);
});
