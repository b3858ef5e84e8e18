/** What the server refuses of a write, whatever the kind. */
import type { KubeObject } from '../../stack/types.ts';
import { kindOf, validate } from '../schema/index.ts';
import { forbidden, invalid, required } from '../schema/validate/causes.ts';
import type { Kind, StatusCause, Store } from '../types.ts';
import { groupVersion, isBuiltIn } from './names.ts';
import { StatusError } from './status-error.ts';
import { mapOf } from './values.ts';

export function refuseOtherName(given: unknown, name: string): void {
  if (given === name) return;
  throw StatusError.badRequest(
    given
      ? `the name of the object (${given}) does not match the name on the URL (${name})`
      : `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
  );
}

/** What an update says of the uid is a precondition, which the storage checks. */
export function refuseOtherUid(kind: Kind, { metadata }: KubeObject, uid: unknown): void {
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
export function refuseOtherObject(kind: Kind, before: KubeObject, wanted: KubeObject): void {
  const { name, uid, resourceVersion } = wanted.metadata;
  if (resourceVersion && !/^\d+$/.test(resourceVersion))
    throw StatusError.unexpected(`strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`);
  if (resourceVersion && resourceVersion !== before.metadata.resourceVersion)
    throw StatusError.conflictModified(kind, name);
  if (uid && uid !== before.metadata.uid) {
    const cause = invalid('metadata.uid', uid, 'field is immutable');
    // This, too, is found twice.
    throw StatusError.invalid(kind, name, [cause, cause]);
  }
  if (!resourceVersion && needsVersion(kind))
    throw StatusError.invalid({ ...kind, kind: kind.plural }, name, [
      invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
}

export function refuseVersion({ metadata }: KubeObject): void {
  if (metadata.resourceVersion)
    throw StatusError.unexpected('resourceVersion should not be set on objects to be created');
}

export function refuseNamespace(store: Store, kind: Kind, object: KubeObject): void {
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

function finalizerCauses({ metadata }: KubeObject, before: KubeObject | undefined): readonly StatusCause[] {
  if (!before?.metadata.deletionTimestamp) return [];
  const added = (metadata.finalizers ?? []).filter((each) => !before.metadata.finalizers?.includes(each));
  if (added.length === 0) return [];
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  const cause = forbidden('metadata.finalizers', why);
  // Two of the server's validations find it.
  return [cause, cause];
}

export function refuseInvalid(kind: Kind, object: KubeObject, before?: KubeObject): void {
  if (!object.metadata.name)
    throw StatusError.invalid(kind, '', [required('metadata.name', 'name or generateName is required')]);
  const causes = [...finalizerCauses(object, before), ...validate(kind, object, before)];
  if (causes.length) throw StatusError.invalid(kind, object.metadata.name, causes);
}

export function alreadyThere(kind: Kind, { metadata }: KubeObject): StatusError {
  const error = StatusError.alreadyExists(kind, metadata.name);
  if (!mapOf(metadata)['generateName']) return error;
  const { code, reason, message, details } = error.status;
  const why = `${message}, the server was not able to generate a unique name for the object`;
  return new StatusError(code, reason, why, { ...details, retryAfterSeconds: 1 });
}

export function unconvertible({ apiVersion, kind, metadata }: KubeObject, why: string): StatusError {
  const version = `${groupVersion(apiVersion)}, Kind=${kind}`;
  return StatusError.unexpected(
    `failed to convert new object (${metadata.namespace ?? ''}/${metadata.name}; ${version}) to proper version: unable to convert unstructured object to ${version}: ${why}`,
  );
}
