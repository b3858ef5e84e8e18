/** Commands inside the cluster's network. */
import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FindProgram } from './binaries.ts';
import { type Layout, network } from './layout.ts';

/** Whether this process already runs in the cluster's network namespace. */
export async function isInside(): Promise<boolean> {
  try {
    const [own, cluster] = await Promise.all([stat('/proc/self/ns/net'), stat(network.namespacePath)]);
    return own.ino === cluster.ino && own.dev === cluster.dev;
  } catch {
    return false;
  }
}

/** Every process in the cluster's network: its programs, and commands of `exec` that still run. */
export async function processesInside(): Promise<number[]> {
  const cluster = await stat(network.namespacePath).catch(() => undefined);
  if (!cluster) return [];
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const inside = await Promise.all(
    pids.map(async (pid) => {
      const own = await stat(`/proc/${pid}/ns/net`).catch(() => undefined);
      return own?.ino === cluster.ino && own.dev === cluster.dev ? [Number(pid)] : [];
    }),
  );
  return inside.flat();
}

/** What a command finds there: kubectl, the user's kubeconfig, the gateway's authority. Everything else stays as it is. */
export function environmentInside(layout: Layout, find: FindProgram): Record<string, string> {
  return {
    KUBECONFIG: layout.userKubeconfig,
    NODE_EXTRA_CA_CERTS: layout.gatewayCa,
    CURL_CA_BUNDLE: layout.gatewayCa,
    // A proxy of this machine cannot be reached from there.
    NO_PROXY: '*',
    no_proxy: '*',
    PATH: `${dirname(find('kubectl'))}:${process.env['PATH'] ?? ''}`,
  };
}

/**
 * The same command inside the network, with the cluster's DNS: a private mount namespace has the resolver configuration bound over
 * that of this machine.
 */
export function commandInside(layout: Layout, command: readonly string[]): [program: string, args: string[]] {
  const script = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"';
  const mounts = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    '--',
    'sh',
    '-c',
    script,
    'inside',
    layout.resolvConf,
  ];
  return ['nsenter', [`--net=${network.namespacePath}`, '--', ...mounts, ...command]];
}

/** Runs a command in the foreground with this terminal. Signals reach it too; the code is its own, 128 + n after a signal. */
export function runInForeground(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    // A terminal's Ctrl-C reaches every process of the foreground by itself; a second signal would cut its last words off.
    const fromTerminal = (): boolean => process.stdin.isTTY && /SIG(INT|HUP)$/.test(String(signal.reason));
    const pass = (): void => {
      if (!fromTerminal()) child.kill('SIGTERM');
    };
    signal.addEventListener('abort', pass, { once: true });
    child.on('error', reject);
    child.on('close', (code, killed) => {
      signal.removeEventListener('abort', pass);
      resolve(code ?? (killed === 'SIGINT' ? 130 : killed === 'SIGKILL' ? 137 : 143));
    });
  });
}
