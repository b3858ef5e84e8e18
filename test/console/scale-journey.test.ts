/** A backlog that grows is found at home, and scaled away, in a real terminal. */
import { expect, test } from 'vitest';
import { open } from '../support/pty.ts';
import { sandbox } from '../support/served-sandbox.ts';

const esc = '\x1b';

test('found at home, drained, watched, and undone', async () => {
  const env = await sandbox('--scenario', 'backlog');
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/▲ ingestion .*wait[\s\S]*ingestion falls behind/);
  // From home to the row that falls behind.
  seen.type('p');
  await seen.until(/NOW[\s\S]*❯ ▲ ingestion/);
  seen.type('s');
  await seen.until(/❯ ingestion +1 +1 +2Gi +\d[\d.]*k +never/);
  seen.type('4\r');
  await seen.until(/ingestion +1 → 4 [^\n]*never → \d[\s\S]*pods: \d+ → \d+ of 20/);
  seen.type('a');
  expect(await seen.until(/Please confirm[\s\S]*posthog-sealos scale/)).toMatch(/ingestion: replicas 1 → 4/);
  seen.type('y');
  await seen.until(/All of it is applied and ready/);
  await seen.until(/✔ +ingestion: 4 of 4 ready; ([\d.]+k? → [\d.]+k? wait, falling|[\d.]+k? waited)/);
  // Until none is left.
  await seen.until(/❯ ingestion +4 +1 +2Gi +0 *\n/);
  seen.type('Zy');
  await seen.until(/ingestion +1 +1 +2Gi/);
  seen.type(esc);
  await seen.until(/NOW/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
  expect(seen.isSane()).toBe(true);
});

test('what somebody else has changed is named, and nothing leads back from nothing', async () => {
  const env = await sandbox('--scenario', 'two-managers');
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/✔ web/);
  seen.type('gs');
  await seen.until(/❯ web +1 /);
  seen.type('2\r');
  await seen.until(/web +1 → 2/);
  seen.type('a');
  await seen.until(/Please confirm[\s\S]*pods: \d+ → \d+ of 20/);
  seen.type('y');
  await seen.until(/changed by "kubectl-edit"[\s\S]*Nothing was changed/);
  seen.type('Z');
  await seen.until(/Nothing has been applied from here/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
});
