/** Who we are, per request: tokens that may rotate, and plugins that are run once and again when the server says 401. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../context.ts';
import { exitCodes, UserError } from '../errors.ts';
import type { ClusterConfig, ExecPlugin } from './kubeconfig.ts';
import { badKubeconfig, unreadable } from './kubeconfig-file.ts';
import { shared } from './shared.ts';
import { isToken } from './token.ts';

/** A token file is read again at most this often. */
const tokenFileMs = 30_000;
/** A plugin's credential is renewed this long before it ends. */
const earlyMs = 60_000;
const pluginTimeoutMs = 60_000;

export interface Credentials {
  /**
   * The `Authorization` header, if any.
   * @throws UserError `login-plugin` (exit 3) or `bad-kubeconfig` (exit 2) when there is none to be had.
   */
  authorization(signal?: AbortSignal): Promise<string | undefined>;
  /** Forgets a header that the server has refused; false when nothing better can come. */
  refresh(refused: string | undefined): boolean;
}

export function credentialsFor(
  config: ClusterConfig,
  clock: Pick<Clock, 'now'>,
  env: Readonly<Record<string, string | undefined>>,
): Credentials {
  if (config.exec) return pluginCredentials(config.exec, config, clock, env);
  if (config.tokenFile) return fileCredentials(config.tokenFile, clock);
  const fixed = config.token ? `Bearer ${config.token}` : config.basic ? `Basic ${config.basic}` : undefined;
  return { authorization: async () => fixed, refresh: () => false };
}

function fileCredentials(path: string, clock: Pick<Clock, 'now'>): Credentials {
  let cached: { header: string; until: number } | undefined;
  return {
    async authorization(signal) {
      if (cached === undefined || clock.now() > cached.until) {
        const token = await readFile(path, { encoding: 'utf8', ...(signal ? { signal } : {}) }).catch((error) => {
          signal?.throwIfAborted();
          throw unreadable(path, error);
        });
        if (!isToken(token.trim())) throw badKubeconfig(path, (t) => t.cluster.kubeconfig.badToken(path));
        cached = { header: `Bearer ${token.trim()}`, until: clock.now() + tokenFileMs };
      }
      return cached.header;
    },
    refresh(refused) {
      if (cached?.header === refused) cached = undefined;
      return true;
    },
  };
}

interface ExecCredential {
  readonly status?: { readonly token?: string; readonly expirationTimestamp?: string };
}

/** Without a time that can be read, the server says when it is over: it answers 401. */
function untilOf(expiration: string | undefined): number {
  const at = Date.parse(expiration ?? '');
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : at - earlyMs;
}

function pluginCredentials(
  plugin: ExecPlugin,
  config: ClusterConfig,
  clock: Pick<Clock, 'now'>,
  env: Readonly<Record<string, string | undefined>>,
): Credentials {
  let cached: { header: string; until: number } | undefined;
  const renew = shared(async (signal) => {
    const { status } = await runPlugin(plugin, config, env, signal);
    const token = status?.token?.trim() ?? '';
    if (!isToken(token)) throw pluginError(plugin, 'no token');
    cached = {
      header: `Bearer ${token}`,
      until: untilOf(status?.expirationTimestamp),
    };
    return cached.header;
  });
  return {
    authorization: async (signal) => (cached && clock.now() < cached.until ? cached.header : renew(signal)),
    refresh(refused) {
      if (cached?.header === refused) cached = undefined;
      return true;
    },
  };
}

async function runPlugin(
  plugin: ExecPlugin,
  config: ClusterConfig,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<ExecCredential> {
  const { execa } = await import('execa');
  const cluster = {
    server: config.server.href,
    ...(config.ca ? { 'certificate-authority-data': config.ca.toString('base64') } : {}),
    'insecure-skip-tls-verify': config.insecure,
  };
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster } : {}) },
  };
  try {
    const { stdout } = await execa(plugin.command, plugin.args, {
      env: { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) } as Record<string, string>,
      extendEnv: false,
      stdin: 'ignore',
      timeout: pluginTimeoutMs,
      cancelSignal: signal,
    });
    return JSON.parse(stdout) as ExecCredential;
  } catch (error) {
    const { exitCode, code, timedOut } = error as { exitCode?: number; code?: string; timedOut?: boolean };
    throw pluginError(
      plugin,
      timedOut ? 'timeout' : (code ?? (exitCode === undefined ? 'no JSON' : `exit ${exitCode}`)),
    );
  }
}

/** Without the plugin's output, which may hold credentials. */
function pluginError({ command }: ExecPlugin, why: string): UserError {
  return new UserError({
    code: 'login-plugin',
    exit: exitCodes.refused,
    say: (t) => t.cluster.plugin(command, why),
    hint: (t) => t.cluster.pluginHint(command),
  });
}
