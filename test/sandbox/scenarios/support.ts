/** A scenario on the simulated world, without a server in between; what is not ready, and why, is told as `status` tells it. */
import { rootCause } from '../../../source/observe/cause.ts';
import { lastWords } from '../../../source/observe/crash-lines.ts';
import { mainObject } from '../../../source/observe/lookups.ts';
import { type CauseId, observedKinds, type Snapshot } from '../../../source/observe/types.ts';
import { scenarioOf } from '../../../source/sandbox/scenarios/index.ts';
import { rehearsal, stageAfterInstall, stageRef } from '../../../source/sandbox/scenarios/rehearsal.ts';
import type { Store } from '../../../source/sandbox/types.ts';
import { createWorld, type SandboxWorld } from '../../../source/sandbox/world/index.ts';
import { completeSecrets } from '../../../source/stack/secrets.ts';
import { type ComponentId, componentIds, type SizeName, type Step, steps } from '../../../source/stack/types.ts';
import { stackOf } from '../../stack/fixtures/objects.ts';
import { TestClock } from '../../support/test-clock.ts';
import { type Any, admin, Cluster, kind, namespace, workspace } from '../controllers/support.ts';
import { host, type Site, until } from '../world/support.ts';

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
    redisPasswordEnd: scenario.redisPasswordEnd,
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
  await install(site, scenarioOf(name).installed ?? 'small');
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

const own = completeSecrets({}, (count) => Uint8Array.from({ length: count }, (_, index) => (index * 37) % 240));

/** As the installer does it, step by step; each may take so many seconds. */
async function install(site: Site, size: SizeName, upTo?: Step, seconds?: number): Promise<void> {
  const rendered = stackOf(size, { namespace, host });
  const options = { user: admin, fieldManager: 'posthog-sealos', fieldValidation: 'Strict' } as const;
  for (const step of steps) {
    for (const { object } of rendered.filter((one) => one.step === step)) {
      const complete = object.kind === 'Secret' ? { ...object, stringData: own } : object;
      const known = kind(object.apiVersion, object.kind);
      site.cluster.objects.patch(known, namespace, object.metadata.name, 'apply', complete, options);
    }
    await until(site, () => Object.keys(causesOf(site)).length === 0, step, seconds);
    if (step === upTo) return;
  }
}

/** An install as far as it comes in so many seconds for each step. @returns the step that was not finished, if any. */
export async function tryInstall(site: Site, upTo?: Step, seconds = 8): Promise<Step | undefined> {
  try {
    await install(site, 'small', upTo, seconds);
    return undefined;
  } catch (error) {
    return steps.find((step) => (error as Error).message.startsWith(`${step}: not so`));
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
  return { at: clock.now(), namespace, app, objects, isCutOff: false, forbidden: new Set(), crashLines };
}

const always = { phaseStartedAt: 0 };

/** Of every part that is there and not ready. */
export function causesOf(site: Site, app?: string): Readonly<Partial<Record<ComponentId, CauseId>>> {
  const snapshot = snapshotOf(site, app);
  return Object.fromEntries(
    componentIds.flatMap((id) => {
      const cause = mainObject(id, snapshot) && rootCause(id, snapshot, always);
      return cause ? [[id, cause.id] as const] : [];
    }),
  );
}

export const evidenceOf = (site: Site, id: ComponentId): string =>
  rootCause(id, snapshotOf(site), always)?.evidence.join('\n') ?? '';
