/** The newer generation of KubeBlocks, to the end, by the wizard; the other tests run on the older one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { open } from '../support/pty.ts';
import { agree, enterThrough, prompts } from '../support/wizard.ts';
import { here, Program } from './program.ts';
import { useKubeblocks } from './support.ts';

beforeAll(() => useKubeblocks('0.9.5'));
afterAll(() => useKubeblocks('0.8.2'));

test('Enter through the wizard goes from nothing to done on KubeBlocks 0.9', async () => {
  const env = { ...(process.env as Record<string, string>), ...here.env, TERM: 'xterm-256color', CI: '' };
  const seen = open({ argv: ['install', ...here.words], env });
  await enterThrough(seen, prompts.en);
  await agree(seen, /Plan: 46 to create/);
  const done = await seen.until(/PostHog is ready:/, 300_000);
  expect(done).toMatch(/[✔▲] it is in ClickHouse/);
  expect(done).not.toContain('✖');
  seen.type('q');
  expect(await seen.ended).toBe(0);
  const look = new Program(['install', '--dry-run']);
  await look.endsWith(0);
  expect(look.of('preflight').find(({ check }) => check === 'apis')).toMatchObject({
    message: expect.stringContaining('KubeBlocks 0.9'),
  });
});
