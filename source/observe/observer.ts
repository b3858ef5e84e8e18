/** Keeps everything of one instance in view: one watch a kind, one snapshot out of all. */
import { ApiError } from '../cluster/index.ts';
import type { Cluster } from '../cluster/types.ts';
import type { Clock } from '../context.ts';
import { objectName } from '../stack/components.ts';
import { instanceLabel, instanceMarker, managerLabel } from '../stack/conventions.ts';
import type { KubeObject } from '../stack/types.ts';
import { heartbeat } from './heartbeat.ts';
import { type FoundInstance, instancesAmong, ledgersAmong } from './instances.ts';
import { type ObservedKind, observedKinds, type Snapshot } from './types.ts';

export interface Observer {
  /** Resolves when every kind has been listed once (events perhaps not: `eventsLater`) or is known to be missing. Rejects when the login is refused (ApiError). */
  readonly ready: Promise<void>;
  /** The same for the kinds that show which instances there are. */
  readonly known: Promise<void>;
  /** Which instances were there when these were listed. Throws what refused one of them. */
  instances(): readonly FoundInstance[];
  /** From now on, only what belongs to this instance is kept. */
  choose(app: string): void;
  /** Of the instance that is chosen. */
  snapshot(): Snapshot;
  /** Resolves at the next change since the last snapshot. Rejects with the signal's reason. */
  next(signal: AbortSignal): Promise<void>;
}

