/** All objects, in memory, with what happened to them lately. */
import type { KubeObject } from '../../stack/types.ts';
import type { Change, Kind, Store } from '../types.ts';
import type { Journal, Restored } from './journal.ts';
import { keyOf, shelfOf } from './names.ts';

/** How many changes a watch can catch up with; a real server keeps five minutes. */
const historyLimit = 4000;

interface Shelf {
  /** By `namespace/name`, or the name alone. */
  readonly objects: Map<string, KubeObject>;
  /** Sorted lists by namespace (`''`: all), until the next change. */
  readonly lists: Map<string, readonly KubeObject[]>;
}

const keyOfObject = ({ metadata }: KubeObject): string => keyOf(metadata.namespace, metadata.name);

/**
 * @param options.journal keeps every change on disk before `put` and `remove` return.
 * @param options.restore what a journal held when it was opened.
 */
export function createStore(options: { readonly journal?: Journal; readonly restore?: Restored } = {}): Store {
  const shelves = new Map<string, Shelf>();
  const listeners = new Set<(change: Change) => void>();
  let version = options.restore?.version ?? 1;
  let history: Change[] = [];

  for (const { shelf, objects } of options.restore?.shelves ?? []) shelves.set(shelf, { objects, lists: new Map() });

  const shelfFor = (kind: Kind): Shelf => {
    const known = shelves.get(shelfOf(kind));
    if (known) return known;
    const shelf: Shelf = { objects: new Map(), lists: new Map() };
    shelves.set(shelfOf(kind), shelf);
    return shelf;
  };

  const tell = (change: Change): void => {
    version = change.version;
    history.push(change);
    if (history.length > 2 * historyLimit) history = history.slice(-historyLimit);
    for (const listener of listeners) listener(change);
  };

  const stamped = (object: KubeObject, next: number): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion: String(next) },
  });

  return {
    get version() {
      return version;
    },

    get: (kind, namespace, name) => shelves.get(shelfOf(kind))?.objects.get(keyOf(namespace, name)),

    list(kind, namespace = '') {
      const shelf = shelfFor(kind);
      const known = shelf.lists.get(namespace);
      if (known) return known;
      const prefix = namespace && `${namespace}/`;
      const keys = [...shelf.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
      const list = keys.flatMap((key) => shelf.objects.get(key) ?? []);
      shelf.lists.set(namespace, list);
      return list;
    },

    put(kind, object) {
      const shelf = shelfFor(kind);
      const next = version + 1;
      const kept = stamped(object, next);
      const key = keyOfObject(kept);
      const before = shelf.objects.get(key);
      options.journal?.append({ shelf: shelfOf(kind), version: next, object: kept }, () => shelves);
      shelf.objects.set(key, kept);
      shelf.lists.clear();
      const type = before ? 'MODIFIED' : 'ADDED';
      tell({ type, version: next, kind, object: kept, ...(before && { before }) });
      return kept;
    },

    remove(kind, object) {
      const shelf = shelfFor(kind);
      const next = version + 1;
      const last = stamped(object, next);
      const key = keyOfObject(object);
      const before = shelf.objects.get(key) ?? object;
      options.journal?.append({ shelf: shelfOf(kind), version: next, gone: key }, () => shelves);
      shelf.objects.delete(key);
      shelf.lists.clear();
      tell({ type: 'DELETED', version: next, kind, object: last, before });
      return last;
    },

    since(from) {
      const forgotten = version - history.length;
      return from < forgotten ? undefined : history.slice(from - forgotten);
    },

    compact() {
      history = [];
    },

    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
