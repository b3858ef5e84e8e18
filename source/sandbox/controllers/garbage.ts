/** What is owned goes after, or before, its owner, or is left alone (pkg/controller/garbagecollector of 1.34). */
import type { KubeObject } from '../../stack/types.ts';
import type { Change, Kind } from '../types.ts';
import type { Controller, Desk } from './desk.ts';
import { known } from './known.ts';
import { isLeaving } from './model.ts';

interface Entry {
  readonly kind: Kind;
  readonly object: KubeObject;
}

const foreground = 'foregroundDeletion';
const orphan = 'orphan';

export function garbage(desk: Desk): Controller {
  const actor = desk.actor('generic-garbage-collector');
  const present = new Map<string, Entry>();
  /** By the uid of the owner: uids of what it owns. */
  const owned = new Map<string, Set<string>>();

  const ownersOf = ({ metadata }: KubeObject): readonly string[] =>
    (metadata.ownerReferences ?? []).map(({ uid }) => uid);

  function remember({ type, kind, object, before }: Change): void {
    const { uid = '' } = object.metadata;
    for (const owner of before ? ownersOf(before) : []) owned.get(owner)?.delete(uid);
    if (type === 'DELETED') {
      present.delete(uid);
      return;
    }
    present.set(uid, { kind, object });
    for (const owner of ownersOf(object)) owned.set(owner, (owned.get(owner) ?? new Set()).add(uid));
  }

  return {
    name: 'garbage-collector',
    concerns(change) {
      const { type, kind, object } = change;
      if (kind === known.events) return [];
      remember(change);
      const { uid = '', finalizers = [] } = object.metadata;
      const isAsked = isLeaving(object) && (finalizers.includes(foreground) || finalizers.includes(orphan));
      const own = type === 'DELETED' || isAsked ? [uid] : [];
      return [...own, ...ownersOf(object)].map((each) => `/${each}`);
    },
    reconcile(_, uid) {
      const dependents = [...(owned.get(uid) ?? [])].flatMap((each) => present.get(each) ?? []);
      const owner = present.get(uid);
      if (!owner) {
        for (const dependent of dependents) leaveTo(dependent);
        if (dependents.length === 0) owned.delete(uid);
        return;
      }
      const { finalizers = [] } = owner.object.metadata;
      if (!isLeaving(owner.object)) return;
      if (finalizers.includes(orphan)) {
        for (const dependent of dependents) disown(dependent, (each) => each === uid);
        return finalized(owner, orphan);
      }
      if (!finalizers.includes(foreground)) return;
      for (const { kind, object } of dependents)
        if (!isLeaving(object)) actor.remove(kind, object, { propagation: 'Foreground' });
      const blocks = ({ object }: Entry): boolean =>
        object.metadata.ownerReferences?.some((each) => each.uid === uid && each.blockOwnerDeletion) === true;
      if (!dependents.some(blocks)) finalized(owner, foreground);
    },
  };

  /** Its owner is gone: it goes, too, unless another one holds it. */
  function leaveTo(dependent: Entry): void {
    const { kind, object } = dependent;
    const isAbsent = (uid: string): boolean => !present.has(uid);
    if (!ownersOf(object).every(isAbsent)) disown(dependent, isAbsent);
    else if (!isLeaving(object)) actor.remove(kind, object);
  }

  function disown({ kind, object }: Entry, isFormer: (uid: string) => boolean): void {
    const ownerReferences = (object.metadata.ownerReferences ?? []).filter(({ uid }) => !isFormer(uid));
    actor.patch(kind, object, { metadata: { ownerReferences } });
  }

  function finalized({ kind, object }: Entry, finalizer: string): void {
    const finalizers = object.metadata.finalizers?.filter((each) => each !== finalizer);
    actor.patch(kind, object, { metadata: { finalizers } });
  }
}
