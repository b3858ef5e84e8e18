/**
 * Why a component is not ready: the one cause that matters. Rules are ordered as `causeIds`; the first that finds
 * something speaks. Crash loops are normal while what a component needs is not there yet; they count once it is.
 */
import type { Say } from '../messages/index.ts';
import { componentOf } from '../stack/components.ts';
import { manifests } from '../stack/manifests.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { crashed, crashSaying, lastEnd, wordsOfJob } from './crashes.ts';
import { componentHealth, conditionOf } from './health.ts';
import {
  claimsOf,
  containersOf,
  eventsOf,
  mainObject,
  type ObservedEvent,
  podStatus,
  podsOf,
  timeOf,
} from './lookups.ts';
import { quotaFinding } from './quota-cause.ts';
import { debtQuota } from './room.ts';
import {
  type CauseOptions,
  type Finding,
  ofContainer,
  ofEvent,
  type Placed,
  patienceMs,
  placed,
  type Rule,
  restartsOf,
  type Scene,
} from './scene.ts';
import type { Cause, CauseId, Snapshot } from './types.ts';

/** Undefined only when the component is ready. */
export function rootCause(id: ComponentId, snapshot: Snapshot, options: CauseOptions): Cause | undefined {
  if (componentHealth(id, snapshot).state === 'ready') return undefined;
  const scene: Scene = {
    id,
    snapshot,
    options,
    pods: podsOf(id, snapshot),
    events: eventsOf(id, snapshot),
    object: mainObject(id, snapshot),
    unready: componentOf(id).waitsFor.filter(
      (other) => componentHealth(other, snapshot).state !== 'ready' && mainObject(other, snapshot) !== undefined,
    ),
  };
  for (const [cause, rule] of Object.entries(rules) as [CauseId, Rule][]) {
    const finding = rule(scene);
    if (finding) return { id: cause, component: id, ...finding };
  }
  return undefined;
}

/** A creation that failed with this text, unless the pods it was about have come since. */
function failedCreate({ events, pods }: Scene, text: RegExp): ObservedEvent | undefined {
  const newestPod = Math.max(0, ...pods.map(({ metadata }) => timeOf(metadata.creationTimestamp)));
  return events.find(
    ({ reason, message, at }) => /^Failed(Create|CreatePod)?$/.test(reason) && text.test(message) && at >= newestPod,
  );
}

const waitingFor = (scene: Scene, reasons: RegExp): Placed | undefined =>
  placed(scene).find(({ container }) => reasons.test(container.state?.waiting?.reason ?? ''));

/** Epoch milliseconds; 0 where its pod does not tell. */
const unreadySince = (pod: KubeObject): number => {
  const ready = conditionOf(pod, 'Ready');
  return ready?.status === 'False' ? timeOf(ready.lastTransitionTime) : 0;
};

const beganAt = (ms: number | undefined, pod?: KubeObject): Pick<Finding, 'began'> =>
  ms ? { began: { ms, ...(pod ? { pod: pod.metadata.name } : {}) } } : {};

