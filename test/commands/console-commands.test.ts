/** Commands that are told mean the place that is looked at, and begin as the program was started. */
import { describe, expect, test } from 'vitest';
import { startedOf } from '../../source/commands/target.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { asStarted, startedCommand, startedMessages } from '../../source/messages/started.ts';

const simulated = startedOf({ sandbox: true }, {});
const elsewhere = startedOf({ namespace: 'ns-1', kubeconfig: '/tmp/two words' }, {});
const byNpx = startedOf({ sandbox: true }, { npm_command: 'exec' });
const ofOne = startedOf({ sandbox: true, namespace: 'ns-1', name: 'b' }, {});
const plain = startedOf({}, {});

test.each([
  [plain, 'posthog-sealos restart'],
  [simulated, 'posthog-sealos restart --sandbox'],
  [byNpx, 'npx posthog-sealos restart --sandbox'],
  [elsewhere, "posthog-sealos restart --kubeconfig '/tmp/two words' -n ns-1"],
])('%j', (started, restart) => expect(startedCommand(started, 'restart')).toBe(restart));

describe('in a text', () => {
  test.each([
    ['nothing is said otherwise', plain, 'Run `posthog-sealos install`.'],
    ['one that does already is whole', simulated, 'posthog-sealos scale --sandbox web=2'],
    ['so is what npx runs', byNpx, 'npx posthog-sealos scale --sandbox'],
    ['a release is no command', byNpx, 'npx posthog-sealos@latest'],
    ['a label is none', simulated, '-l posthog-sealos/component=web'],
    ['some are of no place', simulated, 'posthog-sealos render, posthog-sealos sandbox down'],
    [
      'the place is named anywhere in the command',
      startedOf({ namespace: 'ns-2', name: 'a' }, {}),
      '`posthog-sealos logs web -n ns-1 --name b`',
    ],
    ['kubectl may know the way', simulated, 'KUBECONFIG=/tmp/a kubectl get pods'],
    ['what only names it is no command', simulated, 'as `kubectl describe` does'],
    ['nothing else leads there', plain, 'kubectl -n ns-1 get pods'],
  ])('%s: it stays as it is', (_, started, text) => expect(asStarted(text, started)).toBe(text));

  test.each([
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
    ['but have a name', byNpx, 'posthog-sealos render', 'npx posthog-sealos render'],
    [
      'what is within another place is left out',
      ofOne,
      'posthog-sealos logs web -n other',
      'posthog-sealos logs --sandbox web -n other',
    ],
    [
      'what is around it is not',
      ofOne,
      'posthog-sealos logs web --name c\nOr',
      'posthog-sealos logs --sandbox -n ns-1 web --name c\nOr',
    ],
    [
      'a place stands with its own command only',
      ofOne,
      '`posthog-sealos status` (-n ns-2), posthog-sealos proof, posthog-sealos logs --sandbox -n ns-2',
      '`posthog-sealos status --sandbox -n ns-1 --name b` (-n ns-2), posthog-sealos proof --sandbox -n ns-1 --name b, posthog-sealos logs --sandbox -n ns-2',
    ],
    [
      'flags that only begin alike are none',
      ofOne,
      'posthog-sealos logs --namespaces -no',
      'posthog-sealos logs --sandbox -n ns-1 --name b --namespaces -no',
    ],
    ['help is of no place', byNpx, 'posthog-sealos scale --help', 'npx posthog-sealos scale --help'],
    [
      'kubectl reaches the sandbox',
      simulated,
      'kubectl -n ns-1 get pods',
      'KUBECONFIG=$(posthog-sealos sandbox kubeconfig) kubectl -n ns-1 get pods',
    ],
    [
      'it takes the same file and context',
      startedOf({ kubeconfig: '/tmp/a', context: 'b', namespace: 'ns-1', name: 'c' }, {}),
      '`kubectl -n ns-2 delete job x`, `kubectl get pods`',
      '`kubectl --kubeconfig /tmp/a --context b -n ns-2 delete job x`, `kubectl --kubeconfig /tmp/a --context b -n ns-1 get pods`',
    ],
  ])('%s', (_, started, text, typed) => {
    expect(asStarted(text, started)).toBe(typed);
    expect(asStarted(typed, started)).toBe(typed);
  });
});

test.each(['get pods', 'logs -l a=b', 'describe ingress x', 'exec deploy/x -- ls'])('kubectl %s', (rest) =>
  expect(asStarted(`\`kubectl ${rest}\``, byNpx)).toBe(
    `\`KUBECONFIG=$(npx posthog-sealos sandbox kubeconfig) kubectl ${rest}\``,
  ),
);

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

  const names = Object.keys(dictionaries) as (keyof typeof dictionaries)[];

  test.each(names)('tell no command that would reach a real cluster: %s', (language) => {
    const told = textsIn(startedMessages(dictionaries[language], simulated));
    expect(told.length).toBeGreaterThan(500);
    const commands = told.flatMap((text) => [...text.matchAll(/(?<before>\S*) ?\bkubectl (?!changed )[-a-z]+ /g)]);
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.filter(({ groups }) => !/(?:kubeconfig\)|KUBECONFIG=\S+)$/.test(groups?.before ?? ''))).toEqual([]);
  });

  test.each(names)('tell help and names without a place: %s', (language) => {
    const { cli, concern } = startedMessages(dictionaries[language], simulated);
    const { flagOf, hintOf } = cli.errors;
    expect([flagOf('--to', 'scale'), hintOf('scale'), concern.driftHint].join()).not.toContain('--sandbox');
  });
});

/** Every text; what is made up of something is made up of words, or of lists and records of them. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return textsIn(madeBy(value as Parameters<typeof madeBy>[0]));
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const list: unknown[] = [{ setting: 'query', before: 1, value: 2 }];
const record = new Proxy(list, {
  get: (all, key) => (typeof key === 'symbol' || key in all ? Reflect.get(all, key) : list),
});

function madeBy(text: (...args: readonly unknown[]) => unknown): unknown {
  try {
    return text(...Array<string>(6).fill('web'));
  } catch {
    return text(...Array<unknown>(6).fill(record));
  }
}
