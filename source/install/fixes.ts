/** What can be done about a cause, in words with its equivalent command, and done. */
import type { Cluster } from '../cluster/types.ts';
import type { Clock } from '../context.ts';
import type { Say } from '../messages/index.ts';
import { fixSaid } from '../observe/fix-said.ts';
import { deploymentHealth } from '../observe/health.ts';
import type { Cause, CauseId } from '../observe/types.ts';
import { componentLabel, componentOf, components, objectName } from '../stack/components.ts';
import { instanceLabel } from '../stack/conventions.ts';
import type { ComponentId, KubeObject, ObjectRef } from '../stack/types.ts';

const rollMs = 60_000;
const rollPollMs = 500;

export interface FixPreview {
  readonly say: Say;
  /** The same with kubectl, so that the user sees what will be done. */
  readonly commands: readonly string[];
}

/** What the fix would do; undefined when the cause has none that this program can do by itself. */
export function previewFix(cause: Cause, app: string, namespace: string): FixPreview | undefined {
  const say = fixSaid(cause);
  return say && { say, commands: [commandOf(cause, app, namespace)] };
}

function commandOf({ component, fix }: Cause, app: string, namespace: string): string {
  const kubectl = `kubectl -n ${namespace}`;
  if (fix === 'mirror') return 'posthog-sealos install --mirror docker.io=HOST --mirror ghcr.io=HOST';
  if (fix === 'secret-value') return `${kubectl} rollout restart deployment -l ${instanceLabel}=${app}`;
  if (fix === 'recreate-job') return `${kubectl} delete job -l ${jobsOf(component, app)}`;
  const { kind, name } = workloadRef(component, app);
  return `${kubectl} rollout restart ${kind.toLowerCase()}/${name}`;
}

/** Applies a component's objects as they are now meant; before it is restarted. */
export type Prepare = (id: ComponentId) => Promise<void>;

/** Applies a fix. Jobs are only deleted here: the run makes them anew. */
export async function applyFix(
  cluster: Cluster,
  clock: Clock,
  cause: Cause,
  app: string,
  prepare: Prepare,
  signal: AbortSignal,
): Promise<void> {
  if (cause.fix === 'secret-value') await renewPasswords(cluster, clock, app, prepare, signal);
  if (cause.fix === 'restart') await restart(cluster, clock, cause.component, app, signal);
  if (cause.fix === 'recreate-job') await deleteJobs(cluster, cause.component, app, signal);
}

function workloadRef(id: ComponentId, app: string): ObjectRef {
  const { kind } = componentOf(id);
  return {
    apiVersion: 'apps/v1',
    kind: kind === 'StatefulSet' ? 'StatefulSet' : 'Deployment',
    name: objectName(id, app),
  };
}

/** The Launchpad way, so that the Sealos desktop shows it as its own restart (sealos-platform 5.4). */
export async function restart(
  cluster: Cluster,
  clock: Clock,
  id: ComponentId,
  app: string,
  signal: AbortSignal,
): Promise<KubeObject> {
  const stamp = new Date(clock.now()).toISOString().replace(/\D/g, '').slice(0, 14);
  return cluster.patch(
    workloadRef(id, app),
    'strategic',
    { spec: { template: { metadata: { labels: { restartTime: stamp } } } } },
    { signal },
  );
}

/** Causes whose fix is to hand out the databases' passwords anew. */
export const passwordCauses: ReadonlySet<string> = new Set<CauseId>(['redis-auth', 'database-auth']);

/**
 * Reads the databases' passwords again and restarts every part of the app, one after the other: a password is read when
 * a container starts, and whoever still runs with the old one only fails later. Waits at most a minute for each.
 */
export async function renewPasswords(
  cluster: Cluster,
  clock: Clock,
  app: string,
  prepare: Prepare,
  signal: AbortSignal,
): Promise<void> {
  for (const { id, kind } of components) {
    if (kind !== 'Deployment' || !(await cluster.get(workloadRef(id, app), { signal }))) continue;
    await prepare(id);
    await restart(cluster, clock, id, app, signal);
    await rolledOut(cluster, clock, id, app, signal);
  }
}

async function rolledOut(
  cluster: Cluster,
  clock: Clock,
  id: ComponentId,
  app: string,
  signal: AbortSignal,
): Promise<void> {
  const until = clock.monotonic() + rollMs;
  while (clock.monotonic() < until) {
    const live = await cluster.get(workloadRef(id, app), { signal });
    if (!live || deploymentHealth(live).state === 'ready') return;
    await clock.sleep(rollPollMs, signal);
  }
}

const jobsOf = (id: ComponentId, app: string) => `${instanceLabel}=${app},${componentLabel}=${id}`;

export async function deleteJobs(cluster: Cluster, id: ComponentId, app: string, signal: AbortSignal): Promise<void> {
  const jobs = await cluster.list({ apiVersion: 'batch/v1', kind: 'Job' }, { labelSelector: jobsOf(id, app), signal });
  for (const job of jobs.items)
    await cluster.delete(
      { apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name },
      { propagation: 'Background', signal },
    );
}