const rules: { readonly [K in CauseId]?: Rule } = {
  debt: ({ snapshot, events }) => {
    const quota = snapshot.objects.ResourceQuota.find(({ metadata }) => metadata.name === debtQuota);
    const refused = events.find(({ message }) => /\b40001\b|exceeded quota: debt-limit0/.test(message));
    return quota || refused
      ? { message: (t) => t.cause.debt, evidence: refused ? [ofEvent(refused)] : [`ResourceQuota/${debtQuota}`] }
      : undefined;
  },
  quota: (scene) => {
    const event = failedCreate(scene, /exceeded quota/);
    return event && quotaFinding(event, scene.snapshot);
  },
  'limit-range': (scene) => {
    const event = failedCreate(scene, /maximum (cpu|memory|ephemeral-storage) usage per|must be less than or equal to/);
    return event && { message: (t) => t.cause.limitRange, evidence: [ofEvent(event)] };
  },
  'pod-security': (scene) => {
    const event = failedCreate(scene, /violates PodSecurity/);
    return event && { message: (t) => t.cause.podSecurity, evidence: [ofEvent(event)] };
  },
  rights: (scene) => {
    const event = failedCreate(scene, /is forbidden: User/);
    return event && { message: (t) => t.cause.rights, evidence: [ofEvent(event)] };
  },
  'database-version': ({ id, object }) => {
    const condition =
      componentOf(id).kind === 'Cluster' && object ? conditionOf(object, 'ProvisioningStarted') : undefined;
    return condition?.status === 'False'
      ? {
          message: (t) => t.cause.databaseVersion(id),
          evidence: [`Cluster/${object?.metadata.name}: ${condition.reason}: ${condition.message}`],
        }
      : undefined;
  },
  'image-missing': (scene) => image(scene, true),
  'image-pull': (scene) => image(scene, false),
  'volume-pending': volume,
  unschedulable: ({ pods }) => {
    for (const pod of pods) {
      const condition = podStatus(pod).conditions?.find(
        ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
      );
      if (condition)
        return {
          message: (t) => t.cause.unschedulable,
          evidence: [`Pod/${pod.metadata.name}: ${condition.message ?? ''}`],
        };
    }
    return undefined;
  },
  'secret-missing': (scene) => missingConfig(scene, /secret "|in Secret /, (t) => t.cause.secretMissing),
  'config-missing': (scene) => missingConfig(scene, /./, (t) => t.cause.configMissing),
  oom: (scene) => {
    const killed = crashed(scene).find(({ container }) => lastEnd(container)?.reason === 'OOMKilled');
    return (
      killed && {
        message: (t) => t.cause.oom(scene.id),
        evidence: [ofContainer(killed.pod, killed.container, `OOMKilled, ${restartsOf(killed.container)}`)],
      }
    );
  },
  evicted: ({ id, snapshot, events }) => {
    const pod = podsOf(id, snapshot, true).find((each) => podStatus(each).reason === 'Evicted');
    return (
      pod && {
        message: (t) => t.cause.evicted(id),
        evidence: [`Pod/${pod.metadata.name}: Evicted: ${podStatus(pod).message ?? ''}`],
        ...beganAt(
          unreadySince(pod) ||
            events.find(({ reason, involved }) => reason === 'Evicted' && involved.name === pod.metadata.name)?.at,
          pod,
        ),
      }
    );
  },
  'redis-auth': (scene) =>
    crashSaying(
      scene,
      /WRONGPASS|NOAUTH|invalid username-password pair/i,
      (t) => t.cause.redisAuth(scene.id),
      'secret-value',
    ),
  'database-auth': (scene) =>
    crashSaying(scene, /password authentication failed/i, (t) => t.cause.databaseAuth(scene.id), 'secret-value'),
  crash: (scene) =>
    crashSaying(
      scene,
      /(?:)/,
      (t) => t.cause.crash(scene.id),
      componentOf(scene.id).kind === 'Job' ? undefined : 'restart',
    ),
  probe: (scene) => {
    const { pods, events } = scene;
    const event = events.find(({ reason, involved }) => reason === 'Unhealthy' && involved.kind === 'Pod');
    const pod = event && pods.find(({ metadata }) => metadata.name === event.involved.name);
    const startedAt = timeOf(pod?.metadata.creationTimestamp);
    // Every start fails its probe for a while; that is what a startup probe is for.
    if (!event || !pod || scene.unready.length > 0 || scene.snapshot.at - startedAt < 3 * patienceMs) return undefined;
    return {
      message: (t) => t.cause.probe(scene.id),
      evidence: [ofEvent(event)],
      fix: 'restart',
      // Its failures are told together with those of its start, which came to nothing.
      ...beganAt(Math.max(event.since, unreadySince(pod)), pod),
    };
  },
  'job-failed': ({ id, object, snapshot }) => {
    const condition = object && componentOf(id).kind === 'Job' ? conditionOf(object, 'Failed') : undefined;
    if (!object || condition?.status !== 'True') return undefined;
    const words = wordsOfJob(snapshot, object.metadata.name);
    return {
      message: (t) => t.cause.jobFailed(id),
      evidence: [...(words ? [words] : []), `Job/${object.metadata.name}: ${condition.reason}: ${condition.message}`],
      fix: 'recreate-job',
      ...beganAt(timeOf(condition.lastTransitionTime)),
    };
  },
  'database-failed': ({ id, object }) => {
    const status = (object?.['status'] ?? {}) as {
      phase?: string;
      message?: string;
      components?: Record<string, { phase?: string; message?: Record<string, string> }>;
    };
    if (componentOf(id).kind !== 'Cluster' || !/^(Failed|Abnormal)$/.test(status.phase ?? '')) return undefined;
    const parts = Object.entries(status.components ?? {}).flatMap(([name, { phase, message = {} }]) =>
      Object.entries(message).map(([about, text]) => `${name} ${phase}: ${about}: ${text}`),
    );
    return {
      message: (t) => t.cause.databaseFailed(id),
      evidence: [`Cluster/${object?.metadata.name}: ${status.phase}: ${status.message ?? ''}`, ...parts],
    };
  },
  'bucket-waiting': ({ id, object }) =>
    id === 'bucket' && object
      ? { message: (t) => t.cause.bucket, evidence: [`ObjectStorageBucket/${object.metadata.name}`] }
      : undefined,
  dependency: ({ unready }) =>
    unready.length > 0
      ? { message: (t) => t.cause.dependency(unready.join(', ')), evidence: [], fix: 'wait' }
      : undefined,
  pulling: ({ id, pods }) => {
    const isPrepared = (pod: KubeObject) =>
      containersOf(pod).some(({ state }) => /^(ContainerCreating|PodInitializing)$/.test(state?.waiting?.reason ?? ''));
    return pods.length > 0 && pods.every(isPrepared)
      ? { message: (t) => t.cause.pulling(id), evidence: phaseOfFirst(pods), fix: 'wait' }
      : undefined;
  },
  starting: ({ id, pods }) => ({
    message: (t) => t.cause.starting(id),
    evidence: phaseOfFirst(pods),
    fix: 'wait',
  }),
};

const phaseOfFirst = (pods: readonly KubeObject[]) =>
  pods.slice(0, 1).map((pod) => `Pod/${pod.metadata.name}: ${podStatus(pod).phase ?? ''}`);

const notFound = /not found|manifest unknown|does not exist|InvalidImageName|ErrImageNeverPull|name unknown/i;

/** Whether the image is not there, or only cannot be fetched now: the first needs another name, the second patience or a mirror. */
function image(scene: Scene, missing: boolean): Finding | undefined {
  const stuck = waitingFor(
    scene,
    /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable|ImageInspectError)$/,
  );
  if (!stuck) return undefined;
  const { pod, container } = stuck;
  const event = scene.events.find(
    ({ involved, message }) =>
      involved.name === pod.metadata.name && /pull/i.test(message) && !/^(Back-off|Pulling|Error: )/.test(message),
  );
  const text = event?.message ?? container.state?.waiting?.message ?? '';
  if (notFound.test(`${container.state?.waiting?.reason} ${text}`) !== missing) return undefined;
  const name = imageOf(pod, container.name);
  const limited = /toomanyrequests|rate limit/i.test(text);
  return {
    message: (t) => {
      if (isMirrored(name)) return t.cause.imageMirror(name);
      return missing ? t.cause.imageMissing(name) : limited ? t.cause.imageLimited(name) : t.cause.imagePull(name);
    },
    // The reason is left out: it alternates between the pull and the pause after it.
    evidence: [ofContainer(pod, container, `${name}: ${text}`)],
    fix: 'mirror',
  };
}

