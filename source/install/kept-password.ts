/** The first admin's generated password: kept in a Secret until somebody says that it is saved. */
import type { Cluster } from '../cluster/types.ts';
import { readSecret } from '../observe/sources/secret.ts';
import { ownSecrets } from '../stack/render.ts';

/** Undefined when the user gave it, or has said before that it is saved. */
export async function keptPassword(cluster: Cluster, app: string, signal: AbortSignal): Promise<string | undefined> {
  return (await readSecret(cluster, ownSecrets(app).admin, signal))?.['password'];
}

/** Takes it out of the Secret; what later proofs need stays. */
export async function giveUpPassword(cluster: Cluster, app: string, signal: AbortSignal): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Secret', name: ownSecrets(app).admin };
  await cluster.patch(ref, 'merge', { data: { password: null } }, { signal });
}
