/** A backlog that grows is found at home, and scaled away, in a real terminal. */
import { expect, test } from 'vitest';
import { open } from '../support/pty.ts';
import { run, sandbox } from '../support/served-sandbox.ts';

const [esc, up, down, right, left] = ['\x1b', '\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D'];

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

test('where the workspace has no room for all, parts are made smaller until they fit', async () => {
  const env = await sandbox('--scenario', 'quota-tight');
  const install = open({ argv: ['install', '--sandbox', '--size', 'trial', '--yes'], env });
  await install.until(/web +0\/1[\s\S]*No room left/);
  install.type('\x03');
  expect(await install.ended).toBe(130);
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/▲ web +0\/1 +No room left/);
  seen.type('gs');
  await seen.until(/❯ web +1 +1 +3Gi/);
  seen.type(`\t\t${left}${left}`);
  await seen.until(/❯ web +1 +1 +3Gi → 2Gi[\s\S]*memory: [\d.]+ → 20\.4 GiB of 20 GiB/);
  // Half a GiB too much.
  seen.type(`${down}${left}`);
  await seen.until(/❯ worker +1 +500m +2Gi → 1536Mi[\s\S]*install` again afterwards/);
  seen.type('a');
  await seen.until(/Please confirm[\s\S]*worker: memory 2Gi → 1536Mi[\s\S]*web: memory 3Gi → 2Gi/);
  seen.type('y');
  await seen.until(/All of it is applied and ready/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
  // What is smaller stays so, and it comes to its end.
  expect(await run(env, 'install', '--sandbox', '--yes')).toContain('PostHog is ready and ingests events');
});

test('guards say what speaks against a change, and nothing of it is asked', async () => {
  const env = await sandbox('--scenario', 'busy');
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/✔ ingestion/);
  seen.type('gs');
  await seen.until(/❯ web +4 /);
  seen.type('7\r');
  await seen.until(/✖ +web can have 6 replicas at most/);
  seen.type('a');
  await seen.until(/─\n *web can have 6 replicas at most/);
  seen.type(`U${down.repeat(4)}99\r`);
  await seen.until(/✖ +events_plugin_ingestion has 16 partitions: more than 16/);
  seen.type(`U${down.repeat(9)}${right}`);
  await seen.until(/❯ clickhouse[\s\S]*clickhouse has a fixed number of replicas/);
  seen.type(`U${up.repeat(11)}\t64\r`);
  await seen.until(/❯ plugins +3 +1 → 64[\s\S]*✖ +CPU: 189 more while it rolls/);
  seen.type(`U${down}\t\t0\r`);
  await seen.until(/❯ capture +3 → 0[\s\S]*▲ +Without capture, new events are refused/);
  seen.type('a');
  await seen.until(/Type posthog to go on/);
  seen.type(esc);
  await seen.until(/❯ capture +3 → 0/);
  seen.type('U');
  await seen.until(/❯ capture +3 +1 /);
  seen.type('q');
  expect(await seen.ended).toBe(0);
});

test('a change that does not come is taken back while it is waited for', async () => {
  const env = await sandbox('--scenario', 'running');
  const seen = open({ argv: ['--sandbox'], env });
  await seen.until(/✔ ingestion/);
  seen.type('gs');
  await seen.until(/❯ web +1 /);
  seen.type(`${down.repeat(2)}\t16\r`);
  await seen.until(/❯ plugins +1 +500m → 16[\s\S]*▲ +CPU[\s\S]*Sealos enlarges it by itself/);
  seen.type('a');
  await seen.until(/Please confirm[\s\S]*plugins: CPU 500m → 16/);
  seen.type('y');
  await seen.until(/❯ plugins +1 +16 [\s\S]*plugins:cpu=16: All of it is applied and ready/);
  // The workspace is enlarged once a day.
  seen.type('30\r');
  await seen.until(/❯ plugins +1 +16 → 30[\s\S]*▲ +CPU/);
  seen.type('a');
  await seen.until(/Please confirm[\s\S]*plugins: CPU 16 → 30/);
  seen.type('y');
  await seen.until(
    /❯ plugins +1 +30 +2Gi[\s\S]*No room left in the workspace \(CPU: 30 more[\s\S]*once a day[\s\S]*Z takes it back/,
  );
  seen.type('Z');
  await seen.until(/Please confirm[\s\S]*plugins: CPU 30 → 16/);
  seen.type('y');
  await seen.until(/❯ plugins +1 +16 [\s\S]*plugins:cpu=16: All of it is applied and ready/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
});
