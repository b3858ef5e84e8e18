/** Where controllers meet the API: who writes, what they see, and in what order they are called. */
import type { KubeObject } from '../../stack/types.ts';
import { StatusError } from '../objects/index.ts';
import { timestamp } from '../objects/metadata.ts';
import { kinds } from '../schema/index.ts';
import type { Change, Kind, Objects, Pace, RemoveOptions } from '../types.ts';
import { type EventPlace, type EventType, keepEvents, type Recorder } from './events.ts';
import { systemUser } from './known.ts';
import { controllerOf } from './model.ts';
import { same } from './same.ts';

/** One who writes, and says so in Events. Objects get the apiVersion and kind of what they are made as. */
export interface Actor {
  create<T extends KubeObject>(kind: Kind, object: Draft): T;
  /** Makes it, unless one of that name is there. */
  ensure<T extends KubeObject>(kind: Kind, object: Draft): T;
  /** A merge patch of anything but the status. */
  patch<T extends KubeObject>(kind: Kind, object: T, change: object): T;
  /**
   * Writes a status that is another one than before.
   * @param annotations that are written along, which is no change of the object's generation.
   */
  status(kind: Kind, object: KubeObject, status: unknown, annotations?: Readonly<Record<string, string>>): void;
  apply(kind: Kind, object: Draft): KubeObject;
  remove(kind: Kind, object: KubeObject, options?: Partial<RemoveOptions>): void;
  say(about: KubeObject, type: EventType, reason: string, message: string, more?: EventPlace): void;
}

/** An object of a kind that is known already. */
export interface Draft {
  readonly metadata: Omit<KubeObject['metadata'], 'namespace'> & { readonly namespace?: string | undefined };
  readonly [field: string]: unknown;
}

export interface DeskOptions {
  readonly objects: Objects;
  readonly pace: Pace;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Hears of errors that are no refusals of the server: defects, which must not end the sandbox. */
  readonly complain: (who: string, error: unknown) => void;
}

