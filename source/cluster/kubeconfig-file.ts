/** Reads one kubeconfig file as text that may hold anything, down to entries with names. */
import { readFile, stat } from 'node:fs/promises';
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';

export interface RawCluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
}
export interface RawUser {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly exec?: {
    apiVersion?: string;
    command?: string;
    args?: readonly string[];
    env?: readonly { name: string; value: string }[];
    provideClusterInfo?: boolean;
  };
}
export interface RawConfig {
  readonly clusters?: readonly { readonly name?: string; readonly cluster?: RawCluster }[] | null;
  readonly users?: readonly { readonly name?: string; readonly user?: RawUser }[] | null;
  readonly contexts?: readonly { readonly name?: string }[] | null;
  readonly 'current-context'?: string;
}
export interface ConfigFile {
  readonly path: string;
  readonly config: RawConfig;
}

/** A real one has some kilobytes; whatever is larger is another file. */
const sizeLimit = 2 ** 20;

export function badKubeconfig(file: string, say: Say, hint: Say = (t) => t.cluster.kubeconfig.badHint): UserError {
  return new UserError({ code: 'bad-kubeconfig', exit: exitCodes.usage, say, hint, object: file });
}

export function unreadable(file: string, error: NodeJS.ErrnoException, object = file): UserError {
  return badKubeconfig(object, (t) => t.cluster.kubeconfig.unreadable(file, error.code ?? error.message));
}

/**
 * Undefined when there is no such file.
 * @throws UserError `bad-kubeconfig` (exit 2) naming the file, and the line where it is no YAML.
 */
export async function readConfigFile(path: string, signal: AbortSignal | undefined): Promise<ConfigFile | undefined> {
  const text = await readText(path, signal);
  if (text === undefined) return undefined;
  if (text.trim() === '') throw badKubeconfig(path, (t) => t.cluster.kubeconfig.empty(path));
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw badKubeconfig(path, (t) => t.cluster.kubeconfig.malformed(path, error.linePos?.[0].line));
  const config = unfolded(() => document.toJS({ maxAliasCount: 0 }), path);
  if (!isConfig(config)) throw badKubeconfig(path, (t) => t.cluster.kubeconfig.notKubeconfig(path));
  return { path, config };
}

async function readText(path: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw badKubeconfig(path, (t) => t.cluster.kubeconfig.directory(path));
    // A pipe may be one that a shell has made; a device has no end.
    const isText = info.isFile() || info.isFIFO();
    if (!isText || info.size > sizeLimit) throw badKubeconfig(path, (t) => t.cluster.kubeconfig.notKubeconfig(path));
    return await readFile(path, { encoding: 'utf8', ...(signal ? { signal } : {}) });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

/** A kubeconfig needs no anchors; one that multiplies itself by them is refused instead of unfolded. */
function unfolded(read: () => unknown, path: string): unknown {
  try {
    return read();
  } catch {
    throw badKubeconfig(path, (t) => t.cluster.kubeconfig.malformed(path, undefined));
  }
}

/** Lists may be empty or null, as `kubectl config delete-context` leaves them. */
function isConfig(config: unknown): config is RawConfig {
  if (config === null || typeof config !== 'object' || !('clusters' in config)) return false;
  const { clusters, users, contexts } = config as RawConfig;
  return [clusters, users, contexts].every(
    (list) =>
      list === undefined ||
      list === null ||
      (Array.isArray(list) && list.every((entry) => entry !== null && typeof entry === 'object')),
  );
}
