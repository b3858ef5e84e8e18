import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFolder } from '../../source/build/bundle.ts';
import { bundledPackages, licenceTexts } from '../../source/build/licences.ts';
import { packedBytes, packedFiles } from '../../source/build/packed-size.ts';

/** A bundle made of these modules. */
const madeOf = (...modules: string[]) => ({ chunks: [{ path: 'cli.js', imports: [], modules }] });

describe('licences', () => {
  test('are those of the packages whose code is in the bundle', () => {
    const modules = [
      'source/cli.ts',
      'node_modules/yaml/dist/index.js',
      'node_modules/yaml/dist/doc/Document.js',
      'node_modules/@kubernetes/client-node/dist/config.js',
      'node_modules/a/node_modules/b/index.js',
    ];
    expect(bundledPackages(madeOf(...modules))).toEqual([
      'node_modules/@kubernetes/client-node',
      'node_modules/a/node_modules/b',
      'node_modules/yaml',
    ]);
  });

  test('of the API that the sandbox describes are there with it', async () => {
    const text = await licenceTexts(madeOf('source/sandbox/schema/kubernetes.json'));
    expect(text).toContain('Kubernetes (Apache-2.0)');
    expect(text).toContain('Apache License');
    expect(await licenceTexts(madeOf())).not.toContain('Kubernetes');
  });

  test('are passed on as the packages have them', async () => {
    const text = await licenceTexts(madeOf('node_modules/yaml/dist/index.js'));
    expect(text).toContain('yaml 2');
    expect(text).toContain(readFileSync(new URL('../../node_modules/yaml/LICENSE', import.meta.url), 'utf8').trim());
  });
});

describe('the packed size', () => {
  test('counts what is published and nothing that is taken away', async () => {
    const files = await packedFiles(['LICENSE', 'source/text', '!source/text/yaml.ts']);
    expect(files).toContain('LICENSE');
    expect(files).toContain('source/text/nearest.ts');
    expect(files).not.toContain('source/text/yaml.ts');
    const bytes = await packedBytes(files);
    expect(bytes).toBeGreaterThan(await packedBytes(['LICENSE']));
  });
});

describe('a written folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'posthog-sealos-folder-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = (path: string) => ({ path, contents: Buffer.from(path) });
  const present = () => readdirSync(folder, { recursive: true }).map(String).sort();

  test('holds the files and nothing of an earlier build', async () => {
    await writeFolder(folder, [file('cli.js'), file('chunks/a.js')]);
    await writeFolder(folder, [file('cli.js'), file('chunks/b.js')]);
    expect(present()).toEqual(['chunks', 'chunks/b.js', 'cli.js']);
    expect(readFileSync(join(folder, 'chunks/b.js'), 'utf8')).toBe('chunks/b.js');
  });

  test('keeps what it is told to keep', async () => {
    writeFileSync(join(folder, 'stub.js'), '');
    await writeFolder(folder, [file('cli.js')], new Set(['stub.js']));
    expect(present()).toEqual(['cli.js', 'stub.js']);
  });
});
