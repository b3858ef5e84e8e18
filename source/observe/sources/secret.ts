/** Passwords of the stores, read when they are needed and told to nobody. */
import type { Cluster } from '../../cluster/types.ts';

/** One value of a Secret, decoded; undefined when there is none. @throws ApiError when it may not be read */
export async function secretValue(
  cluster: Pick<Cluster, 'get'>,
  name: string,
  key: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', name }, { signal });
  const value = ((secret?.['data'] ?? {}) as Readonly<Record<string, string | undefined>>)[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
}
