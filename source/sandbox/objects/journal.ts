/**
 * The store on disk: one file, one JSON line a change, each handed to the system before the write is acknowledged, so that a
 * kill at any moment loses nothing. A file that grew long is replaced by one that holds only what still is.
 */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { KubeObject } from '../../stack/types.ts';
import { keyOf } from './names.ts';

/** Raised when an older program could not read the file any more. */
const formatVersion = 1;
const header = `${JSON.stringify({ format: 'posthog-sealos sandbox objects', version: formatVersion })}\n`;

/** Lines that a file may hold beyond those of its objects before it is written anew. */
const slack = 20_000;

/** `object` was put, or the one under the key `gone` was removed. */
export type JournalEntry =
  | { readonly shelf: string; readonly version: number; readonly object: KubeObject }
  | { readonly shelf: string; readonly version: number; readonly gone: string };

type Shelves = Iterable<readonly [string, { readonly objects: ReadonlyMap<string, KubeObject> }]>;

export interface Journal {
  /** Keeps a change. @param all gives everything that is kept without it, for the rare time the file is written anew. */
  append(entry: JournalEntry, all: () => Shelves): void;
  close(): void;
}

export interface Restored {
  readonly version: number;
  readonly shelves: readonly { readonly shelf: string; readonly objects: Map<string, KubeObject> }[];
}

/** A file that cannot be used. It is left as it is. */
export class JournalError extends Error {
  readonly file: string;
  readonly problem: 'damaged' | 'newer';

  constructor(file: string, problem: 'damaged' | 'newer') {
    super(problem === 'newer' ? `${file} was written by a newer program` : `${file} is damaged`);
    this.name = 'JournalError';
    this.file = file;
    this.problem = problem;
  }
}

/**
 * Opens or begins a journal. A last line that was cut off by the end of its writer was never acknowledged, and is dropped.
 * @throws JournalError for a damaged file or one of a newer program; the errors of `node:fs` for the rest.
 */
export function openJournal(file: string): { readonly journal: Journal; readonly restore: Restored } {
  const content = readIfThere(file);
  const whole = content.slice(0, content.lastIndexOf('\n') + 1);
  if (!whole && !header.startsWith(content)) throw new JournalError(file, 'damaged');
  const restore = whole ? restored(file, whole) : { version: 1, lines: 0, shelves: [] };
  let lines = restore.lines;
  let descriptor = openSync(file, 'a', 0o600);
  let size = Buffer.byteLength(whole);
  ftruncateSync(descriptor, size);

  const write = (line: string): void => {
    try {
      size += writeAll(descriptor, line);
    } catch (error) {
      // A full disk may have taken a part: without it the file stays whole, and the write is refused as a whole.
      ftruncateSync(descriptor, size);
      throw error;
    }
  };
  if (!whole) write(header);

  const replace = (version: number, all: Shelves): void => {
    const entries = [...all].flatMap(([shelf, { objects }]) =>
      [...objects.values()].map((object) => lineOf({ shelf, version, object })),
    );
    const next = `${file}.next`;
    try {
      writeFileSync(next, header + entries.join(''), { mode: 0o600 });
      renameSync(next, file);
    } catch (error) {
      rmSync(next, { force: true });
      throw error;
    }
    closeSync(descriptor);
    descriptor = openSync(file, 'a', 0o600);
    size = Buffer.byteLength(header) + entries.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0);
    lines = entries.length;
  };

  const journal: Journal = {
    append(entry, all) {
      if (lines > slack) {
        const shelves = [...all()];
        const objects = shelves.reduce((sum, [, shelf]) => sum + shelf.objects.size, 0);
        if (lines > slack + objects) replace(entry.version - 1, shelves);
      }
      write(lineOf(entry));
      lines += 1;
    },
    close: () => closeSync(descriptor),
  };
  return { journal, restore };
}

const lineOf = (entry: JournalEntry): string => `${JSON.stringify(entry)}\n`;

function writeAll(descriptor: number, text: string): number {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
  return bytes.length;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function restored(file: string, content: string): Restored & { readonly lines: number } {
  const [first = '', ...lines] = content.trimEnd().split('\n');
  const { version: written } = parsed<{ version?: unknown }>(file, first);
  if (typeof written !== 'number') throw new JournalError(file, 'damaged');
  if (written > formatVersion) throw new JournalError(file, 'newer');
  const shelves = new Map<string, Map<string, KubeObject>>();
  let version = 1;
  for (const line of lines) {
    const entry = parsed<JournalEntry>(file, line);
    if (!isEntry(entry)) throw new JournalError(file, 'damaged');
    const objects = shelves.get(entry.shelf) ?? new Map<string, KubeObject>();
    shelves.set(entry.shelf, objects);
    version = entry.version;
    if ('gone' in entry) objects.delete(entry.gone);
    else objects.set(keyOf(entry.object.metadata.namespace, entry.object.metadata.name), entry.object);
  }
  return { version, lines: lines.length, shelves: [...shelves].map(([shelf, objects]) => ({ shelf, objects })) };
}

function isEntry({ shelf, version, ...rest }: Partial<JournalEntry>): boolean {
  const { gone, object } = rest as { readonly gone?: unknown; readonly object?: Partial<KubeObject> | null };
  const isKnown = typeof gone === 'string' || typeof object?.metadata?.name === 'string';
  return typeof shelf === 'string' && typeof version === 'number' && isKnown;
}

function parsed<T>(file: string, line: string): T {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // Told below.
  }
  throw new JournalError(file, 'damaged');
}