export interface ObserveOptions {
  /** Undefined where it is not known yet: everything in the namespace is kept until one is chosen. */
  readonly app?: string;
  /** Whether `ready` rejects where nothing answers, instead of waiting until something does. */
  readonly givesUp?: boolean;
  /** Until it resolves, only the kinds that show which instances there are are looked at: something else comes first. */
  readonly othersAfter?: Promise<unknown> | undefined;
  /** Whether `ready` waits for no events, of which there may be thousands: they are told when they come. */
  readonly eventsLater?: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const kinds = Object.keys(observedKinds) as readonly ObservedKind[];
/** They show which instances there are. */
const telling: readonly ObservedKind[] = ['ConfigMap', 'Instance', 'Deployment'];

/** Streams open after the first picture, or after this long where a list does not come. */
const firstPictureMs = 1_000;
/** How long whoever looks may take to draw it: the handshakes of so many streams would stand in its way. */
export const drawingMs = 50;

/** Watches until the signal aborts. A kind that is refused stays empty; the others go on. */
export function observe(
  cluster: Cluster,
  { app, givesUp = false, othersAfter, eventsLater = false, clock, signal }: ObserveOptions,
): Observer {
  let chosen = { name: app ?? '', belongs: app === undefined ? () => true : belonging(app) };
  const objects = new Map<ObservedKind, Map<string, KubeObject>>(kinds.map((kind) => [kind, new Map()]));
  const lists = new Map<ObservedKind, readonly KubeObject[]>();
  /** Kinds whose watch has ended for good, and those whose connection is being tried again. */
  const refusals = new Map<ObservedKind, ApiError>();
  const lost = new Set<ObservedKind>();
  const waiting = new Set<() => void>();
  /** Kinds that are looked at by now. */
  const begun = new Set<ObservedKind>();
  let refused: unknown;
  /** Whether something changed since the last snapshot was taken: whoever looks away for a moment must not miss it. */
  let fresh = false;

  const changed = (kind: ObservedKind) => {
    lists.delete(kind);
    fresh = true;
    const wake = [...waiting];
    waiting.clear();
    for (const each of wake) each();
  };

  const isCutOff = () => lost.size > 0 && lost.size + refusals.size === begun.size;

  /** Ends all watches at once, so that they begin anew. */
  let anew = new AbortController();

  const follow = async (kind: ObservedKind, listed: () => void): Promise<void> => {
    if (othersAfter && !telling.includes(kind)) await othersAfter;
    begun.add(kind);
    while (!signal.aborted) await followOnce(kind, listed, AbortSignal.any([signal, anew.signal]));
  };

  const followOnce = async (kind: ObservedKind, listed: () => void, until: AbortSignal): Promise<void> => {
    const held = objects.get(kind) as Map<string, KubeObject>;
    for await (const event of cluster.watch(observedKinds[kind], { signal: until })) {
      if (event.type === 'lost') {
        lost.add(kind);
        // Whoever looks has to be told that nothing comes any more.
        if (isCutOff()) {
          changed(kind);
          if (givesUp) giveUp(event.error);
        }
      } else if (lost.delete(kind) && lost.size === 0) changed(kind);
      if (event.type === 'synced') {
        held.clear();
        for (const object of event.items) if (chosen.belongs(object)) held.set(keyOf(object), withoutSecrets(object));
        listed();
        changed(kind);
        // Whoever waits for the first picture must not wait for streams that only matter after it.
        await Promise.race([ready.then(() => clock.sleep(drawingMs, until)), clock.sleep(firstPictureMs, until)]).catch(
          () => {},
        );
      } else if (event.type === 'deleted') {
        if (held.delete(keyOf(event.object))) changed(kind);
      } else if ((event.type === 'added' || event.type === 'modified') && chosen.belongs(event.object)) {
        held.set(keyOf(event.object), withoutSecrets(event.object));
        changed(kind);
      }
    }
  };

  const { promise: unreachable, reject: giveUp } = Promise.withResolvers<never>();
  const listings = new Map(
    kinds.map((kind): [ObservedKind, Promise<void>] => [
      kind,
      new Promise<void>((listed, failed) => {
        follow(kind, listed).then(listed, (error: unknown) => {
          if (!(error instanceof ApiError) || error.code === 401) {
            refused = error;
            failed(error);
          } else {
            lost.delete(kind);
            refusals.set(kind, error);
            listed();
          }
          changed(kind);
        });
      }),
    ]),
  );
  const allListed = (which: readonly ObservedKind[]): Promise<void> => {
    const listed = Promise.race([Promise.all(which.map((kind) => listings.get(kind))), unreachable]).then(() => {});
    // Whoever waits for it gets the error; nobody has to.
    listed.catch(() => {});
    return listed;
  };
  const known = allListed(telling);
  const ready = allListed(eventsLater ? kinds.filter((kind) => kind !== 'Event') : kinds);

  const beginAnew = () => {
    for (const kind of kinds) if (!refusals.has(kind)) lost.add(kind);
    const old = anew;
    anew = new AbortController();
    old.abort(new Error('nothing is heard any more'));
    changed('Pod');
  };
  const behind = (listed: readonly KubeObject[]): ReadonlySet<string> => {
    const held = objects.get('Pod') as Map<string, KubeObject>;
    const versions = new Map(listed.filter(chosen.belongs).map((pod) => [keyOf(pod), pod.metadata.resourceVersion]));
    return new Set(
      [...new Set([...held.keys(), ...versions.keys()])]
        .map((key) => ({ key, version: held.get(key)?.metadata.resourceVersion }))
        .filter(({ key, version }) => version !== versions.get(key))
        .map(({ key, version }) => `${key} ${version}`),
    );
  };
  // Until all is listed, the lists tell by themselves that nothing answers.
  ready.then(
    () => heartbeat(cluster, clock, { behind, onSilence: beginAnew }, signal),
    () => {},
  );

  const listOf = (kind: ObservedKind): readonly KubeObject[] => {
    const known = lists.get(kind);
    if (known) return known;
    const list = [...(objects.get(kind) as Map<string, KubeObject>).values()];
    lists.set(kind, list);
    return list;
  };

  return {
    ready,
    known,
    instances() {
      for (const kind of ['ConfigMap', 'Deployment'] as const) {
        const refusal = refusals.get(kind);
        if (refusal) throw refusal;
      }
      return instancesAmong(ledgersAmong(listOf('ConfigMap')), listOf('Instance'), listOf('Deployment'));
    },
    choose(name) {
      chosen = { name, belongs: belonging(name) };
      for (const held of objects.values())
        for (const [key, object] of held) if (!chosen.belongs(object)) held.delete(key);
      lists.clear();
    },
    snapshot() {
      if (refused !== undefined) throw refused;
      fresh = false;
      return {
        at: clock.now(),
        namespace: cluster.namespace,
        app: chosen.name,
        objects: Object.fromEntries(kinds.map((kind) => [kind, listOf(kind)])) as Snapshot['objects'],
        isCutOff: isCutOff(),
        forbidden: new Set(kinds.filter((kind) => refusals.get(kind)?.code === 403)),
        crashLines: new Map(),
      };
    },
    next(until) {
      return new Promise((resolve, reject) => {
        if (until.aborted) return reject(until.reason);
        if (fresh) return resolve();
        // Whoever watches for hours asks with one signal for ever: nothing may stay on it.
        const abort = () => {
          waiting.delete(wake);
          reject(until.reason);
        };
        const wake = () => {
          until.removeEventListener('abort', abort);
          resolve();
        };
        waiting.add(wake);
        until.addEventListener('abort', abort, { once: true });
      });
    },
  };
}

const keyOf = ({ metadata }: KubeObject) => metadata.uid ?? metadata.name;

/** By label, by the name of a database, or by name: objects that the platform or the one-click template made carry no label of ours. */
function belonging(app: string): (object: KubeObject) => boolean {
  const databases = new Set([objectName('postgres', app), objectName('redis', app)]);
  const byName = (name: string) => name === app || name.startsWith(`${app}-`);
  // Claims are named after what they are for, and then after the StatefulSet.
  const isNamed = (kind: string, name: string) =>
    byName(name) || (kind === 'PersistentVolumeClaim' && name.includes(`-${app}-`));
  return (object) => {
    const { kind, metadata } = object;
    const { labels = {} } = metadata;
    if (kind === 'ResourceQuota') return true;
    // Another instance's name may begin with ours.
    const owner = labels[instanceMarker] ?? labels[instanceLabel];
    if (owner !== undefined) return owner === app;
    if (kind === 'Event') {
      const involved = (object['involvedObject'] ?? {}) as { readonly kind?: string; readonly name?: string };
      return isNamed(String(involved.kind), String(involved.name));
    }
    if (kind === 'Secret') return byName(metadata.name) || metadata.name.startsWith('object-storage-key');
    if (databases.has(labels['app.kubernetes.io/instance'] ?? '') || isNamed(kind, metadata.name)) return true;
    // An Ingress that was added in Launchpad has a name of its own.
    return byName(labels[managerLabel] ?? '');
  };
}

/** Which keys a Secret has is worth knowing; what they hold is nobody's business here. */
function withoutSecrets(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return object;
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...annotations } = object.metadata.annotations ?? {};
  const data = Object.fromEntries(Object.keys((object['data'] ?? {}) as object).map((key) => [key, '']));
  return { ...object, metadata: { ...object.metadata, annotations }, data };
}
