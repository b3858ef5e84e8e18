/** The files of `manifests/` themselves: all known, all plain Kubernetes YAML before rendering, all with a word on what they are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { components } from '../../source/stack/components.ts';
import { sizeNames } from '../../source/stack/types.ts';

const folder = fileURLToPath(new URL('../../manifests/', import.meta.url));
const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
  .sort();
const objectFiles = ['instance.yaml', ...components.map(({ id, phase }) => `${phase}/${id}.yaml`)];
const documents = (path: string) =>
  parseAllDocuments(readFileSync(join(folder, path), 'utf8'), { version: '1.2', uniqueKeys: true, merge: false });

describe('the files of manifests', () => {
  it('are one for each component, the sizes, the releases and the groups of environments', () => {
    const others = paths.filter((path) => !objectFiles.includes(path));
    expect(paths).toEqual(expect.arrayContaining(objectFiles));
    expect(others.filter((path) => !/^(env|releases)\//.test(path))).toEqual(
      [...sizeNames, 'topics'].map((name) => `sizes/${name}.yaml`).sort(),
    );
  });

  it.each(paths)('%s is YAML without errors, anchors or tags, and begins with what it is', (path) => {
    const text = readFileSync(join(folder, path), 'utf8');
    expect(text).toMatch(/^# \w/);
    for (const document of documents(path)) {
      expect([...document.errors, ...document.warnings]).toEqual([]);
    }
    expect(text).not.toMatch(/^[^#]*[:-] [&*]\w/m);
  });

  it.each(objectFiles)('%s holds Kubernetes objects, named after the instance', (path) => {
    for (const document of documents(path)) {
      const { apiVersion, kind, metadata } = document.toJS() as {
        apiVersion: string;
        kind: string;
        metadata: { name: string };
      };
      expect([typeof apiVersion, typeof kind]).toEqual(['string', 'string']);
      expect(metadata.name).toMatch(/^\$\{app\}(-[a-z-]+)?$/);
      expect(metadata).not.toHaveProperty('namespace');
    }
  });

  it('differ from size to size in numbers, not in keys', () => {
    const keys = (value: unknown, path = ''): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => (key === 'request' ? [] : keys(inner, `${path}.${key}`)))
        : [path];
    const [first, ...rest] = sizeNames.map((size) => keys(documents(`sizes/${size}.yaml`)[0]?.toJS()));
    for (const each of rest) expect(each).toEqual(first);
  });
});
