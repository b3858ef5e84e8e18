/** A scenario on the simulated world, without a server in between; what is not ready, and why, is told as `status` tells it. */
import { rootCause } from '../../../source/observe/cause.ts';
import { lastWords } from '../../../source/observe/crash-lines.ts';
import { mainObject } from '../../../source/observe/lookups.ts';
import { type CauseId, observedKinds, type Snapshot } from '../../../source/observe/types.ts';
import { scenarioOf } from '../../../source/sandbox/scenarios/index.ts';
import { rehearsal, stageAfterInstall, stageRef } from '../../../source/sandbox/scenarios/rehearsal.ts';
import type { Store } from '../../../source/sandbox/types.ts';
import { createWorld, type SandboxWorld } from '../../../source/sandbox/world/index.ts';
import { type ComponentId, componentIds } from '../../../source/stack/types.ts';
import { TestClock } from '../../support/test-clock.ts';
import { type Any, admin, Cluster, kind, namespace, workspace } from '../controllers/support.ts';
import { install, type Site, until } from '../world/support.ts';

/** @param store of a sandbox that ran before */
export function siteOf(
  name: string,
  { store, clock = new TestClock() }: { store?: Store; clock?: TestClock } = {},
): Site {
  const scenario = rehearsal(scenarioOf(name), (who, error) => {
    throw new Error(`${who} failed`, { cause: error });
  });
  let world: SandboxWorld | undefined;
  const cluster = new Cluster({
    speed: Number.POSITIVE_INFINITY,
    clock,
    kubeblocks: scenario.kubeblocks,
    script: { bytes: scenario.imageBytes },
    ...(store && { store }),
    world(store, pace, random) {
      const { troubles } = scenario;
      world = createWorld({ store, pace, random, domain: workspace.domain, troubles });
      return world;
    },
  });
  if (!store) cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: stageRef.namespace } });
  const { traffic } = world as SandboxWorld;
  scenario.start({ objects: cluster.objects, user: admin, namespace, traffic, now: () => clock.now() });
  return { cluster, clock, world: world as SandboxWorld };
}

/** A scenario in which an install was finished before. */
export async function installedSite(name: string): Promise<Site> {
  const site = siteOf(name);
  await install(site);
  const change = { user: admin };
  site.cluster.objects.patch(
    kind('v1', 'ConfigMap'),
    stageRef.namespace,
    stageRef.name,
    'merge',
    stageAfterInstall,
    change,
  );
  await until(site, () => stage(site) === 'on', 'the scenario begins');
  return site;
}

export const stage = ({ cluster }: Site): string =>
  (cluster.store.get(kind('v1', 'ConfigMap'), stageRef.namespace, stageRef.name) as Any)?.data.stage;

/** An install as far as it comes in that time. */
export async function tryInstall(site: Site, seconds = 200): Promise<string | undefined> {
  try {
    await install(site, undefined, seconds);
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0]?.split(':')[0];
  }
}

export function snapshotOf({ cluster, world, clock }: Site, app = 'posthog'): Snapshot {
  const objects = Object.fromEntries(
    Object.entries(observedKinds).map(([name, ref]) => [name, cluster.list(ref.apiVersion, ref.kind)]),
  ) as Snapshot['objects'];
  const crashLines = new Map(
    objects.Pod.flatMap((pod: Any) =>
      [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].map((each: Any) => {
        const lines = world.logs.read(pod.metadata.uid, each.name, each.restartCount - 1, 0) ?? [];
        const key = `${pod.metadata.name}/${each.name}/${each.restartCount}`;
        return [key, lastWords(lines.map(({ text }) => text).join('\n'))] as const;
      }),
    ),
  );
  return { at: clock.now(), namespace, app, objects, isCutOff: false, crashLines };
}

/** Of every part that is not ready; those that were not made yet are left out. */
export function causesOf(site: Site): Readonly<Partial<Record<ComponentId, CauseId>>> {
  const snapshot = snapshotOf(site);
  return Object.fromEntries(
    componentIds.flatMap((id) => {
      const cause = mainObject(id, snapshot) && rootCause(id, snapshot, { phaseStartedAt: 0 });
      return cause ? [[id, cause.id] as const] : [];
    }),
  );
}
