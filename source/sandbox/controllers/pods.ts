/** Pods as the controllers above them make, count and replace them. */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../../stack/types.ts';
import { matchesSelector, StatusError } from '../objects/index.ts';
import type { Actor, Desk, Draft } from './desk.ts';
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

/**
 * Makes something for its owner and says so; a refusal is an Event with the server's text, too.
 * @throws StatusError what the server refused
 */
export function tellingOf(actor: Actor, owner: KubeObject, done: string, refused: string, make: () => void): void {
  try {
    make();
  } catch (error) {
    if (error instanceof StatusError) actor.say(owner, 'Warning', 'FailedCreate', `${refused}${error.message}`);
    throw error;
  }
  actor.say(owner, 'Normal', 'SuccessfulCreate', done);
}

/** @throws StatusError what the server refused */
export function makePod(actor: Actor, owner: KubeObject, pod: Draft): void {
  const { name } = pod.metadata;
  tellingOf(actor, owner, `Created pod: ${name}`, 'Error creating: ', () => actor.create(known.pods, pod));
}

/** A pod of a template. @param suffix makes its name one of its own */
export function podFrom(owner: KubeObject, { metadata, spec }: PodTemplate, suffix: string): Draft {
  const { name, namespace } = owner.metadata;
  const generateName = `${name.slice(0, 57)}-`;
  const { labels = {}, annotations = {} } = metadata ?? {};
  const ownerReferences = [ownerReference(owner)];
  const own = { name: `${generateName}${suffix}`, namespace, generateName, labels, annotations, ownerReferences };
  return { metadata: own, spec };
}

export function dropPod(actor: Actor, owner: KubeObject, pod: Pod): void {
  actor.remove(known.pods, pod);
  actor.say(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
}
