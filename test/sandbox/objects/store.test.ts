import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalError, openJournal } from '../../../source/sandbox/objects/journal.ts';
import { createStore } from '../../../source/sandbox/objects/store.ts';
import type { Change, Kind } from '../../../source/sandbox/types.ts';
import type { KubeObject } from '../../../source/stack/types.ts';

const kind: Kind = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: [],
  subresources: [],
};

const object = (name: string, data: object = {}, namespace = 'n'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

const names = (list: readonly KubeObject[]): readonly string[] =>
  list.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

describe('a store', () => {
  it('lists by namespace and name, in the order of etcd', () => {
    const store = createStore();
    for (const [namespace, name] of [
      ['b', 'x'],
      ['a', 'z'],
      ['a-1', 'y'],
      ['a', 'b'],
    ] as const)
      store.put(kind, object(name, {}, namespace));
    expect(names(store.list(kind))).toEqual(['a-1/y', 'a/b', 'a/z', 'b/x']);
    expect(names(store.list(kind, 'a'))).toEqual(['a/b', 'a/z']);
    store.remove(kind, object('b', {}, 'a'));
    expect(names(store.list(kind, 'a'))).toEqual(['a/z']);
  });

  it('stamps versions that only rise, and tells changes with what was before', () => {
    const store = createStore();
    const changes: Change[] = [];
    const stop = store.onChange((change) => changes.push(change));
    const first = store.put(kind, object('a', { x: '1' }));
    const second = store.put(kind, object('a', { x: '2' }));
    const last = store.remove(kind, second);
    stop();
    store.put(kind, object('b'));
    expect(changes).toEqual([
      { type: 'ADDED', version: 2, kind, object: first },
      { type: 'MODIFIED', version: 3, kind, object: second, before: first },
      { type: 'DELETED', version: 4, kind, object: last, before: second },
    ]);
    expect([first, second, last].map(({ metadata }) => metadata.resourceVersion)).toEqual(['2', '3', '4']);
  });

  it('remembers what happened since, until it is compacted or too long ago', () => {
    const store = createStore();
    const start = store.version;
    store.put(kind, object('a'));
    store.put(kind, object('b'));
    expect(store.since(start)?.map(({ version }) => version)).toEqual([start + 1, start + 2]);
    expect(store.since(start + 1)?.map(({ version }) => version)).toEqual([start + 2]);
    store.compact();
    expect(store.since(start + 1)).toBeUndefined();
    expect(store.since(store.version)).toEqual([]);
    for (let count = 0; count < 10_000; count++) store.put(kind, object('c'));
    expect(store.since(store.version - 10_000)).toBeUndefined();
    expect(store.since(store.version - 4000)).toHaveLength(4000);
  });
});

describe('a journal', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
    file = join(folder, 'objects');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const opened = () => createStore(openJournal(file));

  it('gives back what was acknowledged, without having been closed', () => {
    const store = opened();
    store.put(kind, object('a', { x: '1' }));
    store.put(kind, object('b'));
    store.put(kind, object('a', { x: '2' }));
    store.remove(kind, object('b'));
    const again = opened();
    expect(again.version).toBe(store.version);
    expect(again.list(kind)).toEqual(store.list(kind));
    // Watches begin anew: what happened before is not remembered.
    expect(again.since(again.version - 1)).toBeUndefined();
  });

  it('drops a last line that was cut off, and goes on after the others', () => {
    opened().put(kind, object('a'));
    appendFileSync(file, '{"shelf":"/configmaps","version":3,"obj');
    const store = opened();
    expect(names(store.list(kind))).toEqual(['n/a']);
    store.put(kind, object('b'));
    expect(names(opened().list(kind))).toEqual(['n/a', 'n/b']);
  });

  it('begins anew when not even the header was written', () => {
    writeFileSync(file, '{"format":"posthog-se');
    opened().put(kind, object('a'));
    expect(names(opened().list(kind))).toEqual(['n/a']);
  });

  const head = '{"format":"posthog-sealos sandbox objects","version":1}\n';

  it.each([
    ['no header', 'hello\n', 'damaged'],
    ['somebody else’s file', 'hello', 'damaged'],
    ['a newer header', '{"format":"posthog-sealos sandbox objects","version":2}\n', 'newer'],
    ['a line without a shelf', `${head}{"a":1}\n`, 'damaged'],
    ['a line with no object', `${head}{"shelf":"v1/pods","version":3,"object":null}\n`, 'damaged'],
    ['an object without a name', `${head}{"shelf":"v1/pods","version":3,"object":{}}\n`, 'damaged'],
    ['a broken line', '{"format":"posthog-sealos sandbox objects","version":1}\n{"shelf\n{}\n', 'damaged'],
  ] as const)('refuses and leaves alone a file with %s', (_what, content, problem) => {
    writeFileSync(file, content);
    expect(() => openJournal(file)).toThrow(
      expect.objectContaining({ constructor: JournalError, problem, file }) as unknown as Error,
    );
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it('writes the file anew when it grew long', () => {
    const store = opened();
    store.put(kind, object('kept', { x: 'y' }));
    for (let count = 0; count < 19_990; count++) store.put(kind, object('busy', { count: String(count) }));
    const long = statSync(file).size;
    for (let count = 0; count < 20; count++) store.put(kind, object('busy', { count: String(count) }));
    store.put(kind, object('last'));
    store.remove(kind, object('busy'));
    expect(statSync(file).size).toBeLessThan(long / 1000);
    expect(existsSync(`${file}.next`)).toBe(false);
    const again = opened();
    expect(again.list(kind)).toEqual(store.list(kind));
    expect(again.version).toBe(store.version);
  });

  it('keeps memory as it is when the disk refuses', () => {
    const { journal, restore } = openJournal(file);
    const store = createStore({ journal, restore });
    store.put(kind, object('a'));
    journal.close();
    expect(() => store.put(kind, object('b'))).toThrow(/EBADF/);
    expect(names(store.list(kind))).toEqual(['n/a']);
    expect(store.version).toBe(2);
  });
});
