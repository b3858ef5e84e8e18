import { expect, test } from 'vitest';
import { frontFor } from '../../../source/commands/fronts/front.ts';
import { exitCodes, UserError } from '../../../source/errors.ts';
import { dictionaries } from '../../../source/messages/index.ts';
import { FakeIo } from '../../cli/fake-io.ts';
import { TestClock } from '../../support/test-clock.ts';

function said(values: Record<string, boolean>, text: string, env = {}): string {
  const io = new FakeIo({ env });
  const context = { clock: new TestClock() } as never;
  frontFor({ plain: true, ...values }, { io, t: dictionaries.en, context }, false).event({
    type: 'note',
    message: () => text,
  });
  return io.out;
}

test('every line of a sandbox says so, and the commands in it mean the sandbox', () => {
  const text = 'Try `posthog-sealos install`, posthog-sealos status --sandbox, kubectl -n ns-1 get pods';
  expect(said({ sandbox: true }, text)).toMatch(
    /^\[simulated\] .*`posthog-sealos install --sandbox`, posthog-sealos status --sandbox, KUBECONFIG=\$\(posthog-sealos sandbox kubeconfig\) kubectl -n ns-1 get pods\n$/,
  );
  expect(said({}, text)).toContain(text);
});

test('so do those in JSON', () => {
  const io = new FakeIo({});
  const context = { clock: new TestClock() } as never;
  const error = new UserError({
    code: 'no-instance',
    exit: exitCodes.refused,
    say: (t) => t.install.noInstance('ns-1'),
    hint: (t) => t.install.noInstanceHint,
  });
  frontFor({ output: 'json', sandbox: true }, { io, t: dictionaries.en, context }).error(error);
  expect(io.out + io.err).toContain('`posthog-sealos install --sandbox`');
});

test('commands are told as they were typed: from the sources by npm, and by npx', () => {
  const text = 'Run `posthog-sealos proof`, npx posthog-sealos install; another posthog-sealos is at work';
  const npm = { npm_command: 'run-script', npm_lifecycle_event: 'cli', npm_package_name: 'posthog-sealos' };
  expect(said({ sandbox: true }, text, npm)).toBe(
    '[simulated] · Run `npm run --silent cli -- proof --sandbox`, npx posthog-sealos install --sandbox; another posthog-sealos is at work\n',
  );
  expect(said({}, text, { npm_command: 'exec' })).toBe(
    '· Run `npx posthog-sealos proof`, npx posthog-sealos install; another posthog-sealos is at work\n',
  );
});
