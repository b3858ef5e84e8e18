/** The write path of the API server: from a request's body to what is kept, or the refusal that the real one would answer. */
import type { Clock } from '../../context.ts';
import type { RandomBytes } from '../../stack/secrets.ts';
import type { KubeObject } from '../../stack/types.ts';
import { defaulted, kindOf, schemaOf, validate } from '../schema/index.ts';
import type { Admission, Kind, Objects, PatchKind, Schema, Store, WriteOptions, Written } from '../types.ts';
import { apiVersionOf, decode, isBuiltIn } from './decode.ts';
import { applied, trackUpdate, type Writing } from './managed-fields.ts';
import { bornMetadata, keptMetadata, timestamp } from './metadata.ts';
import { jsonPatched, mergePatched } from './patches.ts';
import { prepared } from './prepare.ts';
import { isOver, marked, refuseOthers } from './removal.ts';
import { scaleConfig, scaled, scaleOf } from './scale.ts';
import { StatusError } from './status-error.ts';
import { strategicMerged } from './strategic-merge.ts';
import { withoutTimes } from './unchanged.ts';
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
    const complete = prepared(kind, object, { store, randomBytes });
    const next = admitted('CREATE', kind, complete, options, warnings);
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
    const next = keptMetadata(kind, before, admitted('UPDATE', kind, wanted, options, warnings, before));
    refuseInvalid(kind, next, before);
    // A write that changes nothing but the times of its managers is none.
    if (equal(withoutTimes(before), withoutTimes(next))) return done(before);
    if (options.dryRun) return done(next);
    return done(isOver(next) ? store.remove(kind, next) : store.put(kind, next));
  };

  const create: Objects['create'] = (kind, namespace, body, options) => {
    const { object, warnings } = decode(kind, body, options.fieldValidation);
    const placed = bornMetadata(kind, inNamespace(kind, namespace, object), clock.now(), randomBytes);
    const complete = defaulted(kind, withSecretData(kind, placed));
    const tracked = trackUpdate(undefined, complete, writingOf(kind, options));
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
    const { object, warnings } = decode(kind, body, options.fieldValidation, refuse);
    const placed = inNamespace(kind, before.metadata.namespace, object);
    refuseOtherObject(kind, before, placed);
    const isolated = isolate(kind, before, withSecretData(kind, placed), options.subresource);
    const tracked = trackUpdate(before, defaulted(kind, isolated), writingOf(kind, options));
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
    const given = before && options.subresource === 'scale' ? scaleConfig(kind, before, body) : configOf(kind, body);
    const config = inNamespace(kind, namespace, given);
    if (config.metadata.name && config.metadata.name !== name) throw otherName(config.metadata.name, name);
    const writing = writingOf(kind, options);
    const merged = applied(before, config, writing, options.force ?? false);
    if (before) {
      refuseOtherObject(kind, before, merged);
      const isolated = isolate(kind, before, withSecretData(kind, cleaned(kind, merged)), options.subresource);
      return changed(kind, before, defaulted(kind, isolated), options);
    }
    const named = { ...cleaned(kind, merged), metadata: { ...merged.metadata, name } };
    const fresh = bornMetadata(kind, named, clock.now(), randomBytes);
    return born(kind, defaulted(kind, withSecretData(kind, fresh)), options);
  };

  const objects: Objects = {
    store,
    get: live,
    create,

    update(kind, namespace, name, body, options) {
      const before = live(kind, namespace, name);
      if (options.subresource !== 'scale') {
        const given = mapOf(mapOf(body)['metadata'])['name'];
        if (given !== name) throw otherName(String(given ?? ''), name);
        return replace(kind, before, body, options);
      }
      return asScale(replace(kind, before, scaled(kind, before, body), options));
    },

    patch(kind, namespace, name, type, body, options) {
      if (type === 'apply') {
        const written = apply(kind, namespace, name, body, options);
        return options.subresource === 'scale' ? asScale(written) : written;
      }
      const before = live(kind, namespace, name);
      const isScale = options.subresource === 'scale';
      const patched = patchedBy(type, kind, isScale ? scaleOf(before) : before, body);
      if (isScale) return asScale(replace(kind, before, scaled(kind, before, patched), options));
      const given = mapOf(mapOf(patched)['metadata'])['name'];
      if (given !== name) throw otherName(String(given ?? ''), name);
      return replace(kind, before, patched, options, (why) => StatusError.invalidPatch(JSON.stringify(patched), why));
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
      if (next === before) return { object: before, gone: false };
      if (next) return { object: dryRun ? next : store.put(kind, next), gone: false };
      if (!dryRun) store.remove(kind, before);
      return { object: before, gone: true };
    },
  };
  return objects;
}

const asScale = (written: Written): Written => ({ ...written, object: scaleOf(written.object) });

function patchedBy(type: Exclude<PatchKind, 'apply'>, kind: Kind, object: KubeObject, body: unknown): unknown {
  if (type === 'json') return jsonPatched(object, body);
  if (!isMap(body))
    throw StatusError.badRequest('json: cannot unmarshal array into Go value of type map[string]interface {}');
  if (type === 'merge') return mergePatched(object, body);
  if (!isBuiltIn(kind))
    throw StatusError.unsupportedMediaType([
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/apply-patch+yaml',
    ]);
  return strategicMerged(schemaOf(kind), object, body);
}

