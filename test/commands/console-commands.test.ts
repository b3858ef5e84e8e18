/** Commands that are told mean the place that is looked at, and begin as the program was started. */
import { describe, expect, test } from 'vitest';
import { startedOf } from '../../source/commands/target.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { asStarted, startedCommand, startedMessages } from '../../source/messages/started.ts';

const simulated = startedOf({ sandbox: true }, {});
const elsewhere = startedOf({ namespace: 'ns-1', kubeconfig: '/tmp/two words' }, {});
const byNpx = startedOf({ sandbox: true }, { npm_command: 'exec' });
const plain = startedOf({}, {});

test.each([
  [plain, 'posthog-sealos restart'],
  [simulated, 'posthog-sealos restart --sandbox'],
  [byNpx, 'npx posthog-sealos restart --sandbox'],
  [elsewhere, "posthog-sealos restart --kubeconfig '/tmp/two words' -n ns-1"],
])('%j', (started, restart) => expect(startedCommand(started, 'restart')).toBe(restart));

describe('in a text', () => {
  test.each([
    ['nothing is said otherwise', plain, 'Run `posthog-sealos install`.', 'Run `posthog-sealos install`.'],
    [
      'they lead to the sandbox',
      simulated,
      'posthog-sealos scale worker=+1',
      'posthog-sealos scale --sandbox worker=+1',
    ],
    [
      'to the same cluster',
      elsewhere,
      '`posthog-sealos proof`',
      "`posthog-sealos proof --kubeconfig '/tmp/two words' -n ns-1`",
    ],
    ['by the name it has', byNpx, '`posthog-sealos proof` or', '`npx posthog-sealos proof --sandbox` or'],
    [
      'each of several',
      simulated,
      'posthog-sealos logs, posthog-sealos logs',
      'posthog-sealos logs --sandbox, posthog-sealos logs --sandbox',
    ],
    [
      'one that does already is whole',
      simulated,
      'posthog-sealos scale --sandbox web=2',
      'posthog-sealos scale --sandbox web=2',
    ],
    ['so is what npx runs', byNpx, 'npx posthog-sealos scale --sandbox', 'npx posthog-sealos scale --sandbox'],
    ['a release is no command', byNpx, 'npx posthog-sealos@latest', 'npx posthog-sealos@latest'],
    ['a label is none', simulated, '-l posthog-sealos/component=web', '-l posthog-sealos/component=web'],
    [
      'some are of no place',
      simulated,
      'posthog-sealos render, posthog-sealos sandbox down',
      'posthog-sealos render, posthog-sealos sandbox down',
    ],
    ['but have a name', byNpx, 'posthog-sealos render', 'npx posthog-sealos render'],
    [
      'kubectl reaches the sandbox',
      simulated,
      'kubectl -n ns-1 get pods',
      'KUBECONFIG=$(posthog-sealos sandbox kubeconfig) kubectl -n ns-1 get pods',
    ],
    ['and is left alone elsewhere', elsewhere, 'kubectl -n ns-1 get pods', 'kubectl -n ns-1 get pods'],
  ])('%s', (_, started, text, typed) => {
    expect(asStarted(text, started)).toBe(typed);
    expect(asStarted(typed, started)).toBe(typed);
  });
});

describe('the words of both languages', () => {
  test.each(Object.values(dictionaries))('%#', (t) => {
    const words = startedMessages(t, simulated);
    expect(words.figures.concerns.silentHint).toContain('posthog-sealos restart --sandbox worker');
    expect(words.concern.behindHint('ingestion')).toContain('posthog-sealos scale --sandbox ingestion=+1');
    expect(words.scale.guards.partitionsHint('kubectl -n ns-1 exec x')).toContain('kubeconfig) kubectl -n ns-1 exec x');
    // Once for all who draw.
    expect(startedMessages(t, simulated)).toBe(words);
    expect(startedMessages(t, plain)).toBe(t);
  });
});
