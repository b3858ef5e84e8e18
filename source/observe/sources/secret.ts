/** Passwords of the stores and of the app, read when they are needed and told to nobody. */
import type { Cluster } from '../../cluster/types.ts';

/** Values of a Secret, decoded; undefined when it does not exist. @throws ApiError when it may not be read */
export async function readSecret(
  cluster: Pick<Cluster, 'get'>,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', name }, { signal });
  if (!secret) return undefined;
  const data = (secret['data'] ?? {}) as Readonly<Record<string, string>>;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}