/** Subtrees that a write through this door does not change. */
function unwritable(kind: Kind, subresource: WriteOptions['subresource']): Writing['unwritable'] {
  if (subresource === 'scale' || !kind.subresources.includes('status')) return [];
  if (subresource !== 'status') return [['f:status']];
  return isBuiltIn(kind) ? [['f:spec'], ['f:metadata', 'f:labels']] : [['f:spec'], ['f:metadata']];
}

function isolate(
  kind: Kind,
  before: KubeObject,
  wanted: KubeObject,
  subresource: WriteOptions['subresource'],
): KubeObject {
  if (subresource === 'scale' || !kind.subresources.includes('status')) return wanted;
  if (subresource !== 'status') return withEntry(wanted, 'status', before['status']);
  const { annotations, finalizers, resourceVersion, managedFields } = wanted.metadata;
  const writable = isBuiltIn(kind) ? { annotations, finalizers } : {};
  const metadata = Object.entries({ ...writable, resourceVersion, managedFields }).reduce(
    (all, [key, value]) => withEntry(all, key, value),
    before.metadata,
  );
  return withEntry({ ...before, metadata }, 'status', wanted['status']);
}

/** What a new object of the kind has before anybody wrote to it: in types of Go some structs are always there. */
function emptyObject(kind: Kind): KubeObject {
  const name = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  if (!isBuiltIn(kind)) return { ...name, metadata: {} as KubeObject['metadata'] };
  return { ...emptyStruct(schemaOf(kind)), ...name, metadata: {} as KubeObject['metadata'] };
}

const structs = ['metadata', 'spec', 'status', 'template', 'jobTemplate', 'strategy', 'updateStrategy', 'resources'];

function emptyStruct(schema: Schema): Record<string, unknown> {
  const fields = Object.entries(schema.properties ?? {}).filter(
    ([key, { properties }]) => properties && structs.includes(key),
  );
  return Object.fromEntries(fields.map(([key, child]) => [key, key === 'metadata' ? {} : emptyStruct(child)]));
}

function configOf(kind: Kind, body: unknown): KubeObject {
  if (!isMap(body)) throw StatusError.badRequest('error decoding YAML: json: cannot unmarshal into Go value');
  const expected = apiVersionOf(kind);
  const { apiVersion, kind: name } = body;
  if (apiVersion !== expected || name !== kind.kind)
    throw StatusError.badRequest(`invalid object type: ${apiVersion ?? ''}, Kind=${name ?? ''}`);
  return {
    ...body,
    apiVersion: expected,
    kind: kind.kind,
    metadata: mapOf(body['metadata']) as unknown as KubeObject['metadata'],
  };
}

/** What a merge left is read again, as any body. */
const cleaned = (kind: Kind, object: KubeObject): KubeObject => decode(kind, object, 'Ignore').object;

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

const otherName = (given: string, name: string): StatusError =>
  StatusError.badRequest(
    given
      ? `the name of the object (${given}) does not match the name on the URL (${name})`
      : 'resource name may not be empty',
  );

/** @throws StatusError 409 for another object of the same name or an older version of it, 422 for none where one is needed. */
function refuseOtherObject(kind: Kind, before: KubeObject, wanted: KubeObject): void {
  const { name, uid, resourceVersion } = wanted.metadata;
  if (uid && uid !== before.metadata.uid)
    throw StatusError.conflict(
      kind,
      before.metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`,
    );
  if (resourceVersion && resourceVersion !== before.metadata.resourceVersion)
    throw StatusError.conflictModified(kind, name);
  if (!resourceVersion && !isBuiltIn(kind))
    throw StatusError.invalid({ ...kind, kind: kind.plural }, name, [
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0: must be specified for an update',
        field: 'metadata.resourceVersion',
      },
    ]);
}

function refuseNamespace(store: Store, kind: Kind, object: KubeObject): void {
  const { namespace: name, name: objectName } = object.metadata;
  const namespaces = kindOf('v1', 'Namespace');
  if (!kind.namespaced || !name || !namespaces) return;
  const namespace = store.get(namespaces, undefined, name);
  if (!namespace) throw StatusError.notFound(namespaces, name);
  if (!namespace.metadata.deletionTimestamp) return;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${name} is being terminated`,
    field: 'metadata.namespace',
  };
  const why = `unable to create new content in namespace ${name} because it is being terminated`;
  throw StatusError.forbidden(kind, objectName, why, [cause]);
}

function refuseInvalid(kind: Kind, object: KubeObject, before?: KubeObject): void {
  const causes = validate(kind, object, before);
  if (causes.length) throw StatusError.invalid(kind, object.metadata.name, causes);
}

function alreadyThere(kind: Kind, { metadata }: KubeObject): StatusError {
  const error = StatusError.alreadyExists(kind, metadata.name);
  if (!mapOf(metadata)['generateName']) return error;
  const { status } = error;
  const message = `${status.message}, the server was not able to generate a unique name for the object`;
  return new StatusError({ ...status, message, details: { ...status.details, retryAfterSeconds: 1 } });
}

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
