/** Which API server the suite speaks to: the one of the kubeconfig. */
import { loadKubeconfig } from '../../source/cluster/kubeconfig.ts';
import type { Target } from './client.ts';

export async function openTarget(): Promise<Target> {
  const { server, ca, token, namespace } = await loadKubeconfig({ env: process.env });
  if (token === undefined) throw new Error('the contract suite logs in by token');
  return { server, ca: ca?.toString('utf8'), token, namespace };
}
