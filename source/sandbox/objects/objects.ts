/** The write path of the API server: from a request's body to what is kept, or the refusal that the real one would answer. */
import type { Clock } from '../../context.ts';
import type { RandomBytes } from '../../stack/secrets.ts';
import type { KubeObject } from '../../stack/types.ts';
import { defaulted, kindOf, schemaOf, validate } from '../schema/index.ts';
import type { Admission, Kind, Objects, PatchKind, Schema, Store, WriteOptions, Written } from '../types.ts';
import { decode } from './decode.ts';
import { applied, trackUpdate, type Writing } from './managed-fields.ts';
import { bornMetadata, keptMetadata, timestamp } from './metadata.ts';
import { apiVersionOf, groupVersion, isBuiltIn } from './names.ts';
import { jsonPatched, mergePatched } from './patches.ts';
import { prepared, retained, withFirstStatus } from './prepare.ts';
import { isOver, marked, refuseOthers } from './removal.ts';
import { scaleConfig, scaled, scaleOf } from './scale.ts';
import { StatusError } from './status-error.ts';
import { strategicMerged } from './strategic-merge.ts';
import { goText } from './type-errors.ts';
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
    const next = withFirstStatus(kind, admitted('CREATE', kind, complete, options, warnings));
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
    const { object, warnings } = decode(kind, body, options.fieldValidation);
    refuseVersion(object);
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
    const config = before && options.subresource === 'scale' ? scaleConfig(kind, before, body) : configOf(kind, body);
    const merged = applied(before, config, writingOf(kind, options), options.force ?? false);
    const placed = inNamespace(kind, namespace, merged);
    if (!before && placed.metadata.uid) throw noSuchUid(kind, name, placed.metadata.uid);
    refuseOtherName(placed.metadata.name, name);
    const complete = withSecretData(kind, decode(kind, placed, 'Ignore', (why) => unconvertible(merged, why)).object);
    if (before) {
      refuseOtherObject(kind, before, complete);
      const isolated = isolate(kind, before, complete, options.subresource);
      return changed(kind, before, defaulted(kind, isolated), options);
    }
    return born(kind, defaulted(kind, bornMetadata(kind, complete, clock.now(), randomBytes)), options);
  };

  const objects: Objects = {
    store,
    get: live,
    create,

    update(kind, namespace, name, body, options) {
      const before = live(kind, namespace, name);
      refuseOtherName(nameIn(body), name);
      refuseOtherUid(kind, before, mapOf(mapOf(body)['metadata'])['uid']);
      if (options.subresource !== 'scale') return replace(kind, before, body, options);
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
      refuseOtherName(nameIn(patched), name);
      const shown = type === 'strategic' ? goText(body) : JSON.stringify(patched);
      return replace(kind, before, patched, options, (why) => StatusError.invalidPatch(shown, why));
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
  return objects;
}

const asScale = (written: Written): Written => ({ ...written, object: scaleOf(written.object) });

function patchedBy(type: Exclude<PatchKind, 'apply'>, kind: Kind, object: KubeObject, body: unknown): unknown {
  if (type === 'json') return jsonPatched(object, body);
  if (!isMap(body)) {
    const what = Array.isArray(body) ? 'array' : typeof body;
    const why = `json: cannot unmarshal ${what} into Go value of type map[string]interface {}`;
    throw StatusError.badRequest(type === 'merge' ? `error decoding patch: ${why}` : why);
  }
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
  if (!isBuiltIn(kind)) return [['f:spec'], ['f:metadata']];
  return keepsLabels(kind) ? [['f:spec'], ['f:metadata', 'f:labels']] : [['f:spec']];
}

/** Only the strategy of Deployments protects their labels from who writes their status. */
const keepsLabels = ({ kind }: Kind): boolean => kind === 'Deployment';

function isolate(
  kind: Kind,
  before: KubeObject,
  wanted: KubeObject,
  subresource: WriteOptions['subresource'],
): KubeObject {
  if (subresource === 'scale' || !kind.subresources.includes('status')) return wanted;
  if (subresource !== 'status') return withEntry(wanted, 'status', before['status']);
  const { annotations, finalizers, labels, resourceVersion, managedFields } = wanted.metadata;
  const writable = isBuiltIn(kind) ? { annotations, finalizers, ...(!keepsLabels(kind) && { labels }) } : {};
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

const structs = ['metadata', 'spec', 'status', 'template', 'jobTemplate', 'strategy', 'updateStrategy'];

function emptyStruct({ properties = {}, required = [] }: Schema): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(properties)) {
    if (child.type === 'array' && required.includes(key)) result[key] = null;
    else if (child.properties && structs.includes(key)) result[key] = key === 'metadata' ? {} : emptyStruct(child);
    // Of a claim; those of a pod are a pointer.
    else if (key === 'resources' && 'volumeName' in properties) result[key] = {};
  }
  return result;
}

