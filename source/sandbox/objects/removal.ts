/** Deletion: at once, gracefully (pods), or when the last finalizer is gone. Follows registry/rest/delete.go of 1.34. */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind, RemoveOptions } from '../types.ts';
import { nextGeneration, timestamp } from './metadata.ts';
import { StatusError } from './status-error.ts';
import { mapOf, withEntry } from './values.ts';

/** @throws StatusError 409 when the object is not the one that was meant. */
export function refuseOthers(kind: Kind, live: KubeObject, preconditions: RemoveOptions['preconditions'] = {}): void {
  const { uid, resourceVersion, name } = live.metadata;
  const refuse = (what: string, asked: string, is: string | undefined, how: string): never => {
    const byKind = { ...kind, plural: kind.kind };
    throw StatusError.conflict(
      byKind,
      name,
      `the ${what} in the precondition (${asked}) does not match the ${what} in record (${is}). The object might have been ${how}`,
    );
  };
  if (preconditions.uid !== undefined && preconditions.uid !== uid)
    refuse('UID', preconditions.uid, uid, 'deleted and then recreated');
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion)
    refuse('ResourceVersion', preconditions.resourceVersion, resourceVersion, 'modified');
}

export interface Marked {
  readonly object: KubeObject;
  /** Whether nothing keeps the object any longer. */
  readonly gone: boolean;
}

/** What deletion makes of the object; the object itself when it is marked already. */
export function marked(kind: Kind, live: KubeObject, options: RemoveOptions, now: number): Marked {
  if (kind.group === '' && kind.kind === 'Namespace') return terminatingNamespace(live, now);
  const isPod = kind.group === '' && kind.kind === 'Pod';
  const graceful = isPod ? gracefully(live, options, now) : undefined;
  // Who waits for its grace keeps its finalizers, too.
  if (graceful === live) return { object: live, gone: false };
  const finalized = withPolicy(kind, graceful ?? live, options);
  if (finalized.metadata.finalizers?.length)
    return { object: graceful ? finalized : deleting(finalized, now, 0), gone: false };
  return { object: graceful ?? live, gone: !mapOf(graceful?.metadata)['deletionGracePeriodSeconds'] };
}

/** An object without finalizers that was deleted before, and waits for nobody. */
export function isOver({ kind, metadata, ...object }: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds: grace, finalizers } = mapOf(metadata);
  const pending = kind === 'Namespace' ? mapOf(object['spec'])['finalizers'] : undefined;
  const isFree = [finalizers, pending].every((list) => !Array.isArray(list) || list.length === 0);
  return deletionTimestamp !== undefined && !grace && isFree;
}

/** Undefined when the pod's grace is over already. */
function gracefully(pod: KubeObject, { graceSeconds }: RemoveOptions, now: number): KubeObject | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds } = mapOf(pod.metadata);
  if (deletionTimestamp === undefined) return deleting(pod, now, graceOf(pod, graceSeconds));
  const current = Number(deletionGracePeriodSeconds ?? 0);
  if (current === 0) return undefined;
  // Grace can only be shortened.
  const asked = graceSeconds === undefined ? current : Math.max(graceSeconds, graceSeconds < 0 ? 1 : 0);
  if (asked >= current) return pod;
  const begun = Date.parse(String(deletionTimestamp)) - current * 1000;
  const isPast = begun + asked * 1000 < now;
  const until = isPast ? now : begun + asked * 1000;
  return withDeletion(pod, timestamp(until), isPast && asked > 0 ? 1 : asked);
}

function graceOf(pod: KubeObject, asked: number | undefined): number {
  const { nodeName, terminationGracePeriodSeconds } = mapOf(pod['spec']);
  const { phase } = mapOf(pod['status']);
  if (!nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  const seconds = asked ?? Number(terminationGracePeriodSeconds ?? 0);
  return seconds < 0 ? 1 : seconds;
}

function deleting(object: KubeObject, now: number, seconds: number): KubeObject {
  const { deletionTimestamp } = object.metadata;
  if (deletionTimestamp === undefined)
    return withDeletion(nextGeneration(object), timestamp(now + seconds * 1000), seconds);
  const isLater = Date.parse(deletionTimestamp) > now;
  return withDeletion(object, isLater ? timestamp(now) : deletionTimestamp, seconds);
}

const withDeletion = (object: KubeObject, deletionTimestamp: string, seconds: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds: seconds } as KubeObject['metadata'],
});

const policies = { Foreground: 'foregroundDeletion', Orphan: 'orphan', Background: undefined } as const;

/** The finalizer that makes the garbage collector do as the caller wishes with what the object owns. */
function withPolicy(kind: Kind, object: KubeObject, { propagation }: RemoveOptions): KubeObject {
  const finalizers = object.metadata.finalizers ?? [];
  const own = Object.values(policies);
  const given = own.find((policy) => policy !== undefined && finalizers.includes(policy));
  // Pods of a Job outlived it once, and still do when nobody says otherwise.
  const usual = given ?? (kind.group === 'batch' && kind.kind === 'Job' ? policies.Orphan : undefined);
  const policy = propagation ? policies[propagation] : usual;
  const others = finalizers.filter((finalizer) => !own.some((each) => each === finalizer));
  const all = policy ? [...others, policy] : others;
  return { ...object, metadata: withEntry(object.metadata, 'finalizers', all.length ? all : undefined) };
}

/** A namespace stays until its content is gone; the namespace controller takes away `spec.finalizers` then. */
function terminatingNamespace(live: KubeObject, now: number): Marked {
  const pending = (mapOf(live['spec'])['finalizers'] ?? []) as readonly string[];
  if (pending.length === 0 && !live.metadata.finalizers?.length) return { object: live, gone: true };
  if (live.metadata.deletionTimestamp) return { object: live, gone: false };
  const metadata = { ...live.metadata, deletionTimestamp: timestamp(now) };
  const status = { ...mapOf(live['status']), phase: 'Terminating' };
  return { object: { ...live, metadata, status }, gone: false };
}
