/** How much PostgreSQL has written, of the volume it was given. */
import type { Cluster } from '../../cluster/types.ts';
import { parseQuantity } from '../../stack/quantity.ts';
import type { Space } from '../fill.ts';
import { readyPod, selectorOf } from './ready-pod.ts';

/** In the pod itself nobody asks for a password. What has still to be written back (WAL) is not counted. */
const command = ['psql', '-U', 'postgres', '-tAc', 'SELECT sum(pg_database_size(datname)) FROM pg_database'];

/** @throws Error in the words of psql; when nothing tells the size of the volume */
export async function askPostgres(
  cluster: Pick<Cluster, 'list' | 'exec'>,
  app: string,
  signal: AbortSignal,
): Promise<Space> {
  const pod = await readyPod(cluster, app, 'postgres', signal);
  const labelSelector = selectorOf('postgres', app);
  const [{ items }, { stdout, stderr, exitCode }] = await Promise.all([
    cluster.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { labelSelector, signal }),
    cluster.exec(pod, command, { container: 'postgresql', signal }),
  ]);
  if (exitCode !== 0) throw new Error(stderr.trim() || `psql: ${exitCode}`);
  // A replica's claim ends with another number.
  const claim = items.find(({ metadata }) => metadata.name.endsWith(pod.slice(pod.lastIndexOf('-'))));
  const { capacity } = (claim?.['status'] ?? {}) as { readonly capacity?: { readonly storage?: string } };
  const [used, size] = [Number(stdout.trim() || Number.NaN), parseQuantity(capacity?.storage ?? '0')];
  if (Number.isNaN(used) || size === 0) throw new Error('the size of the database or of its volume is not known');
  return { used, size };
}
