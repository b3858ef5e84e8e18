/** What operators are made of: a picture of the objects they care for, and a loop that runs after every change of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Api, type KubeObject, pathOf, type Reference } from '../api.ts';

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** Objects of one kind as they are now, by `namespace/name`. */
export type Picture<T> = ReadonlyMap<string, T>;

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

async function followOnce<T extends KubeObject>(
  api: Api,
  reference: Reference,
  query: string,
  objects: Map<string, T>,
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  const path = pathOf(reference);
  const { apiVersion, kind } = reference;
  const list = await api.call<{ items: T[]; metadata: { resourceVersion: string } }>('GET', `${path}?${query}`, signal);
  objects.clear();
  // A list does not say of its items what they are.
  for (const object of list.items) objects.set(keyOf(object), { ...object, apiVersion, kind });
  changed();
  const watch = `${path}?${query}&watch=true&timeoutSeconds=600&resourceVersion=${list.metadata.resourceVersion}`;
  for await (const line of api.lines(watch, signal)) {
    const { type, object } = JSON.parse(line) as WatchEvent<T>;
    // Too old, or the server goes: list again.
    if (type === 'ERROR') return;
    if (type === 'BOOKMARK') continue;
    if (type === 'DELETED') objects.delete(keyOf(object));
    else objects.set(keyOf(object), object);
    changed();
  }
}

/** Keeps a picture of all objects of a kind, and tells of every change; a kind that is not served yet is asked for again. */
export function follow<T extends KubeObject>(
  api: Api,
  reference: Reference,
  changed: () => void,
  signal: AbortSignal,
  query = '',
): Picture<T> {
  const objects = new Map<string, T>();
  const keep = async (): Promise<void> => {
    while (!signal.aborted) {
      await followOnce(api, reference, query, objects, changed, signal).catch(() => undefined);
      await delay(200, undefined, { signal }).catch(() => undefined);
    }
  };
  void keep();
  return objects;
}

/** Runs `reconcile` after calls of the function it gives back: never twice at a time, once for many calls, again after a failure. */
export function loop(name: string, reconcile: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): () => void {
  let wanted = false;
  let running = false;
  const work = async (): Promise<void> => {
    running = true;
    while (wanted && !signal.aborted) {
      wanted = false;
      try {
        await reconcile(signal);
      } catch (error) {
        if (signal.aborted) break;
        console.error(`${name}: ${(error as Error).message}`);
        wanted = true;
        await delay(300, undefined, { signal }).catch(() => undefined);
      }
    }
    running = false;
  };
  return () => {
    wanted = true;
    if (!running) void work();
  };
}
