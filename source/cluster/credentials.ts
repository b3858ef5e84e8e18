/** Who we are, per request: tokens that may rotate, and plugins that are run once and again when the server says 401. */
import { readFile } from 'node:fs/promises';
import { exitCodes, UserError } from '../errors.ts';
import type { ClusterConfig, ExecPlugin } from './kubeconfig.ts';

/** A token file is read again at most this often. */
const tokenFileMs = 30_000;
/** A plugin's credential is renewed this long before it ends. */
const earlyMs = 60_000;
const pluginTimeoutMs = 60_000;

export interface Credentials {
  /** The `Authorization` header, if any. */
  authorization(signal?: AbortSignal): Promise<string | undefined>;
  /** Forgets what was cached after a 401; false when there is nothing that could change. */
  refresh(): boolean;
}

/** `now` in epoch milliseconds. */
export function credentialsFor(
  config: ClusterConfig,
  now: () => number,
  env: Readonly<Record<string, string | undefined>>,
): Credentials {
  if (config.exec) return pluginCredentials(config.exec, config, now, env);
  if (config.tokenFile) return fileCredentials(config.tokenFile, now);
  const fixed = config.token ? `Bearer ${config.token}` : config.basic ? `Basic ${config.basic}` : undefined;
  return { authorization: async () => fixed, refresh: () => false };
}

function fileCredentials(path: string, now: () => number): Credentials {
  let cached: { token: string; readAt: number } | undefined;
  return {
    async authorization() {
      if (cached === undefined || now() - cached.readAt > tokenFileMs)
        cached = { token: (await readFile(path, 'utf8')).trim(), readAt: now() };
      return `Bearer ${cached.token}`;
    },
    refresh() {
      cached = undefined;
      return true;
    },
  };
}

interface ExecCredential {
  readonly status?: { readonly token?: string; readonly expirationTimestamp?: string };
}

function pluginCredentials(
  plugin: ExecPlugin,
  config: ClusterConfig,
  now: () => number,
  env: Readonly<Record<string, string | undefined>>,
): Credentials {
  let cached: { token: string; until: number } | undefined;
  let running: Promise<void> | undefined;
  const run = async () => {
    const status = (await runPlugin(plugin, config, env)).status;
    if (!status?.token) throw pluginError(plugin, 'no token');
    cached = {
      token: status.token,
      until: status.expirationTimestamp ? Date.parse(status.expirationTimestamp) - earlyMs : Number.POSITIVE_INFINITY,
    };
  };
  return {
    async authorization() {
      if (cached === undefined || now() >= cached.until) {
        // One run serves everybody who asks meanwhile.
        running ??= run().finally(() => {
          running = undefined;
        });
        await running;
      }
      return `Bearer ${cached?.token}`;
    },
    refresh() {
      cached = undefined;
      return true;
    },
  };
}

async function runPlugin(
  plugin: ExecPlugin,
  config: ClusterConfig,
  env: Readonly<Record<string, string | undefined>>,
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
