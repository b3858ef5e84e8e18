/** Follows the migrate Job's log and tells how far the migrations are. */
import type { Cluster } from '../cluster/types.ts';
import type { Clock } from '../context.ts';
import { initialMigration, type Migration, migrationEta, readMigrationLine } from '../observe/migration.ts';
import { componentLabel } from '../stack/components.ts';
import { instanceMarker } from '../stack/conventions.ts';
import type { KubeObject } from '../stack/types.ts';
import type { InstallEvent } from './events.ts';

const lookAgainMs = 500;
/** Thousands of migrations pass; twice a second is as often as anybody can read. */
const tellEveryMs = 500;

/** Until the migrations are done or the signal aborts. Never throws for a log that cannot be read: progress is only told. */
export async function followMigration(
  cluster: Cluster,
  app: string,
  clock: Clock,
  tell: (event: InstallEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let migration = initialMigration;
  /** What was done before the container that is read now: its log is read from the beginning each time. */
  let before = { container: '', migration };
  let toldAt = Number.NEGATIVE_INFINITY;
  const samples: { at: number; done: number }[] = [];
  while (!signal.aborted) {
    const pod = await migratePod(cluster, app, signal).catch(() => undefined);
    const container = pod && containerOf(pod);
    if (pod && container) {
      if (container !== before.container) before = { container, migration };
      migration = before.migration;
      try {
        for await (const line of cluster.logLines(pod.metadata.name, { follow: true, signal })) {
          const next = readMigrationLine(migration, line);
          if (next === migration) continue;
          migration = next;
          const now = clock.monotonic();
          if (now - toldAt < tellEveryMs && migration.done < migration.total) continue;
          toldAt = now;
          samples.push({ at: now, done: migration.done });
          tell(eventOf(migration, samples));
        }
      } catch {
        // The log is not there yet, or the connection was cut: it is read again.
      }
      if (migration.step > 0 && migration.done === migration.total) return;
    }
    await clock.sleep(lookAgainMs, signal).catch(() => {});
  }
}

/** Which run of the container has a log; undefined before its first. */
function containerOf(pod: KubeObject): string | undefined {
  const [status] =
    (pod['status'] as { containerStatuses?: readonly ContainerRun[] } | undefined)?.containerStatuses ?? [];
  const started = status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated;
  return started && `${pod.metadata.uid}/${status?.restartCount ?? 0}`;
}

interface ContainerRun {
  readonly restartCount?: number;
  readonly state?: { readonly running?: object; readonly terminated?: object };
  readonly lastState?: { readonly terminated?: object };
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

async function migratePod(cluster: Cluster, app: string, signal: AbortSignal): Promise<KubeObject | undefined> {
  const { items } = await cluster.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { labelSelector: `${instanceMarker}=${app},${componentLabel}=migrate`, signal },
  );
  return [...items].sort((a, b) =>
    (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1,
  )[0];
}
