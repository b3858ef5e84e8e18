import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readValuesFile } from '../../source/commands/values-file.ts';
import { UserError } from '../../source/errors.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { resolveAnswers } from '../../source/stack/answers.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-values-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileWith(content: string): Promise<string> {
  const file = join(folder, 'values.yaml');
  await writeFile(file, content);
  return file;
}

/** The mistake, without the folder that differs from run to run. */
const read = (file: string, signal = new AbortController().signal) => readValuesFile(file, signal);

async function mistakeOf(read: () => Promise<unknown>): Promise<string> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.exit).toBe(2);
    expect(error.hint?.(dictionaries.en)).not.toBe('');
    return error.say(dictionaries.en).replaceAll(`${folder}/`, '');
  }
  throw new Error('it was read');
}

test('a file of answers is read as it is meant', async () => {
  const file = await fileWith(
    'app_name: mine\nsize: trial\nadmin.email: a@example.com\nmirror:\n  docker.io: mirror.example.com\ncomponents:\n  web: { replicas: 2 }\n',
  );
  expect(resolveAnswers([await read(file)])).toMatchObject({
    name: 'mine',
    size: 'trial',
    admin: { email: 'a@example.com' },
    mirror: { 'docker.io': 'mirror.example.com' },
    components: { web: { replicas: 2 } },
  });
});

test.each(['', '\n', '# nothing\n', '---\n'])('%j holds no answers and is no mistake', async (content) => {
  expect(resolveAnswers([await read(await fileWith(content))]).size).toBe('small');
});

test.each([
  ['\n\nsizee: small\n', 'values.yaml:3: there is no answer called "sizee"; did you mean "size"?'],
  ['size: tiny\n', 'values.yaml:1: "tiny" cannot be "size"'],
  ['mail:\n  host: a.b\n  from: x\n  port: 0\n', 'values.yaml:4: "0" cannot be "mail.port"'],
  ['components:\n  web:\n    replicas: many\n', 'values.yaml:3: "many" cannot be "components.web.replicas"'],
  ['admin.email: nobody\n', 'values.yaml:1: "nobody" cannot be "admin.email"'],
  ['mirror:\n  docker.io: "https://x"\n', 'values.yaml:2: "https://x" cannot be "mirror.docker.io"'],
  ['a:\n  __proto__:\n    b: 1\n', 'values.yaml:3: there is no answer called "a.__proto__.b"'],
  ['constructor: 1\n', 'values.yaml:1: there is no answer called "constructor"'],
])('%j names the line', async (content, message) => {
  const file = await fileWith(content);
  expect(await mistakeOf(async () => resolveAnswers([await read(file)]))).toContain(message);
});

test('a secret that is wrong is not repeated', async () => {
  const file = await fileWith('mail: { host: a.b, from: x, password: [hunter2] }\n');
  expect(await mistakeOf(async () => resolveAnswers([await read(file)]))).not.toContain('hunter2');
});

test.each([
  ['size: small\nhost: [a\n', 'values.yaml:3: this is not YAML'],
  ['size: "small\n', 'values.yaml:2: this is not YAML'],
  ['size: small\nhost: a.b\nsize: trial\n', 'values.yaml:3: the key "size" stands twice.'],
  ['mail:\n  host: a.b\n  host: c.d\n', 'values.yaml:3: the key "host" stands twice.'],
  ['a: &a [1, 1]\nb: &b [*a, *a]\nc: [*b, *b]\n', 'values.yaml:2: anchors and aliases'],
  ['base: &base { size: trial }\n<<: *base\n', 'values.yaml:2: anchors and aliases'],
  ['size: small\n---\nsize: trial\n', 'values.yaml:2: this is not YAML'],
  ['- size\n', 'must hold keys and values'],
  ['just text\n', 'must hold keys and values'],
  [`a: ${'['.repeat(50_000)}`, 'this is not YAML'],
])('%#: a file that cannot be understood says why', async (content, message) => {
  const file = await fileWith(content);
  expect(await mistakeOf(() => read(file))).toContain(message);
});

test('a directory, and nothing at all, are no file', async () => {
  expect(await mistakeOf(() => read(folder))).toContain('is a directory');
  expect(await mistakeOf(() => read(join(folder, 'none.yaml')))).toBe('The values file none.yaml does not exist.');
});

test('a file of 100 MB is not read', async () => {
  const file = await fileWith('');
  await truncate(file, 100_000_000);
  expect(await mistakeOf(() => read(file))).toContain('larger than 1 MiB');
});

test.skipIf(process.platform === 'win32')('a device without an end is read to the limit', async () => {
  expect(await mistakeOf(() => read('/dev/zero'))).toContain('larger than 1 MiB');
});

test('a link that leads nowhere is told as what it is', async () => {
  const file = join(folder, 'loop.yaml');
  await symlink('loop.yaml', file);
  expect(await mistakeOf(() => read(file))).toBe('The values file loop.yaml cannot be read: ELOOP.');
});

test('a pipe is read like a file; one that nobody writes to is waited for until interrupted', async () => {
  const pipe = join(folder, 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  const interrupt = new AbortController();
  const waiting = read(pipe, interrupt.signal);
  interrupt.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  const module = new URL('../../source/commands/values-file.ts', import.meta.url);
  const script = `import('${module}').then(async ({ readValuesFile }) => {
    const { values } = await readValuesFile(process.argv[1], new AbortController().signal);
    console.log(JSON.stringify(values));
  })`;
  // As `--values <(sops -d answers.yaml)` gives one.
  const substituted = '"$0" -e "$1" <(sleep 0.1; echo "size: trial")';
  const { stdout } = await promisify(execFile)('bash', ['-c', substituted, process.execPath, script]);
  expect(JSON.parse(stdout)).toEqual({ size: 'trial' });
});
