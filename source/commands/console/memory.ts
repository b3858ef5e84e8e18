/** What is remembered on this computer between two runs: the language, and answers of an install that has not begun. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { logging } from '../../logs/presets.ts';
import { makeFolder } from '../../make-folder.ts';
import { programHome } from '../../sandbox/home/home.ts';
import { sizeNames } from '../../stack/types.ts';

const memorySchema = v.object({
  language: v.optional(v.picklist(['en', 'zh'])),
  /** The file that was given when none was found. */
  kubeconfig: v.optional(v.string()),
  /** Components whose logs were shown last, side by side. */
  logs: v.optional(v.pipe(v.array(v.picklist(logging)), v.minLength(1), v.maxLength(6))),
  /** By namespace, so that answers for one place do not appear at another. */
  answers: v.optional(
    v.record(
      v.string(),
      v.object({
        texts: v.record(v.string(), v.string()),
        switches: v.record(v.string(), v.boolean()),
        size: v.picklist(sizeNames),
      }),
    ),
  ),
});
export type Memory = v.InferOutput<typeof memorySchema>;
type Env = Readonly<Record<string, string | undefined>>;

/** Nothing of what cannot be read: it is only a convenience. */
export async function recall(env: Env): Promise<Memory> {
  const known = await kept(env);
  const fields = Object.entries(memorySchema.entries).flatMap(([name, schema]) => {
    const result = v.safeParse(schema, known[name]);
    return result.success && result.output !== undefined ? [[name, result.output]] : [];
  });
  return Object.fromEntries(fields) as Memory;
}

/** What the file holds, also what only another version of this program understands. */
async function kept(env: Env): Promise<Readonly<Record<string, unknown>>> {
  const home = programHome(env, process.platform);
  if (home === undefined) return {};
  try {
    const path = join(home, fileName);
    // Something else than a file may have no end.
    const value: unknown = (await stat(path)).isFile() ? JSON.parse(await readFile(path, 'utf8')) : {};
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Adds what is new to what is there, which another console may have written. What cannot be written is forgotten. */
export async function remember(env: Env, news: Partial<Memory>): Promise<void> {
  const before = await kept(env);
  const answers = { ...answersIn(before), ...news.answers };
  await write(env, { ...before, ...news, ...(Object.keys(answers).length > 0 ? { answers } : {}) });
}

/** Of a place that begins anew. */
export async function forgetAnswers(env: Env, namespace: string): Promise<void> {
  const before = await kept(env);
  const { [namespace]: gone, ...answers } = answersIn(before);
  if (gone !== undefined) await write(env, { ...before, answers });
}

const answersIn = ({ answers }: Readonly<Record<string, unknown>>) => (isRecord(answers) ? answers : {});

async function write(env: Env, content: object): Promise<void> {
  const home = programHome(env, process.platform);
  if (home === undefined) return;
  const draft = join(home, `${fileName}.${process.pid}.part`);
  try {
    await makeFolder(home, 0o700);
    await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
    await rename(draft, join(home, fileName));
  } catch {
    // A full disk is no reason to trouble somebody who installs.
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Keeps a pasted kubeconfig for this and later runs, readable by its owner only. @returns its path @throws Error that says why it cannot */
export async function keepKubeconfig(env: Env, content: string): Promise<string> {
  const home = programHome(env, process.platform);
  if (home === undefined) throw new Error('no HOME');
  await makeFolder(home, 0o700);
  const path = join(home, 'kubeconfig');
  await writeFile(`${path}.${process.pid}.part`, content.replaceAll('\r\n', '\n').replaceAll('\r', '\n'), {
    mode: 0o600,
  });
  await rename(`${path}.${process.pid}.part`, path);
  return path;
}

/** Keeps what is known of a crash. @returns its file; undefined where it cannot be kept */
export async function keepReport(env: Env, version: string, error: unknown): Promise<string | undefined> {
  const home = programHome(env, process.platform);
  if (home === undefined) return undefined;
  const about = `posthog-sealos ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
  const stack = error instanceof Error ? error.stack : String(error);
  const path = join(home, 'crash.txt');
  try {
    await makeFolder(home, 0o700);
    await writeFile(path, `${about}\n${stack}\n`, { mode: 0o600 });
    return path;
  } catch {
    return undefined;
  }
}

const fileName = 'console.json';
