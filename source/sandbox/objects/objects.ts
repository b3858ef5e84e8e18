/** The write path of the API server: from a request's body to what is kept, or the refusal that the real one would answer. */
import type { Clock } from '../../context.ts';
import type { RandomBytes } from '../../stack/secrets.ts';
import type { KubeObject } from '../../stack/types.ts';
import { defaulted, schemaOf } from '../schema/index.ts';
import { invalid } from '../schema/validate/causes.ts';
import type { Admission, Kind, Objects, PatchKind, Store, WriteOptions, Written } from '../types.ts';
import { configOf, decode } from './decode.ts';
import { emptyObject } from './empty-object.ts';
import { isolate, unwritable } from './isolation.ts';
import { applied, trackUpdate, type Writing } from './managed-fields.ts';
import { bornMetadata, keptMetadata, timestamp, withoutTimes } from './metadata.ts';
import { isBuiltIn } from './names.ts';
import { jsonPatched, mergePatched, type Operation } from './patches.ts';
import { prepared, retained, withFirstStatus } from './prepare.ts';
import {
  alreadyThere,
  refuseInvalid,
  refuseNamespace,
  refuseOtherName,
  refuseOtherObject,
  refuseOtherUid,
  refuseVersion,
  unconvertible,
} from './refusals.ts';
import { isOver, marked, refuseOthers } from './removal.ts';
import { scaled, scaleOf } from './scale.ts';
import { StatusError } from './status-error.ts';
import { strategicMerged } from './strategic-merge.ts';
import { goText } from './type-errors.ts';
import { equal, isMap, mapOf, withEntry } from './values.ts';

export interface ObjectsOptions {
  readonly store: Store;
  readonly admission: Admission;
  readonly clock: Pick<Clock, 'now'>;
  readonly randomBytes: RandomBytes;
}

