/** Follows the migrate Job's log and tells how far the migrations are. */
import { ApiError } from '../cluster/index.ts';
import type { Cluster } from '../cluster/types.ts';
import type { Clock } from '../context.ts';
import { initialMigration, type Migration, migrationEta, readMigrationLine } from '../observe/migration.ts';
import { componentLabel } from '../stack/components.ts';
import type { KubeObject } from '../stack/types.ts';
import type { InstallEvent } from './events.ts';

const lookAgainMs = 2_000;
/** Thousands of migrations pass; twice a second is as often as anybody can read. */
const tellEveryMs = 500;

/** Until the Job's pod has ended or the signal aborts. Never throws for a log that cannot be read: progress is only told. */
export async function followMigration(
  cluster: Cluster,
  clock: Clock,
  tell: (event: InstallEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let migration = initialMigration;
  let toldAt = Number.NEGATIVE_INFINITY;
  const samples: { at: number; done: number }[] = [];
  while (!signal.aborted) {
    const pod = await migratePod(cluster, signal).catch(() => undefined);
    const phase = (pod?.['status'] as { phase?: string } | undefined)?.phase;
    if (pod && phase !== 'Pending') {
      try {
        // A new pod of the Job starts its count anew; what is done stays done in the database and is counted by the plan.
        for await (const line of cluster.logLines(pod.metadata.name, { follow: true, container: 'migrate', signal })) {
          const next = readMigrationLine(migration, line);
          if (next === migration) continue;
          migration = next;
          const now = clock.monotonic();
          if (now - toldAt < tellEveryMs && migration.done < migration.total) continue;
          toldAt = now;
          samples.push({ at: now, done: migration.done });
          tell(eventOf(migration, samples));
        }
      } catch (error) {
        if (!(error instanceof ApiError) && signal.aborted) return;
      }
      if (phase === 'Succeeded') return;
    }
    await clock.sleep(lookAgainMs, signal).catch(() => {});
  }
}

function eventOf(migration: Migration, samples: readonly { at: number; done: number }[]): InstallEvent {
  const etaMs = migrationEta(samples, migration.total);
  return {
    type: 'migration',
    done: migration.done,
    total: migration.total,
    current: migration.current,
    ...(etaMs === undefined ? {} : { etaMs }),
  };
}

async function migratePod(cluster: Cluster, signal: AbortSignal): Promise<KubeObject | undefined> {
  const { items } = await cluster.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { labelSelector: `${componentLabel}=migrate`, signal },
  );
  return [...items].sort((a, b) =>
    (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1,
  )[0];
}
