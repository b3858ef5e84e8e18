import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  expect(resolveAnswers([await readValuesFile(file)])).toMatchObject({
    name: 'mine',
    size: 'trial',
    admin: { email: 'a@example.com' },
    mirror: { 'docker.io': 'mirror.example.com' },
    components: { web: { replicas: 2 } },
  });
});

test.each(['', '\n', '# nothing\n', '---\n'])('%j holds no answers and is no mistake', async (content) => {
  expect(resolveAnswers([await readValuesFile(await fileWith(content))]).size).toBe('small');
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
  expect(await mistakeOf(async () => resolveAnswers([await readValuesFile(file)]))).toContain(message);
});

test('a secret that is wrong is not repeated', async () => {
  const file = await fileWith('mail: { host: a.b, from: x, password: [hunter2] }\n');
  expect(await mistakeOf(async () => resolveAnswers([await readValuesFile(file)]))).not.toContain('hunter2');
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
  expect(await mistakeOf(() => readValuesFile(file))).toContain(message);
});

test('a directory, and nothing at all, are no file', async () => {
  expect(await mistakeOf(() => readValuesFile(folder))).toContain('is a directory');
  expect(await mistakeOf(() => readValuesFile(join(folder, 'none.yaml')))).toBe(
    'The values file none.yaml does not exist.',
  );
});

test('a file of 100 MB is not read', async () => {
  const file = await fileWith('');
  await truncate(file, 100_000_000);
  expect(await mistakeOf(() => readValuesFile(file))).toContain('larger than 1 MiB');
});

test.skipIf(process.platform === 'win32')('a device without an end is read to the limit', async () => {
  expect(await mistakeOf(() => readValuesFile('/dev/zero'))).toContain('larger than 1 MiB');
});
