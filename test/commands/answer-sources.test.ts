import { describe, expect, test } from 'vitest';
import { answerSources } from '../../source/commands/answer-sources.ts';
import { parse } from '../../source/commands/parse.ts';
import { parseResolve } from '../../source/commands/resolve.ts';
import { sameTarget } from '../../source/commands/target.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { resolveAnswers } from '../../source/stack/answers.ts';

const answersOf = async (...flags: readonly string[]) =>
  resolveAnswers(await answerSources(parse(['install', ...flags]).values, new AbortController().signal));

describe('answers on the command line', () => {
  test('a flag of its own is stronger than --set', async () => {
    expect(await answersOf('--size', 'trial', '--set', 'size=large', '--set', 'telemetry=on')).toMatchObject({
      size: 'trial',
      telemetry: true,
    });
  });

  test('the last --set of a key counts', async () => {
    expect((await answersOf('--set', 'size=trial', '--set', 'size=large')).size).toBe('large');
  });

  test('a registry holds dots and ports of its own', async () => {
    const flags = ['--mirror', 'docker.io=a.example.com:5000/x', '--set', 'mirror.ghcr.io=b.example.com'];
    expect((await answersOf(...flags)).mirror).toEqual({
      'docker.io': 'a.example.com:5000/x',
      'ghcr.io': 'b.example.com',
    });
  });

  test.each([
    [['--admin-email', 'nobody'], '--admin-email: "nobody"'],
    [['--mirror', 'docker.io=https://x'], '--mirror: "https://x"'],
    [['--host', 'http://a.b'], '--host: "http://a.b"'],
    [['--set', 'size=x'], '--set: "x"'],
    [['--set', '__proto__.size=x'], '--set: there is no answer called "__proto__.size"'],
    [['--set', 'size'], '--set "size" is not of the form KEY=VALUE.'],
    [['--set', '=x'], '--set "=x" is not of the form KEY=VALUE.'],
    [['--set', 'size='], '--set "size=" is not of the form KEY=VALUE.'],
    [['--mirror', 'docker.io'], '--mirror "docker.io" is not of the form REGISTRY=HOST.'],
  ])('%j names where the mistake is', async (flags, message) => {
    await expect(answersOf(...flags)).rejects.toMatchObject({ exit: 2, message: expect.stringContaining(message) });
  });

  test.each(['mail.password', 's3.secretKey'])('%s is refused, and not repeated', async (key) => {
    const refusal = expect(answersOf('--set', `${key}=hunter2`)).rejects;
    await refusal.toMatchObject({ exit: 2, code: 'secret-in-argv', message: expect.not.stringContaining('hunter2') });
  });
});

test.each([
  ['posthog.example.com:443:203.0.113.7', { host: 'posthog.example.com', port: 443, address: '203.0.113.7' }],
  ['POSTHOG.example.com:80:[2001:db8::1]', { host: 'posthog.example.com', port: 80, address: '2001:db8::1' }],
])('--resolve %s is understood', (value, entry) => {
  expect(parseResolve(value)).toEqual(entry);
});

test.each([
  '',
  'a',
  'a:443',
  'a:443:',
  'a:443:b.c',
  'a:0:1.2.3.4',
  'a:70000:1.2.3.4',
  'a:443:1.2.3.400',
  ':443:1.2.3.4',
  'a:443:[::g]',
  'a:443:::1',
])('--resolve %j is refused', (value) => {
  expect(() => parseResolve(value)).toThrow(`--resolve "${value}" is not of the form HOST:PORT:ADDR.`);
});

test.each([
  [[], 'posthog-sealos install'],
  [['-n', 'ns-1', '--name', 'x', '--size', 'trial'], 'posthog-sealos install -n ns-1 --name x'],
  [
    ['--kubeconfig', "/a b/it's", '--context', '$(x)'],
    `posthog-sealos install --kubeconfig '/a b/it'\\''s' --context '$(x)'`,
  ],
])('after %j, the command to run again means the same', (flags, command) => {
  expect(sameTarget(parse(['install', ...flags]).values, 'install', {})).toBe(command);
});

test('both languages refuse in their own words', async () => {
  const error = await answersOf('--set', 'size').catch(
    (caught: { say: (t: typeof dictionaries.zh) => string }) => caught,
  );
  expect('say' in error && error.say(dictionaries.zh)).toBe('--set “size” 不符合 KEY=VALUE 的形式。');
});

test.each([
  [{}, 'posthog-sealos'],
  [{ npm_command: 'exec' }, 'npx posthog-sealos'],
  [
    { npm_command: 'run-script', npm_lifecycle_event: 'start', npm_package_name: 'posthog-sealos' },
    'npm run --silent cli --',
  ],
  [{ npm_command: 'run-script', npm_lifecycle_event: 'deploy', npm_package_name: 'their-own' }, 'posthog-sealos'],
])('started with %j it is started again as %s', (env, command) => {
  expect(sameTarget({}, 'status', env)).toBe(`${command} status`);
});
