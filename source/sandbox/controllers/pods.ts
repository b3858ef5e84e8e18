/** Pods as the controllers above them make, count and replace them. */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../../stack/types.ts';
import { matchesSelector, StatusError } from '../objects/index.ts';
import type { Actor, Desk } from './desk.ts';
import { known } from './known.ts';
import {
  isControlledBy,
  isOver,
  isReady,
  type LabelSelector,
  ownerReference,
  type Pod,
  type PodTemplate,
} from './model.ts';

/** Ten letters and digits that stand for a template, as `rand.SafeEncodeString` makes them of a hash. */
export function hashOf(value: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(value)).digest();
  return [...digest.subarray(0, 10)].map((byte) => 'bcdfghjklmnpqrstvwxz2456789'.charAt(byte % 27)).join('');
}

export function podsOf(desk: Desk, owner: KubeObject, selector: LabelSelector): readonly Pod[] {
  return desk
    .list<Pod>(known.pods, owner.metadata.namespace)
    .filter((pod) => isControlledBy(pod, owner) && matchesSelector(selector, pod.metadata.labels ?? {}));
}

/** Whether it is ready for at least `seconds`. */
export function isAvailable(pod: Pod, seconds: number, now: number): boolean {
  if (!isReady(pod)) return false;
  const since = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  return seconds === 0 || Date.parse(since ?? '') + seconds * 1000 <= now;
}

/** The order in which pods are given up: unscheduled, pending, unready, young (controller.ActivePods). */
export function byWorth(one: Pod, other: Pod): number {
  const worth = (pod: Pod) => [
    pod.spec.nodeName ? 1 : 0,
    pod.status?.phase === 'Running' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    -Date.parse(pod.metadata.creationTimestamp ?? ''),
  ];
  const [first, second] = [worth(one), worth(other)];
  const differing = first.findIndex((value, index) => value !== second[index]);
  return differing < 0
    ? one.metadata.name.localeCompare(other.metadata.name)
    : (first[differing] ?? 0) - (second[differing] ?? 0);
}

export const isActive = (pod: Pod): boolean => !isOver(pod) && pod.metadata.deletionTimestamp === undefined;

export interface PodMaker {
  readonly desk: Desk;
  readonly actor: Actor;
  /** As Events name it: `replicaset-controller`. */
  readonly component: string;
}

/**
 * Makes a pod and says so; a refusal is an Event with the server's text, too.
 * @throws StatusError what the server refused
 */
export function makePod(
  { desk, actor, component }: PodMaker,
  owner: KubeObject,
  template: PodTemplate,
  name: string,
  more: {
    readonly labels?: object;
    readonly annotations?: object;
    readonly spec?: object;
    readonly told?: boolean;
  } = {},
): void {
  const { namespace } = owner.metadata;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      ...(name.startsWith(`${owner.metadata.name}-`) && !more.spec && { generateName: `${owner.metadata.name}-` }),
      labels: { ...template.metadata?.labels, ...more.labels },
      annotations: { ...template.metadata?.annotations, ...more.annotations },
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...template.spec, ...more.spec },
  };
  try {
    actor.create(known.pods, pod, namespace);
    if (more.told !== false)
      desk.recorder.record(owner, component, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`);
  } catch (error) {
    if (error instanceof StatusError && more.told !== false)
      desk.recorder.record(owner, component, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    throw error;
  }
}

export function dropPod({ desk, actor, component }: PodMaker, owner: KubeObject, pod: Pod, told = true): void {
  actor.remove(known.pods, pod);
  if (told) desk.recorder.record(owner, component, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
}

/** As JSON has it: fields without a value are not there. */
export const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