/** Whether it is one of the release's images from another host than the release names. */
function isMirrored(image: string): boolean {
  const shipped = Object.values(manifests.releases).flatMap(({ images }) => Object.values(images));
  const digest = image.split('@')[1];
  return digest !== undefined && !shipped.includes(image) && shipped.some((each) => each.endsWith(`@${digest}`));
}

function imageOf(pod: KubeObject, container: string): string {
  const spec = (pod['spec'] ?? {}) as {
    containers?: { name: string; image: string }[];
    initContainers?: { name: string; image: string }[];
  };
  return (
    [...(spec.initContainers ?? []), ...(spec.containers ?? [])].find(({ name }) => name === container)?.image ?? ''
  );
}

/** A claim that waits for its first pod is as it should be; one whose provisioning fails is not. */
function volume(scene: Scene): Finding | undefined {
  const { id, snapshot, events } = scene;
  const pending = claimsOf(id, snapshot).filter(
    (claim) => (claim['status'] as { phase?: string } | undefined)?.phase === 'Pending',
  );
  const names = new Set(pending.map(({ metadata }) => metadata.name));
  const event = events.find(
    ({ involved, reason }) =>
      involved.kind === 'PersistentVolumeClaim' &&
      names.has(involved.name) &&
      /^(ProvisioningFailed|FailedBinding|FailedMount|FailedAttachVolume)$/.test(reason),
  );
  const mount = events.find(
    ({ involved, reason, at }) =>
      involved.kind === 'Pod' && /^(FailedMount|FailedAttachVolume)$/.test(reason) && snapshot.at - at < 2 * patienceMs,
  );
  const found = event ?? mount;
  if (!found) return unboundClaim(scene, pending);
  return { message: (t) => t.cause.volume(id), evidence: [ofEvent(found)] };
}

/** The scheduler's words for a pod whose volume is not there: what is missing is the volume, not a node. */
function unboundClaim({ id, pods }: Scene, pending: readonly KubeObject[]): Finding | undefined {
  for (const pod of pods) {
    const said = podStatus(pod).conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
    if (pending.length > 0 && /unbound immediate PersistentVolumeClaims/.test(said?.message ?? ''))
      return {
        message: (t) => t.cause.volume(id),
        evidence: [
          ...pending.map(({ metadata }) => `PersistentVolumeClaim/${metadata.name}: Pending`),
          `Pod/${pod.metadata.name}: ${said?.message}`,
        ],
      };
  }
  return undefined;
}

function missingConfig(scene: Scene, about: RegExp, message: Say): Finding | undefined {
  const stuck = waitingFor(scene, /^(CreateContainerConfigError|CreateContainerError)$/);
  const text = stuck?.container.state?.waiting?.message ?? '';
  return stuck && about.test(text) ? { message, evidence: [ofContainer(stuck.pod, stuck.container, text)] } : undefined;
}
