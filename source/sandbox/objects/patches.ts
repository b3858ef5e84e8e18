/** JSON patch (RFC 6902) and merge patch (RFC 7386), as github.com/evanphx/json-patch applies them for the server. */
import { StatusError } from './status-error.ts';
import { equal, isMap, withEntry } from './values.ts';

export interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** @throws StatusError 422 for a patch that does not fit the object. */
export function jsonPatched(object: unknown, patch: readonly Operation[]): unknown {
  const copied: Copied = { bytes: 0 };
  return patch.reduce<unknown>((patched, operation) => operated(patched, operation, copied), object);
}

/** What copies have added: some words that double what is there would take all memory (`AccumulatedCopySizeLimit`). */
interface Copied {
  bytes: number;
}
const mostCopied = 3 * 2 ** 20;

function operated(object: unknown, operation: Operation, copied: Copied): unknown {
  if (!isMap(operation)) throw StatusError.unprocessable();
  const { op, path, from, value } = operation;
  const target = pointer(path);
  switch (op) {
    case 'add':
      return changed(object, target, (parent, key) => added(parent, key, value));
    case 'remove':
      return changed(object, target, removed);
    case 'replace':
      return changed(object, target, (parent, key) => replaced(parent, key, value));
    case 'move': {
      const source = pointer(from);
      const taken = found(object, source);
      return changed(changed(object, source, removed), target, (parent, key) => added(parent, key, taken));
    }
    case 'copy': {
      const copy = found(object, pointer(from));
      copied.bytes += JSON.stringify(copy ?? null).length;
      if (copied.bytes > mostCopied) throw StatusError.unprocessable();
      return changed(object, target, (parent, key) => added(parent, key, copy));
    }
    case 'test':
      if (equal(found(object, target, true) ?? null, value ?? null)) return object;
      throw StatusError.unprocessable();
    default:
      throw StatusError.unprocessable();
  }
}

function pointer(path: string | undefined): readonly string[] {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) throw StatusError.unprocessable();
  const keys = path.split('/').slice(1);
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function found(value: unknown, path: readonly string[], orNothing = false): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const child = Array.isArray(value) ? value[indexIn(value, key)] : isMap(value) ? value[key] : undefined;
  if (child !== undefined) return found(child, rest, orNothing);
  if (orNothing && rest.length === 0 && isMap(value)) return undefined;
  throw StatusError.unprocessable();
}

type Parent = readonly unknown[] | Readonly<Record<string, unknown>>;

function changed(value: unknown, path: readonly string[], change: (parent: Parent, key: string) => unknown): unknown {
  const [key, ...rest] = path;
  if (!Array.isArray(value) && !isMap(value)) throw StatusError.unprocessable();
  // The whole object cannot be put in another's place.
  if (key === undefined) throw StatusError.unprocessable();
  if (rest.length === 0) return change(value, key);
  const child = found(value, [key]);
  return Array.isArray(value)
    ? value.with(indexIn(value, key), changed(child, rest, change))
    : withEntry(value, key, changed(child, rest, change));
}

function added(parent: Parent, key: string, value: unknown): unknown {
  const entry = value ?? null;
  if (!Array.isArray(parent)) return { ...parent, [key]: entry };
  return key === '-' ? [...parent, entry] : parent.toSpliced(indexIn(parent, key, 1), 0, entry);
}

/** What a map does not have is added, as json-patch does it. */
function replaced(parent: Parent, key: string, value: unknown): unknown {
  return Array.isArray(parent) ? parent.with(indexIn(parent, key), value ?? null) : { ...parent, [key]: value ?? null };
}

function removed(parent: Parent, key: string): unknown {
  found(parent, [key]);
  return Array.isArray(parent) ? parent.toSpliced(indexIn(parent, key), 1) : withEntry(parent, key, undefined);
}

/** A negative index counts from the end, as json-patch allows. */
function indexIn(list: readonly unknown[], key: string, beyond = 0): number {
  const index = /^-?\d+$/.test(key) ? Number(key) : Number.NaN;
  const absolute = index < 0 ? index + list.length + beyond : index;
  if (absolute >= 0 && absolute < list.length + beyond) return absolute;
  throw StatusError.unprocessable();
}

/** Maps are merged, null takes out, everything else replaces. */
export function mergePatched(value: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result: Record<string, unknown> = isMap(value) ? { ...value } : {};
  for (const [key, entry] of Object.entries(patch)) {
    if (entry === null) delete result[key];
    else result[key] = mergePatched(result[key], entry);
  }
  return result;
}
