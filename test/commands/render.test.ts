import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { run } from '../../source/cli.ts';
import { writeSplit } from '../../source/commands/split.ts';
import { secretKeys } from '../../source/stack/secrets.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { FakeIo } from '../cli/fake-io.ts';
import { testContext } from '../support/test-context.ts';

async function render(...flags: readonly string[]) {
  const io = new FakeIo();
  const unused = () => Promise.reject(new Error('render needs no cluster'));
  const code = await run(['render', ...flags], io, testContext(), new AbortController().signal, unused);
  return { code, out: io.out, err: io.err };
}

const needed = ['--host', 'posthog.example.com', '-n', 'ns-1'];
const documentsOf = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
const secretsIn = (objects: readonly KubeObject[]) => objects.filter(({ kind }) => kind === 'Secret');

describe('render', () => {
  test('writes every object as YAML, or as one List of JSON', async () => {
    const [yaml, json] = [await render(...needed), await render(...needed, '-o', 'json')];
    const list = JSON.parse(json.out) as { kind: string; items: KubeObject[] };
    expect(list.kind).toBe('List');
    expect(list.items.length).toBeGreaterThan(30);
    expect(documentsOf(yaml.out)).toEqual(list.items);
    expect(list.items.every(({ metadata }) => metadata.namespace === 'ns-1')).toBe(true);
    expect(yaml.err + json.err).toBe('');
  });

  test('is the same every time', async () => {
    expect((await render(...needed)).out).toBe((await render(...needed)).out);
  });

  test('leaves the values of Secrets out', async () => {
    const secrets = secretsIn(documentsOf((await render(...needed)).out));
    expect(secrets.map(({ metadata }) => metadata.name)).toEqual(['posthog-env']);
    expect(secrets.filter((secret) => 'data' in secret || 'stringData' in secret)).toEqual([]);
  });

  test('makes them with --with-secrets, those of mail and storage too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-render-'));
    const values = join(folder, 'values.yaml');
    const s3 = '{ endpoint: "https://s3.example.com", bucket: b, accessKey: k, secretKey: the-key }';
    await writeFile(values, `mail: { host: a.b, from: x, password: the-password }\ns3: ${s3}\n`);
    const { out } = await render(...needed, '--with-secrets', '--values', values);
    await rm(folder, { recursive: true });
    const contents = new Map(secretsIn(documentsOf(out)).map((each) => [each.metadata.name, each['stringData']]));
    expect(Object.keys(contents.get('posthog-env') as object).sort()).toEqual([...secretKeys].sort());
    expect(contents.get('posthog-mail')).toMatchObject({ password: 'the-password', port: '587' });
    expect(contents.get('posthog-s3')).toMatchObject({ secretKey: 'the-key', region: 'us-east-1' });
  });

  test.each([
    [['-n', 'ns-1'], '--host posthog.example.com'],
    [['-n', 'ns-1', '--host', 'posthog'], 'render needs the complete public host'],
    [['--host', 'posthog.example.com'], 'render needs the namespace'],
    [['--host', 'posthog.example.com', '-n', 'NS'], '"NS" is no name of a namespace'],
    [['--host', 'posthog.example.com', '-n', 'x'.repeat(64)], 'is no name of a namespace'],
    [[...needed, '-o', 'yml'], '"yml" cannot be --output: it must be one of yaml, json; did you mean yaml?'],
    [[...needed, '--split', '/dev/null'], 'cannot be written: ENOTDIR'],
  ])('%j is refused', async (flags, message) => {
    const { code, out, err } = await render(...flags);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});

describe('a folder of files', () => {
  let parent = '';
  let folder = '';
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'posthog-sealos-split-'));
    folder = join(parent, 'out');
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  const file = (name: string, text = name) => ({ name, text, secret: false });
  const contents = async () =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
      ),
    ) as Record<string, string>;

  test('is made with one file an object, in their order', async () => {
    expect(await render(...needed, '--split', join(folder, 'deeper'))).toEqual({ code: 0, out: '', err: '' });
    const names = (await readdir(join(folder, 'deeper'))).sort();
    const whole = documentsOf((await render(...needed)).out);
    expect(names).toHaveLength(whole.length);
    const objects = await Promise.all(names.map((name) => readFile(join(folder, 'deeper', name), 'utf8')));
    expect(objects.flatMap(documentsOf)).toEqual(whole);
    expect(names[0]).toBe('00-secret-posthog-env.yaml');
  });

  test('keeps secrets from others', async () => {
    await writeSplit([{ ...file('00-secret-a.yaml'), secret: true }, file('01-service-a.yaml')], folder);
    expect((await stat(join(folder, '00-secret-a.yaml'))).mode & 0o077).toBe(0);
    expect((await stat(join(folder, '01-service-a.yaml'))).mode & 0o400).toBe(0o400);
  });

  test('is brought up to date, without what this render does not have', async () => {
    await writeSplit([file('00-secret-a.yaml'), file('01-service-a.yaml')], folder);
    await mkdir(join(folder, '.posthog-sealos-render-killed'));
    await writeSplit([file('00-secret-a.yaml', 'new')], folder);
    expect(await contents()).toEqual({ '00-secret-a.yaml': 'new' });
  });

  test('may be reached by a link, which stays', async () => {
    await mkdir(join(parent, 'real'));
    await symlink(join(parent, 'real'), folder);
    await writeSplit([file('00-secret-a.yaml')], folder);
    expect(await readdir(join(parent, 'real'))).toEqual(['00-secret-a.yaml']);
  });

  test('is made with its parents, and refused where none can be made', async () => {
    const deep = join(parent, 'a', 'b', 'c');
    await writeSplit([file('00-secret-a.yaml')], deep);
    expect(await readdir(deep)).toEqual(['00-secret-a.yaml']);
    await expect(writeSplit([file('00-secret-a.yaml')], '/proc/nowhere/deep')).rejects.toMatchObject({ exit: 2 });
  });

  test('with files of somebody else is left as it is', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await expect(writeSplit([file('00-secret-a.yaml')], folder)).rejects.toMatchObject({
      exit: 2,
      message: expect.stringContaining('notes.txt'),
    });
    expect(await contents()).toEqual({ 'notes.txt': 'mine' });
  });

  test('keeps all its files when one cannot be written', async () => {
    await writeSplit([file('00-secret-a.yaml', 'old')], folder);
    const impossible = [file('00-secret-a.yaml', 'new'), file(`01-service-${'x'.repeat(300)}.yaml`)];
    await expect(writeSplit(impossible, folder)).rejects.toMatchObject({ exit: 2 });
    expect(await contents()).toEqual({ '00-secret-a.yaml': 'old' });
  });

  test('that was made for it goes again when nothing could be written', async () => {
    await expect(writeSplit([file('x'.repeat(300))], folder)).rejects.toMatchObject({ exit: 2 });
    expect(await readdir(parent)).toEqual([]);
  });
});
