/** Reads a file of answers, keeping the line of every key for messages. */
import { readFile, stat } from 'node:fs/promises';
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import type { AnswerSource } from '../stack/answers.ts';

const sizeLimit = 2 ** 20;

/** @throws UserError `bad-values` (exit 2): missing, a directory, too large, no YAML, a key twice, not keys and values. */
export async function readValuesFile(file: string): Promise<AnswerSource> {
  const info = await stat(file).catch(() => undefined);
  if (!info) throw bad(file, (t) => t.answers.file.missing(file));
  if (info.isDirectory()) throw bad(file, (t) => t.answers.file.directory(file));
  if (info.size > sizeLimit) throw bad(file, (t) => t.answers.file.tooLarge(file, '1 MiB'));
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw bad(file, (t) => t.answers.file.unreadable(file, error.code ?? error.message));
  });
  const { isMap, isScalar, LineCounter, parseDocument, visit } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    const key = content.slice(error.pos[0]).match(/^[^:\s]+/)?.[0] ?? '';
    throw bad(file, (t) =>
      error.code === 'DUPLICATE_KEY'
        ? t.answers.file.duplicate(file, line, key)
        : t.answers.file.syntax(file, line, error.message),
    );
  }
  if (document.contents !== null && !isMap(document.contents)) throw bad(file, (t) => t.answers.file.notMap(file));
  const places = new Map<string, number>();
  visit(document, {
    Pair(_, pair, path) {
      if (!isScalar(pair.key) || !pair.key.range) return;
      const parents = path.flatMap((node) => ('key' in node && isScalar(node.key) ? [String(node.key.value)] : []));
      places.set([...parents, String(pair.key.value)].join('.'), lines.linePos(pair.key.range[0]).line);
    },
  });
  // Answers need no anchors; a file that multiplies itself by them is refused instead of unfolded.
  const values = plain(() => document.toJS({ maxAliasCount: 0 }) as unknown, file);
  return { values, place: (key) => (t) => t.answers.places.line(file, places.get(key) ?? 1) };
}

function plain(read: () => unknown, file: string): unknown {
  try {
    return read();
  } catch (error) {
    throw bad(file, (t) => t.answers.file.syntax(file, 1, (error as Error).message));
  }
}

function bad(file: string, say: Say): UserError {
  return new UserError({
    code: 'bad-values',
    exit: exitCodes.usage,
    say,
    hint: (t) => t.answers.file.hint,
    object: file,
  });
}
