/** How programs log in to the sandbox. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workspace } from '../provision.ts';
import type { SandboxState } from './state.ts';

/** The workspace that the sandbox's user has. */
export const workspace: Workspace = { id: 'sandbox1', namespace: 'ns-sandbox1', domain: 'sandbox.sealos.test' };

const context = `${workspace.id}@sandbox`;
const serverOf = ({ port }: SandboxState) => `https://127.0.0.1:${port}`;

/** Writes the file for kubectl and other programs; replaces it as a whole. @returns its path. */
export async function writeKubeconfig(
  home: string,
  state: SandboxState,
  who: 'user' | 'admin' = 'user',
): Promise<string> {
  const path = join(home, who === 'user' ? 'kubeconfig' : 'admin.kubeconfig');
  const next = join(home, `.kubeconfig.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(next, JSON.stringify(kubeconfigOf(state, who), null, 2), { mode: 0o600 });
    await rename(next, path);
  } finally {
    await rm(next, { force: true });
  }
  return path;
}

function kubeconfigOf(state: SandboxState, who: 'user' | 'admin'): object {
  const token = who === 'user' ? state.token : state.adminToken;
  // What the sandbox's own commands change is the cluster's.
  const namespace = who === 'user' ? workspace.namespace : 'kube-system';
  const authority = Buffer.from(state.authority.ca).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server: serverOf(state), 'certificate-authority-data': authority } }],
    users: [{ name: workspace.id, user: { token } }],
    contexts: [{ name: context, context: { cluster: 'sandbox', user: workspace.id, namespace } }],
    'current-context': context,
  };
}
