/**
 * Finds, merges and checks kubeconfig files as kubectl does (the first file wins, missing ones are skipped), and lets
 * client-node's KubeConfig read the result. client-node itself refuses duplicates and missing files.
 */
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { nearest } from '../text/nearest.ts';

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
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * @throws UserError `no-kubeconfig` (exit 3), `bad-kubeconfig` and `unknown-context` (exit 2), each naming the file.
 */
export async function loadKubeconfig(options: KubeconfigOptions): Promise<ClusterConfig> {
  const home = options.home ?? homedir();
  const candidates = candidatePaths(options, home);
  const files = (await Promise.all(candidates.paths.map(readConfigFile))).filter((file) => file !== undefined);
  if (files.length === 0) {
    const inside = await inCluster(options);
    if (inside) return inside;
    throw missing(candidates);
  }
  return fromFiles(files, options);
}

interface Candidates {
  readonly paths: readonly string[];
  /** Whether the user named them. */
  readonly named: boolean;
}

function candidatePaths({ path, env }: KubeconfigOptions, home: string): Candidates {
  if (path !== undefined) return { paths: [path], named: true };
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  if (listed.length > 0) return { paths: listed, named: true };
  return { paths: [join(home, '.kube', 'config'), join(home, '.sealos', 'kubeconfig')], named: false };
}

function missing({ paths, named }: Candidates): UserError {
  const files = paths.join(', ');
  return new UserError({
    code: 'no-kubeconfig',
    exit: exitCodes.refused,
    say: (t) => (named ? t.cluster.kubeconfig.namedMissing(files) : t.cluster.kubeconfig.missing(files)),
    hint: (t) => t.cluster.kubeconfig.missingHint,
  });
}

function bad(file: string, say: Say, hint: Say = (t) => t.cluster.kubeconfig.badHint): UserError {
  return new UserError({ code: 'bad-kubeconfig', exit: exitCodes.usage, say, hint, object: file });
}

interface Named {
  readonly name?: string;
}
interface RawConfig {
  readonly clusters?: readonly Named[];
  readonly users?: readonly Named[];
  readonly contexts?: readonly Named[];
  readonly 'current-context'?: string;
}
interface ConfigFile {
  readonly path: string;
  readonly config: RawConfig;
}

async function readConfigFile(path: string): Promise<ConfigFile | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info) return undefined;
  if (info.isDirectory()) throw bad(path, (t) => t.cluster.kubeconfig.directory(path));
  if (info.size > 2 ** 20) throw bad(path, (t) => t.cluster.kubeconfig.malformed(path, undefined));
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw bad(path, (t) => t.cluster.kubeconfig.unreadable(path, error.code ?? error.message));
  });
  if (text.trim() === '') throw bad(path, (t) => t.cluster.kubeconfig.empty(path));
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw bad(path, (t) => t.cluster.kubeconfig.malformed(path, error.linePos?.[0].line));
  const config = plain(() => document.toJS({ maxAliasCount: 0 }) as RawConfig | null, path);
  const lists = [config?.clusters, config?.users, config?.contexts];
  if (
    config === null ||
    typeof config !== 'object' ||
    lists.some((list) => list !== undefined && list !== null && !Array.isArray(list)) ||
    !config.clusters
  ) {
    throw bad(path, (t) => t.cluster.kubeconfig.notKubeconfig(path));
  }
  return { path, config };
}

/** A kubeconfig needs no anchors; one that multiplies itself by them is refused instead of unfolded. */
function plain<T>(read: () => T, path: string): T {
  try {
    return read();
  } catch {
    throw bad(path, (t) => t.cluster.kubeconfig.malformed(path, undefined));
  }
}

