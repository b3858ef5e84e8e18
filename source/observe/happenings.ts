/** What happened to an instance: the events of all its objects, those that repeat told once. Pure. */
import type { ComponentId, KubeObject } from '../stack/types.ts';
import type { ObjectName } from './inventory.ts';
import { keptWith } from './kept-with.ts';
import { eventOf, type ObservedEvent } from './lookups.ts';
import { partOf } from './part-of.ts';
import { observedKinds, type Snapshot } from './types.ts';

export interface Happening extends ObservedEvent {
  /** The same for what is told as one. */
  readonly id: string;
  readonly part: ComponentId | undefined;
  readonly isWarning: boolean;
}

/** The newest first. */
export function happeningsOf({ objects, app }: Snapshot): readonly Happening[] {
  const parts = new Map(
    [objects.Pod, objects.PersistentVolumeClaim, objects.Job, objects.ReplicaSet]
      .flat()
      .map((object) => [`${object.kind}/${object.metadata.name}`, partOf(object, app)] as const),
  );
  return foldedOf(objects.Event).map((event) => {
    const { kind, name } = event.involved;
    return { ...event, part: parts.get(`${kind}/${name}`) ?? partOf({ kind, metadata: { name } }, app) };
  });
}

/** Without their parts, which change as pods come and go. */
const foldedOf = keptWith((events: readonly KubeObject[]): readonly Omit<Happening, 'part'>[] => {
  const folded = new Map<string, Omit<Happening, 'part'>>();
  for (const event of events.map(eventOf)) {
    const { kind, name } = event.involved;
    const id = [kind, name, event.type, event.reason, event.message].join('\n');
    const before = folded.get(id);
    folded.set(id, {
      ...event,
      id,
      isWarning: event.type !== 'Normal',
      at: Math.max(event.at, before?.at ?? 0),
      since: Math.min(event.since, before?.since ?? event.since),
      count: event.count + (before?.count ?? 0),
    });
  }
  return [...folded.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
});

/** About one object, and the ReplicaSets that act for it. */
export function eventsAbout({ kind, name }: ObjectName, snapshot: Snapshot): readonly Happening[] {
  const acting = snapshot.objects.ReplicaSet.filter(({ metadata }) =>
    metadata.ownerReferences?.some((owner) => owner.kind === kind && owner.name === name),
  );
  const meant = new Set([
    `${observedKinds[kind].kind}/${name}`,
    ...acting.map(({ metadata }) => `ReplicaSet/${metadata.name}`),
  ]);
  return happeningsOf(snapshot).filter(({ involved }) => meant.has(`${involved.kind}/${involved.name}`));
}