/** Everything that writes goes through it; all of it throws StatusError. */
export function createObjects({ store, admission, clock, randomBytes }: ObjectsOptions): Objects {
  const live = (kind: Kind, namespace: string | undefined, name: string): KubeObject => {
    const object = store.get(kind, namespace, name);
    if (!object) throw StatusError.notFound(kind, name);
    return object;
  };

  const writingOf = (kind: Kind, options: WriteOptions): Writing => ({
    schema: schemaOf(kind),
    manager: options.fieldManager || 'unknown',
    subresource: options.subresource,
    time: timestamp(clock.now()),
    unwritable: unwritable(kind, options.subresource),
    empty: emptyObject(kind),
  });

  const admitted = (
    operation: 'CREATE' | 'UPDATE',
    kind: Kind,
    object: KubeObject,
    options: WriteOptions,
    warnings: string[],
    before?: KubeObject,
  ): KubeObject =>
    admission.admit({
      operation,
      kind,
      namespace: object.metadata.namespace,
      name: object.metadata.name,
      object,
      ...(before && { before }),
      ...(options.subresource && { subresource: options.subresource }),
      user: options.user,
      dryRun: options.dryRun ?? false,
      warn: (text) => warnings.push(text),
    });

  /** Creates an object whose managers are known. */
  const born = (kind: Kind, object: KubeObject, options: WriteOptions, told: readonly string[] = []): Written => {
    const warnings = [...told];
    refuseNamespace(store, kind, object);
    const ready = prepared(kind, object, { store, randomBytes });
    const next = withFirstStatus(kind, admitted('CREATE', kind, ready, options, warnings));
    refuseInvalid(kind, next);
    if (store.get(kind, next.metadata.namespace, next.metadata.name)) throw alreadyThere(kind, next);
    return { object: options.dryRun ? next : store.put(kind, next), created: true, warnings };
  };

  /** Replaces an object by one whose managers are known. */
  const changed = (
    kind: Kind,
    before: KubeObject,
    wanted: KubeObject,
    options: WriteOptions,
    told: readonly string[] = [],
  ): Written => {
    const warnings = [...told];
    const done = (object: KubeObject): Written => ({ object, created: false, warnings });
    const kept = retained(kind, before, wanted, { store, randomBytes });
    const next = keptMetadata(
      kind,
      before,
      admitted('UPDATE', kind, kept, options, warnings, before),
      options.subresource,
    );
    refuseInvalid(kind, next, before);
    // A write that changes nothing but the times of its managers is none.
    if (equal(withoutTimes(before), withoutTimes(next))) return done(before);
    if (options.dryRun) return done(next);
    return done(isOver(next) ? store.remove(kind, next) : store.put(kind, next));
  };

  const create: Objects['create'] = (kind, namespace, body, options) => {
    const { object, warnings } = decode(kind, mapOf(body), options.fieldValidation);
    refuseVersion(object);
    const placed = bornMetadata(kind, inNamespace(kind, namespace, object), clock.now(), randomBytes);
    const whole = defaulted(kind, withSecretData(kind, placed));
    const tracked = trackUpdate(undefined, whole, writingOf(kind, options));
    return born(kind, tracked, options, warnings);
  };

  /** @param refuse makes the error of strict validation. */
  const replace = (
    kind: Kind,
    before: KubeObject,
    body: unknown,
    options: WriteOptions,
    refuse?: (why: string) => StatusError,
  ): Written => {
    // Who writes the status sends the rest as it was, and it would not be heard.
    const heard = options.subresource === 'status' ? withEntry(mapOf(body), 'spec', undefined) : mapOf(body);
    const { object, warnings } = decode(kind, heard, options.fieldValidation, refuse);
    const placed = inNamespace(kind, before.metadata.namespace, object);
    refuseOtherObject(kind, before, placed);
    const isolated = isolate(kind, before, withSecretData(kind, placed), options.subresource);
    const tracked = trackUpdate(before, complete(kind, isolated, options), writingOf(kind, options));
    return changed(kind, before, tracked, options, warnings);
  };

  const apply = (
    kind: Kind,
    namespace: string | undefined,
    name: string,
    body: unknown,
    options: WriteOptions,
  ): Written => {
    const before = store.get(kind, namespace, name);
    if (!before && options.subresource) throw StatusError.notFound(kind, name);
    const config = configOf(kind, mapOf(body));
    const merged = applied(before, config, writingOf(kind, options), options.force ?? false);
    const placed = inNamespace(kind, namespace, merged);
    const { uid } = placed.metadata;
    if (!before && uid) {
      const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
      throw StatusError.conflict(kind, name, why);
    }
    refuseOtherName(placed.metadata.name, name);
    const given = withSecretData(
      kind,
      decode(kind, mapOf(placed), 'Ignore', (why) => unconvertible(config, why)).object,
    );
    if (before) {
      refuseOtherObject(kind, before, given);
      const isolated = isolate(kind, before, given, options.subresource);
      return changed(kind, before, complete(kind, isolated, options), options);
    }
    return born(kind, defaulted(kind, bornMetadata(kind, given, clock.now(), randomBytes)), options);
  };

  return {
    store,
    get: live,
    create,

    update(kind, namespace, name, body, options) {
      const before = live(kind, namespace, name);
      refuseOtherName(nameIn(body), name);
      refuseOtherUid(kind, before, mapOf(mapOf(body)['metadata'])['uid']);
      if (options.subresource !== 'scale') return replace(kind, before, body, options);
      return asScale(replace(kind, before, scaled(before, body), options));
    },

    patch(kind, namespace, name, type, body, options) {
      if (type === 'apply') return apply(kind, namespace, name, body, options);
      const before = live(kind, namespace, name);
      const isScale = options.subresource === 'scale';
      const patched = patchedBy(type, kind, isScale ? scaleOf(before) : before, body);
      if (isScale) return asScale(replace(kind, before, scaled(before, patched), options));
      refuseOtherName(nameIn(patched), name);
      const shown = type === 'strategic' ? goText(body) : JSON.stringify(patched);
      return replace(kind, before, patched, options, (why) =>
        StatusError.invalid({ group: '', kind: '' }, '', [invalid('patch', shown, why)]),
      );
    },

    remove(kind, namespace, name, options) {
      const before = live(kind, namespace, name);
      refuseOthers(kind, before, options.preconditions);
      const dryRun = options.dryRun ?? false;
      admission.admit({
        operation: 'DELETE',
        kind,
        namespace,
        name,
        object: before,
        before,
        user: options.user,
        dryRun,
        warn: () => {},
      });
      const next = marked(kind, before, options, clock.now());
      if (dryRun || (next.object === before && !next.gone)) return next;
      if (next.gone) store.remove(kind, next.object);
      return next.gone ? next : { object: store.put(kind, next.object), gone: false };
    },
  };
}

/** With defaults. Beside the status there is only what had them before. */
const complete = (kind: Kind, object: KubeObject, { subresource }: WriteOptions): KubeObject =>
  subresource === 'status' && isBuiltIn(kind) ? object : defaulted(kind, object);

const asScale = (written: Written): Written => ({ ...written, object: scaleOf(written.object) });

function patchedBy(type: Exclude<PatchKind, 'apply'>, kind: Kind, object: KubeObject, body: unknown): unknown {
  if (type === 'json') return jsonPatched(object, body as readonly Operation[]);
  return type === 'merge' ? mergePatched(object, body) : strategicMerged(schemaOf(kind), object, mapOf(body));
}

function inNamespace(kind: Kind, namespace: string | undefined, object: KubeObject): KubeObject {
  const given = object.metadata.namespace;
  if (!kind.namespaced)
    return given ? { ...object, metadata: withEntry(object.metadata, 'namespace', undefined) } : object;
  if (given && given !== namespace)
    throw StatusError.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  return namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object;
}

const nameIn = (body: unknown): unknown => mapOf(mapOf(body)['metadata'])['name'];

/** `stringData` is for writing only. */
function withSecretData(kind: Kind, object: KubeObject): KubeObject {
  if (kind.group !== '' || kind.kind !== 'Secret' || !isMap(object['stringData'])) return object;
  const { stringData, ...secret } = object;
  const encoded = Object.entries(stringData as Record<string, string>).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  return { ...(secret as KubeObject), data: { ...mapOf(object['data']), ...Object.fromEntries(encoded) } };
}