interface RawCluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
}
interface RawUser {
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

async function fromFiles(files: readonly ConfigFile[], options: KubeconfigOptions): Promise<ClusterConfig> {
  const merged = (key: 'clusters' | 'users' | 'contexts') => {
    const all = files.flatMap(({ path, config }) => (config[key] ?? []).map((entry) => ({ ...entry, path })));
    return [...new Map([...all].reverse().map((entry) => [entry.name, entry])).values()];
  };
  const [clusters, users, contexts] = [merged('clusters'), merged('users'), merged('contexts')];
  const first = files[0] as ConfigFile;
  const current = options.context ?? files.map(({ config }) => config['current-context']).find(Boolean);
  const names = contexts.map(({ name }) => String(name));
  if (!current) throw bad(first.path, (t) => t.cluster.kubeconfig.noContext(first.path, names.join(', ')));
  if (!names.includes(current)) {
    const near = nearest(current, names);
    throw new UserError({
      code: 'unknown-context',
      exit: exitCodes.usage,
      say: (t) => t.cluster.kubeconfig.unknownContext(current, near),
      hint: (t) => t.cluster.kubeconfig.contexts(names.join(', ')),
      object: first.path,
    });
  }
  const { KubeConfig } = await import('@kubernetes/client-node');
  const parser = new KubeConfig();
  const stripped = (entries: readonly (Named & { path: string })[]) => entries.map(({ path: _, ...entry }) => entry);
  try {
    parser.loadFromString(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: stripped(clusters),
        users: stripped(users),
        contexts: stripped(contexts),
        'current-context': current,
      }),
    );
  } catch {
    throw bad(first.path, (t) => t.cluster.kubeconfig.notKubeconfig(first.path));
  }
  const context = parser.getContextObject(current);
  const cluster = clusters.find(({ name }) => name === context?.cluster);
  const user = users.find(({ name }) => name === context?.user);
  const parsed = parser.getCurrentCluster();
  const server = parsed?.server && URL.canParse(parsed.server) ? new URL(parsed.server) : undefined;
  if (!context || !cluster || !parsed || !server)
    throw bad(cluster?.path ?? first.path, (t) => t.cluster.kubeconfig.noServer(current));
  const rawCluster = ((cluster as { cluster?: RawCluster }).cluster ?? {}) as RawCluster;
  const ca = await contentOf(
    rawCluster['certificate-authority-data'],
    rawCluster['certificate-authority'],
    cluster.path,
  );
  const credentials = user ? await credentialsOf(((user as { user?: RawUser }).user ?? {}) as RawUser, user.path) : {};
  return {
    context: current,
    namespace: options.namespace ?? context.namespace ?? 'default',
    server,
    insecure: parsed.skipTLSVerify === true,
    ...(parsed.tlsServerName ? { serverName: parsed.tlsServerName } : {}),
    ...(rawCluster['proxy-url'] ? { proxyUrl: rawCluster['proxy-url'] } : {}),
    ...(ca ? { ca } : {}),
    ...credentials,
  };
}

type Credentials = Pick<ClusterConfig, 'token' | 'tokenFile' | 'basic' | 'clientCertificate' | 'exec'>;

async function credentialsOf(user: RawUser, file: string): Promise<Credentials> {
  const [cert, key] = await Promise.all([
    contentOf(user['client-certificate-data'], user['client-certificate'], file),
    contentOf(user['client-key-data'], user['client-key'], file),
  ]);
  const { exec } = user;
  return {
    ...(user.tokenFile ? { tokenFile: beside(file, user.tokenFile) } : {}),
    ...(user.token ? { token: user.token.trim() } : {}),
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
): Promise<Buffer | undefined> {
  if (data) return Buffer.from(data, 'base64');
  if (!path) return undefined;
  const resolved = beside(file, path);
  return readFile(resolved).catch((error: NodeJS.ErrnoException) => {
    throw bad(file, (t) => t.cluster.kubeconfig.unreadable(resolved, error.code ?? error.message));
  });
}

async function inCluster({ env, namespace }: KubeconfigOptions): Promise<ClusterConfig | undefined> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const ca = await readFile(join(serviceAccount, 'ca.crt')).catch(() => undefined);
  if (!host || !ca) return undefined;
  const own = (await readFile(join(serviceAccount, 'namespace'), 'utf8').catch(() => 'default')).trim();
  const server = new URL(
    `https://${host.includes(':') ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`,
  );
  return {
    context: 'in-cluster',
    namespace: namespace ?? own,
    server,
    ca,
    insecure: false,
    tokenFile: join(serviceAccount, 'token'),
  };
}
