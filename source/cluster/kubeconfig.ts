/**
 * Finds and merges kubeconfig files as kubectl does (the first file wins, missing ones are skipped), and lets client-node
 * read the entries. Its KubeConfig refuses duplicates and missing files, and brings 600 KB along, which would be loaded
 * before anything is asked of a cluster.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { newClusters, newContexts, newUsers } from '@kubernetes/client-node/dist/config_types.js';
import { exitCodes, UserError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import {
  badKubeconfig,
  type ConfigFile,
  type RawConfig,
  type RawUser,
  readConfigFile,
  unreadable,
} from './kubeconfig-file.ts';
import { isToken } from './token.ts';

export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly provideClusterInfo: boolean;
}

/** What is needed to talk to one server as one user. Contents of files are read where they may change. */
export interface ClusterConfig {
  readonly context: string;
  readonly namespace: string;
  readonly server: URL;
  readonly ca?: Buffer;
  readonly insecure: boolean;
  readonly serverName?: string;
  readonly proxyUrl?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly basic?: string;
  readonly clientCertificate?: { readonly cert: Buffer; readonly key: Buffer };
  readonly exec?: ExecPlugin;
}

export interface KubeconfigOptions {
  readonly path?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  readonly signal?: AbortSignal;
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * From the path that was given, else the files of $KUBECONFIG together, else the first of `~/.kube/config` and
 * `~/.sealos/kubeconfig` that has the context, else the service account of the pod that this runs in.
 * @throws UserError `no-kubeconfig` (exit 3), `bad-kubeconfig` and `unknown-context` (exit 2), each naming the file.
 */
export async function loadKubeconfig(options: KubeconfigOptions): Promise<ClusterConfig> {
  const named = namedPaths(options);
  if (named !== undefined) {
    const files = await readFiles(named, options.signal);
    if (files.length === 0) throw missing(named, true);
    return fromFiles(files, options);
  }
  const home = options.home ?? homedir();
  const usual = [join(home, '.kube', 'config'), join(home, '.sealos', 'kubeconfig')];
  const files = await readFiles(usual, options.signal);
  // Not merged: both may call different clusters by the same name, and a token must not go to the wrong one.
  const file = files.find(({ config }) => hasContext(config, options.context)) ?? files[0];
  if (file !== undefined) return fromFiles([file], options);
  // A pod's own login has no contexts: whoever names one means another cluster.
  const inside = options.context === undefined ? await inCluster(options) : undefined;
  if (inside === undefined) throw missing(usual, false);
  return inside;
}

function namedPaths({ path, env }: KubeconfigOptions): readonly string[] | undefined {
  if (path !== undefined) return [path];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  return listed.length > 0 ? listed : undefined;
}

async function readFiles(paths: readonly string[], signal: AbortSignal | undefined): Promise<ConfigFile[]> {
  const files = await Promise.all(paths.map((path) => readConfigFile(path, signal)));
  return files.filter((file) => file !== undefined);
}

function hasContext({ contexts, 'current-context': current }: RawConfig, wanted = current): boolean {
  return Boolean(wanted) && (contexts ?? []).some(({ name }) => name === wanted);
}

function missing(paths: readonly string[], named: boolean): UserError {
  const files = paths.join(', ');
  return new UserError({
    code: 'no-kubeconfig',
    exit: exitCodes.refused,
    say: (t) => (named ? t.cluster.kubeconfig.namedMissing(files) : t.cluster.kubeconfig.missing(files)),
    hint: (t) => t.cluster.kubeconfig.missingHint,
  });
}

async function fromFiles(files: readonly ConfigFile[], options: KubeconfigOptions): Promise<ClusterConfig> {
  const [clusters, users, contexts] = [
    firstByName(files, ({ clusters }) => clusters),
    firstByName(files, ({ users }) => users),
    firstByName(files, ({ contexts }) => contexts),
  ];
  const first = files[0] as ConfigFile;
  const current = chosenContext(files, [...contexts.keys()], options.context);
  const entriesOf = <T extends object>(entries: ReadonlyMap<string, Placed<T>>) =>
    [...entries.values()].map(({ entry }) => entry);
  const read = () => {
    newUsers(entriesOf(users));
    const context = newContexts(entriesOf(contexts)).find(({ name }) => name === current);
    return { context, parsed: newClusters(entriesOf(clusters)).find(({ name }) => name === context?.cluster) };
  };
  const { context, parsed } = asKubeconfig(read, first.path);
  const cluster = clusters.get(context?.cluster ?? '');
  const user = users.get(context?.user ?? '');
  const server = addressOf(parsed?.server);
  if (!context || !cluster || !parsed || !server)
    throw badKubeconfig(cluster?.path ?? first.path, (t) => t.cluster.kubeconfig.noServer(current));
  const raw = cluster.entry.cluster ?? {};
  const { signal } = options;
  const ca = await contentOf(raw['certificate-authority-data'], raw['certificate-authority'], cluster.path, signal);
  return {
    context: current,
    namespace: options.namespace ?? (context.namespace || 'default'),
    server,
    insecure: parsed.skipTLSVerify === true,
    ...(parsed.tlsServerName ? { serverName: parsed.tlsServerName } : {}),
    ...(raw['proxy-url'] ? { proxyUrl: raw['proxy-url'] } : {}),
    ...(ca ? { ca } : {}),
    ...(user ? await credentialsOf(user.entry.user ?? {}, user.path, signal) : {}),
  };
}

function asKubeconfig<T>(read: () => T, path: string): T {
  try {
    return read();
  } catch {
    throw badKubeconfig(path, (t) => t.cluster.kubeconfig.notKubeconfig(path));
  }
}

interface Placed<T> {
  readonly entry: T;
  /** The file it stands in. */
  readonly path: string;
}

/** Entries of all files in their order; of those with one name, the first. */
function firstByName<T extends { readonly name?: string }>(
  files: readonly ConfigFile[],
  listOf: (config: RawConfig) => readonly T[] | null | undefined,
): ReadonlyMap<string, Placed<T>> {
  const entries = new Map<string, Placed<T>>();
  for (const { path, config } of files)
    for (const entry of listOf(config) ?? [])
      if (!entries.has(String(entry.name))) entries.set(String(entry.name), { entry, path });
  return entries;
}

function chosenContext(files: readonly ConfigFile[], names: readonly string[], wanted: string | undefined): string {
  const { path } = files[0] as ConfigFile;
  const current = wanted ?? files.map(({ config }) => config['current-context']).find(Boolean);
  if (!current) throw badKubeconfig(path, (t) => t.cluster.kubeconfig.noContext(path, names.join(', ')));
  if (names.includes(current)) return current;
  const near = nearest(current, names);
  const listed = near === undefined ? names : [near, ...names.filter((name) => name !== near)];
  throw new UserError({
    code: 'unknown-context',
    exit: exitCodes.usage,
    say: (t) => t.cluster.kubeconfig.unknownContext(current, near),
    hint: (t) => t.cluster.kubeconfig.contexts(listed.join(', ')),
    object: path,
  });
}

function addressOf(server: unknown): URL | undefined {
  const url = typeof server === 'string' && URL.canParse(server) ? new URL(server) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

type Credentials = Pick<ClusterConfig, 'token' | 'tokenFile' | 'basic' | 'clientCertificate' | 'exec'>;

async function credentialsOf(user: RawUser, file: string, signal: AbortSignal | undefined): Promise<Credentials> {
  const [cert, key] = await Promise.all([
    contentOf(user['client-certificate-data'], user['client-certificate'], file, signal),
    contentOf(user['client-key-data'], user['client-key'], file, signal),
  ]);
  if ((cert === undefined) !== (key === undefined))
    throw badKubeconfig(file, (t) => t.cluster.kubeconfig.halfCertificate(file));
  const token = user.token ? String(user.token).trim() : undefined;
  if (token !== undefined && !isToken(token)) throw badKubeconfig(file, (t) => t.cluster.kubeconfig.badToken(file));
  const { exec } = user;
  return {
    ...(user.tokenFile ? { tokenFile: beside(file, user.tokenFile) } : {}),
    ...(token === undefined ? {} : { token }),
    ...(user.username === undefined
      ? {}
      : { basic: Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64') }),
    ...(cert && key ? { clientCertificate: { cert, key } } : {}),
    ...(exec?.command
      ? {
          exec: {
            apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
            command: /[\\/]/.test(exec.command) ? beside(file, exec.command) : exec.command,
            args: exec.args ?? [],
            env: Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
            provideClusterInfo: exec.provideClusterInfo === true,
          },
        }
      : {}),
  };
}

/** Paths in a kubeconfig are relative to the file that names them. */
const beside = (file: string, path: string) => (isAbsolute(path) ? path : join(dirname(file), path));

async function contentOf(
  data: string | undefined,
  path: string | undefined,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  if (data) return Buffer.from(data, 'base64');
  if (!path) return undefined;
  const resolved = beside(file, path);
  return readFile(resolved, signal ? { signal } : {}).catch((error: NodeJS.ErrnoException) => {
    signal?.throwIfAborted();
    throw unreadable(resolved, error, file);
  });
}

async function inCluster({ env, namespace, signal }: KubeconfigOptions): Promise<ClusterConfig | undefined> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  if (!host) return undefined;
  const given = signal ? { signal } : {};
  const ca = await readFile(join(serviceAccount, 'ca.crt'), given).catch(() => undefined);
  if (!ca) return undefined;
  const own = await readFile(join(serviceAccount, 'namespace'), { encoding: 'utf8', ...given }).catch(() => 'default');
  return {
    context: 'in-cluster',
    namespace: namespace ?? own.trim(),
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`),
    ca,
    insecure: false,
    tokenFile: join(serviceAccount, 'token'),
  };
}
