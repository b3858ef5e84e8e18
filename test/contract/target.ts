/** Which API server the suite speaks to: the one of the kubeconfig, or the sandbox's, without controllers as yet. */
import { loadKubeconfig } from '../../source/cluster/kubeconfig.ts';
import { systemClock } from '../../source/commands/system.ts';
import type { Target } from './client.ts';

export interface OpenTarget extends Target {
  close(): Promise<void>;
}

export const isSandbox = process.env['CONTRACT_TARGET'] === 'sandbox';

export async function openTarget(): Promise<OpenTarget> {
  return isSandbox ? openSandbox() : openCluster();
}

async function openCluster(): Promise<OpenTarget> {
  const { server, ca, token, namespace } = await loadKubeconfig({ env: process.env });
  if (token === undefined) throw new Error('the contract suite logs in by token');
  return { server, ca: ca?.toString('utf8'), user: userOf(token), token, namespace, close: async () => {} };
}

/** Who a service account's token says it is. */
function userOf(token: string): string {
  const [, payload = ''] = token.split('.');
  const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string };
  return sub;
}

async function openSandbox(): Promise<OpenTarget> {
  const { startServer, token, workspace } = await import('../sandbox/server/support.ts');
  const { server, authority } = await startServer({}, {}, systemClock);
  return {
    server: server.url,
    ca: authority.ca,
    user: `system:serviceaccount:user-system:${workspace.id}`,
    token,
    namespace: workspace.namespace,
    close: () => server.close(),
  };
}
