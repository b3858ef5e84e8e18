/** A Job that used up its retries never starts again; whoever runs the install again wants it tried again. */
import type { ComponentId } from '../stack/types.ts';
import type { Outside } from './contract.ts';
import { deleteJobs } from './fixes.ts';

const pollMs = 1000;

/** Resolves when there is no failed Job of that name any more. */
export async function clearFailedJob(
  { cluster, context }: Outside,
  { name, id, app }: { readonly name: string; readonly id: ComponentId; readonly app: string },
  signal: AbortSignal,
): Promise<void> {
  const ref = { apiVersion: 'batch/v1', kind: 'Job', name };
  const live = await cluster.get(ref, { signal });
  const { conditions = [] } = (live?.['status'] ?? {}) as { conditions?: readonly Condition[] };
  if (!conditions.some(({ type, status }) => type === 'Failed' && status === 'True')) return;
  await deleteJobs(cluster, id, app, signal);
  while (await cluster.get(ref, { signal })) await context.clock.sleep(pollMs, signal);
}

interface Condition {
  readonly type: string;
  readonly status: string;
}