function configOf(kind: Kind, body: unknown): KubeObject {
  if (!isMap(body)) {
    const what = Array.isArray(body) ? 'array' : typeof body;
    throw StatusError.badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${what} into Go value of type map[string]interface {}`,
    );
  }
  const { apiVersion, kind: name } = body;
  if (apiVersion !== apiVersionOf(kind) || name !== kind.kind)
    throw StatusError.badRequest(`invalid object type: ${groupVersion(apiVersion)}, Kind=${name ?? ''}`);
  return { ...body, metadata: mapOf(body['metadata']) } as unknown as KubeObject;
}

function unconvertible({ apiVersion, kind, metadata }: KubeObject, why: string): StatusError {
  const version = `${groupVersion(apiVersion)}, Kind=${kind}`;
  return StatusError.unexpected(
    `failed to convert new object (${metadata.namespace ?? ''}/${metadata.name}; ${version}) to proper version: unable to convert unstructured object to ${version}: ${why}`,
  );
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

function refuseOtherName(given: unknown, name: string): void {
  if (given === name) return;
  throw StatusError.badRequest(
    given
      ? `the name of the object (${given}) does not match the name on the URL (${name})`
      : `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
  );
}

const noSuchUid = (kind: Kind, name: string, uid: string): StatusError =>
  StatusError.conflict(
    kind,
    name,
    `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
  );

/** What an update says of the uid is a precondition, which the storage checks. */
function refuseOtherUid(kind: Kind, { metadata }: KubeObject, uid: unknown): void {
  if (!uid || uid === metadata.uid) return;
  const key = ['/registry', ...(isBuiltIn(kind) ? [] : [kind.group]), kind.plural, metadata.namespace, metadata.name];
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
  throw StatusError.conflict(
    kind,
    metadata.name,
    `StorageError: invalid object, Code: 4, Key: ${key.filter(Boolean).join('/')}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}

/** Kinds whose writers must say what they saw (`AllowUnconditionalUpdate` of their strategies). */
const needsVersion = (kind: Kind): boolean =>
  !isBuiltIn(kind) || ['leases', 'poddisruptionbudgets'].includes(kind.plural);

/** @throws StatusError 409 for another object of the same name or an older version of it, 422 for none where one is needed. */
function refuseOtherObject(kind: Kind, before: KubeObject, wanted: KubeObject): void {
  const { name, uid, resourceVersion } = wanted.metadata;
  if (resourceVersion && !/^\d+$/.test(resourceVersion))
    throw StatusError.unexpected(`strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`);
  if (resourceVersion && resourceVersion !== before.metadata.resourceVersion)
    throw StatusError.conflictModified(kind, name);
  if (uid && uid !== before.metadata.uid) {
    const message = `Invalid value: "${uid}": field is immutable`;
    // Two of its validations find it.
    const cause = { reason: 'FieldValueInvalid', message, field: 'metadata.uid' };
    throw StatusError.invalid(kind, name, [cause, cause]);
  }
  if (!resourceVersion && needsVersion(kind))
    throw StatusError.invalid({ ...kind, kind: kind.plural }, name, [
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0: must be specified for an update',
        field: 'metadata.resourceVersion',
      },
    ]);
}

function refuseVersion({ metadata }: KubeObject): void {
  if (metadata.resourceVersion)
    throw StatusError.unexpected('resourceVersion should not be set on objects to be created');
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
  if (!object.metadata.name)
    throw StatusError.invalid(kind, '', [
      {
        reason: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
        field: 'metadata.name',
      },
    ]);
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