export interface Desk extends Omit<DeskOptions, 'random'> {
  readonly recorder: Recorder;
  /** Now, as objects say it. */
  now(): string;
  /** @param component as Events name it. @param user his rights. @param manager of the managedFields */
  actor(component: string, user?: string, manager?: string): Actor;
  /** As it is now, or undefined. */
  find<T extends KubeObject>(kind: Kind, namespace: string | undefined, name: string): T | undefined;
  list<T extends KubeObject>(kind: Kind, namespace?: string): readonly T[];
  /** Waits `ms` of simulated time, but never less than `floor` of true time: at the highest speed a loop must not spin. */
  pause(ms: number, floor: number, signal?: AbortSignal): Promise<void>;
  /** Five characters of a generated name. */
  suffix(): string;
  hex(length: number): string;
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

export function deskOf({ random, ...options }: DeskOptions): Desk {
  const { objects, pace, signal } = options;
  const { store } = objects;
  const drawn = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
  const desk = {
    ...options,
    now: () => timestamp(pace.now()),
    find: <T extends KubeObject>(kind: Kind, namespace: string | undefined, name: string) =>
      store.get(kind, namespace, name) as T | undefined,
    list: <T extends KubeObject>(kind: Kind, namespace?: string) => store.list(kind, namespace) as readonly T[],
    pause: (ms: number, floor: number, ending: AbortSignal = signal) =>
      pace.sleep(Math.max(ms / pace.speed, floor), ending),
    suffix: () => drawn(letters, 5),
    hex: (length: number) => drawn('0123456789abcdef', length),
  };
  const recorder = keepEvents(desk);
  return { ...desk, recorder, actor: actorsOf(objects, recorder) };
}

const actorsOf =
  (objects: Objects, recorder: Recorder): Desk['actor'] =>
  (component, name = `system:serviceaccount:kube-system:${component}`, fieldManager = 'kube-controller-manager') => {
    const { store } = objects;
    const user = systemUser(name);
    const options = { user, fieldManager };
    const place = ({ metadata }: Draft) => [metadata.namespace, metadata.name] as const;
    const named = ({ group, version, kind }: Kind, object: Draft): object => ({
      ...{ apiVersion: group ? `${group}/${version}` : version, kind },
      ...object,
    });
    const create = <T extends KubeObject>(kind: Kind, object: Draft): T =>
      objects.create(kind, object.metadata.namespace, named(kind, object), options).object as T;
    return {
      create,
      ensure: <T extends KubeObject>(kind: Kind, object: Draft) =>
        (store.get(kind, ...place(object)) as T | undefined) ?? create<T>(kind, object),
      patch: <T extends KubeObject>(kind: Kind, object: T, change: object) =>
        objects.patch(kind, ...place(object), 'merge', change, options).object as T,
      status(kind, object, status, annotations) {
        const live = store.get(kind, ...place(object));
        if (!live || live.metadata.uid !== object.metadata.uid) return;
        if (!annotations && same(live['status'], status)) return;
        const metadata = annotations
          ? { ...live.metadata, annotations: { ...live.metadata.annotations, ...annotations } }
          : live.metadata;
        objects.update(kind, ...place(live), { ...live, metadata, status }, { ...options, subresource: 'status' });
      },
      apply: (kind, object) =>
        objects.patch(kind, ...place(object), 'apply', named(kind, object), { ...options, force: true }).object,
      remove(kind, object, more) {
        const { uid } = object.metadata;
        if (store.get(kind, ...place(object))?.metadata.uid !== uid) return;
        objects.remove(kind, ...place(object), { user, propagation: 'Background', ...more });
      },
      say: (about, type, reason, message, more) => recorder.record(about, component, type, reason, message, more),
    };
  };

/** Asks to be called again after so many milliseconds of true time. */
export type Again = (ms: number) => void;

/** Objects are brought to where they should be. */
export interface Controller {
  readonly name: string;
  /** Keys (`namespace/name`) that a change concerns. */
  concerns(change: Change): readonly string[];
  reconcile(namespace: string, name: string, again: Again): void;
}

/** What is done for the objects of one kind. */
interface Care<T extends KubeObject> {
  readonly name: string;
  readonly kind: Kind;
  /** Kinds whose changes concern the object that controls them. */
  readonly children?: readonly Kind[];
  /** Keys of objects that another change concerns. */
  also?(change: Change): readonly string[];
  reconcile(object: T, again: Again): void;
  /** When there is no such object any more. */
  gone?(namespace: string, name: string): void;
}

export const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

export function caringFor<T extends KubeObject>(desk: Desk, care: Care<T>): Controller {
  const { name, kind, children = [] } = care;
  return {
    name,
    concerns(change) {
      const { object } = change;
      if (change.kind === kind) return [keyOf(object)];
      if (!children.includes(change.kind)) return care.also?.(change) ?? [];
      const owner = controllerOf(object);
      return owner?.kind === kind.kind ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
    },
    reconcile(namespace, name, again) {
      const object = desk.find<T>(kind, kind.namespaced ? namespace : undefined, name);
      if (object) care.reconcile(object, again);
      else care.gone?.(namespace, name);
    },
  };
}

/**
 * How long real controllers wait after a failure: 5 ms, doubled each time, up to 1000 s (client-go's default limiter).
 * At the highest speed, too, a quota that is full is not asked a million times.
 */
function retryAfter(failures: number, speed: number): number {
  const doubled = 5 * 2 ** failures;
  return Math.max(Math.min(doubled, 1_000_000) / speed, Math.min(doubled, 2000));
}

/** Calls every controller for what changed: level-triggered, never twice for many changes at once. */
export function runControllers(desk: Desk, controllers: readonly Controller[]): { busy(): boolean } {
  const queues = controllers.map((controller) => {
    const waiting = new Set<string>();
    const failures = new Map<string, number>();
    const later = new Map<string, AbortController>();
    const again = (key: string, ms: number): void => {
      later.get(key)?.abort();
      const ending = new AbortController();
      later.set(key, ending);
      desk.pace.sleep(ms, AbortSignal.any([ending.signal, desk.signal])).then(
        () => {
          later.delete(key);
          add(key);
        },
        () => undefined,
      );
    };
    const work = (): void => {
      const keys = [...waiting];
      waiting.clear();
      for (const key of keys) {
        const slash = key.indexOf('/');
        try {
          controller.reconcile(key.slice(0, slash), key.slice(slash + 1), (ms) => again(key, Math.max(ms, 20)));
          failures.delete(key);
        } catch (error) {
          if (!(error instanceof StatusError)) desk.complain(controller.name, error);
          const count = failures.get(key) ?? 0;
          failures.set(key, count + 1);
          again(key, retryAfter(count, desk.pace.speed));
        }
      }
    };
    const add = (key: string): void => {
      waiting.add(key);
      wake();
    };
    return { controller, waiting, work, add };
  });

  let awake = false;
  const wake = (): void => {
    if (awake) return;
    awake = true;
    setImmediate(() => {
      awake = false;
      if (desk.signal.aborted) return;
      for (const { waiting, work } of queues) if (waiting.size > 0) work();
    });
  };

  const hear = (change: Change): void => {
    for (const { controller, add } of queues) for (const key of controller.concerns(change)) add(key);
  };
  const { store } = desk.objects;
  const stop = store.onChange(hear);
  // What was there before is looked at once: after a restart this is all there is to go on with.
  for (const kind of kinds)
    for (const object of store.list(kind)) hear({ type: 'ADDED', version: store.version, kind, object });
  desk.signal.addEventListener('abort', stop, { once: true });
  return { busy: () => awake };
}
