/** Reads a file of answers, keeping the line of every key for messages. */
import { constants, createReadStream, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import type { Document, LineCounter } from 'yaml';
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import type { AnswerSource } from '../stack/answers.ts';

const sizeLimit = 2 ** 20;

/**
 * @throws UserError `bad-values` (exit 2): missing, a directory, larger than 1 MiB, no YAML, a key twice, anchors,
 * not keys and values.
 */
export async function readValuesFile(file: string, signal: AbortSignal): Promise<AnswerSource> {
  const content = await readLimited(file, signal);
  const { isMap, isScalar, LineCounter: Lines, parseDocument, visit } = await import('yaml');
  const lines = new Lines();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  refuseMistakes(file, content, document, lines);
  const { contents } = document;
  const empty = contents === null || (isScalar(contents) && contents.value === null);
  if (!empty && !isMap(contents)) throw bad(file, (t) => t.answers.file.notMap(file));
  const places = new Map<string, number>();
  visit(document, {
    // Answers need no anchors; a file that multiplies itself by them is refused instead of unfolded.
    Alias(_, { range }) {
      const line = lineAt(lines, range?.[0]);
      throw bad(file, (t) => t.cli.errors.valuesAlias(file, line));
    },
    Pair(_, { key }, path) {
      if (!isScalar(key)) return;
      const parents = path.flatMap((node) => ('key' in node && isScalar(node.key) ? [String(node.key.value)] : []));
      places.set([...parents, String(key.value)].join('.'), lineAt(lines, key.range?.[0]));
    },
  });
  return {
    values: document.toJS({ maxAliasCount: 0 }) as unknown,
    place: (key) => (t) => t.answers.places.line(file, places.get(key) ?? 1),
  };
}

/** Its text, of which no more than the limit is ever read: it may be a pipe without an end. */
async function readLimited(file: string, signal: AbortSignal): Promise<string> {
  const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? bad(file, (t) => t.answers.file.missing(file)) : unreadable(file, error);
  });
  if (info.isDirectory()) throw bad(file, (t) => t.answers.file.directory(file));
  if (info.size > sizeLimit) throw tooLarge(file);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    const stream = info.isFIFO() ? openPipe(file) : createReadStream(file, { end: sizeLimit });
    for await (const piece of addAbortSignal(signal, stream) as AsyncIterable<Buffer>) {
      pieces.push(piece);
      size += piece.length;
      if (size > sizeLimit) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
  if (size > sizeLimit) throw tooLarge(file);
  return Buffer.concat(pieces).toString('utf8');
}

/** A plain open waits until somebody writes, and nothing can interrupt that; here only the reading waits. */
function openPipe(file: string): Readable {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

const unreadable = (file: string, { code, message }: NodeJS.ErrnoException): UserError =>
  bad(file, (t) => t.answers.file.unreadable(file, code ?? message));

function refuseMistakes(file: string, content: string, { errors }: Document, lines: LineCounter): void {
  const [error] = errors;
  if (!error) return;
  const line = lineAt(lines, error.pos[0]);
  const key = content.slice(error.pos[0]).match(/^[^:\s]+/)?.[0] ?? '';
  throw bad(file, (t) =>
    error.code === 'DUPLICATE_KEY'
      ? t.answers.file.duplicate(file, line, key)
      : t.answers.file.syntax(file, line, error.message),
  );
}

const lineAt = (lines: LineCounter, offset = 0): number => lines.linePos(offset).line;

const tooLarge = (file: string): UserError => bad(file, (t) => t.answers.file.tooLarge(file, '1 MiB'));

function bad(file: string, say: Say): UserError {
  return new UserError({
    code: 'bad-values',
    exit: exitCodes.usage,
    say,
    hint: (t) => t.answers.file.hint,
    object: file,
  });
}
