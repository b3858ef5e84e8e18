/** Everything the manifests call in their containers is known to the simulated world. */
import { expect, test } from 'vitest';
import { isKnown } from '../../../source/sandbox/world/commands.ts';
import { scriptMarks } from '../../../source/sandbox/world/scripts.ts';
import { runShell } from '../../../source/sandbox/world/shell.ts';
import { containersOf, objectsOf } from '../../stack/fixtures/objects.ts';

const objects = objectsOf('small');
const called = containersOf(objects).flatMap(({ container }) => [
  ...(container.command ? [[...container.command, ...(container.args ?? [])]] : []),
  ...[container.startupProbe, container.readinessProbe, container.livenessProbe].flatMap((probe) =>
    probe?.exec ? [probe.exec.command] : [],
  ),
  ...(container.lifecycle?.preStop?.exec ? [container.lifecycle.preStop.exec.command] : []),
]);
const files = objects.flatMap(({ data = {} }) =>
  Object.entries(data as Record<string, string>).flatMap(([name, text]) => (name.endsWith('.sh') ? [text] : [])),
);
const scripts = [...files, ...called.flatMap(([, flag, text]) => (flag === '-c' && text !== undefined ? [text] : []))];

test('commands', () => {
  expect(called.length).toBeGreaterThan(5);
  expect(called.filter((command) => !isKnown(command))).toEqual([]);
});

test('scripts: those with loops have a play, and every play has its script', () => {
  const loops = scripts.filter((text) => /^\s*(if|for|while|until|case)\b|\bexec \d/m.test(text));
  expect(loops.filter((text) => !scriptMarks.some((mark) => text.includes(mark)))).toEqual([]);
  expect(scriptMarks.filter((mark) => !scripts.some((text) => text.includes(mark)))).toEqual([]);
});

test.each<[script: string, code: number, printed: readonly string[]]>([
  ['one && two; three', 0, ['one', 'two', 'three']],
  ['false && one || two', 0, ['two']],
  ['false; one', 0, ['one']],
  ['set -e; false; one', 1, []],
  ['set -e; false || one', 0, ['one']],
  ["'a b' \"c $NAME\" $NAME ${NAME} '$NAME'", 0, ['a b|c value|value|value|$NAME']],
  ['one > /file; cat < /file', 0, ['cat<one\n']],
  ['one >> /file\none >> /file\ncat < /file', 0, ['cat<one\none\n']],
  ['one | cat', 0, ['cat<one\n']],
  ['a "$(one)" # not this', 0, ['a|one']],
  ['one \\\n  two', 0, ['one|two']],
  ['while true; do one; done', 2, ['! sh: syntax error: "while" is not known to this simulated shell']],
  ['one >&2', 0, ['! one']],
])('sh -c %j', async (script, code, printed) => {
  const lines: string[] = [];
  const files = new Map<string, string>();
  const ended = await runShell(
    {
      env: { NAME: 'value' },
      async run(argv, { stdin, out }) {
        if (argv[0] === 'false') return 1;
        out(argv.join('|') + (stdin === '' ? '' : `<${stdin}`));
        return 0;
      },
      read: async (path) => files.get(path),
      write: async (path, content) => void files.set(path, content),
    },
    script,
    { stdin: '', out: (line) => lines.push(line), err: (line) => lines.push(`! ${line}`) },
  );
  expect(lines).toEqual(printed);
  expect(ended).toBe(code);
});
