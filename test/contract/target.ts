/** Which API server the suite speaks to: the one of the kubeconfig, or the sandbox's. */
import { loadKubeconfig } from '../../source/cluster/kubeconfig.ts';
import type { Target } from './client.ts';

export interface OpenTarget extends Target {
  /** For programs that take no token by hand. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export const isSandbox = process.env['CONTRACT_TARGET'] === 'sandbox';

export async function openTarget(): Promise<OpenTarget> {
  return isSandbox ? openSandbox() : openCluster();
}

async function openCluster(): Promise<OpenTarget> {
  const { server, ca, token, namespace } = await loadKubeconfig({ env: process.env });
  if (token === undefined) throw new Error('the contract suite logs in by token');
  const kubeconfig = process.env['KUBECONFIG'] ?? '';
  return { server, ca: ca?.toString('utf8'), user: userOf(token), token, namespace, kubeconfig, close: async () => {} };
}

/** Who a service account's token says it is. */
function userOf(token: string): string {
  const [, payload = ''] = token.split('.');
  const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string };
  return sub;
}

async function openSandbox(): Promise<OpenTarget> {
  const { SandboxFolder } = await import('../sandbox/journeys/support.ts');
  const { joinSandbox } = await import('../../source/sandbox/join.ts');
  const { workspace } = await import('../../source/sandbox/home/kubeconfig.ts');
  const folder = new SandboxFolder();
  // The suite's containers start, fail and end as fast as on a machine of one's own.
  await folder.run(['sandbox', 'speed', '20']);
  const { state, membership, kubeconfig } = await joinSandbox({
    context: folder.context,
    signal: new AbortController().signal,
    complain: (who, error) => console.error(who, error),
  });
  return {
    server: new URL(`https://127.0.0.1:${state.port}`),
    ca: state.authority.ca,
    user: `system:serviceaccount:user-system:${workspace.id}`,
    token: state.token,
    namespace: workspace.namespace,
    kubeconfig,
    async close() {
      await membership.leave();
      folder.remove();
    },
  };
}
