/** Buckets of the platform: a user for the namespace, Secrets for him and for each bucket (sealos-platform 4.2). */
import { createHash } from 'node:crypto';
import type { OwnerReference } from '../../stack/types.ts';
import { type Controller, caringFor, type Desk } from './desk.ts';
import { kindNamed, known } from './known.ts';
import { type ContentObject, isLeaving, ownerReference } from './model.ts';

export const bucketApi = 'objectstorage.sealos.io/v1';
export const storageHost = 'object-storage.objectstorage-system.svc.cluster.local';
const component = 'objectstorage-controller';
const quotaBytes = 20 * 2 ** 30;

/** The platform's user of a namespace, as the controller derives it. */
export const userOf = (namespace: string): string => namespace.split('-')[1] ?? '';
/** Of the bucket itself, from that of its object. */
export const bucketNameOf = (namespace: string, name: string): string => `${userOf(namespace)}-${name}`;
export const accessKeyOf = (bucket: string): string => createHash('sha256').update(bucket).digest('hex').slice(0, 16);

const decoded = (secret: ContentObject, key: string): string =>
  Buffer.from(secret.data?.[key] ?? '', 'base64').toString();

/** @param domain of the cloud */
export function objectStorage(desk: Desk, domain: string): Controller {
  const buckets = kindNamed(bucketApi, 'ObjectStorageBucket');
  const users = kindNamed(bucketApi, 'ObjectStorageUser');
  const actor = desk.actor(
    component,
    'system:serviceaccount:objectstorage-system:objectstorage-controller-manager',
    'manager',
  );
  const external = `objectstorageapi.${domain}`;

  const secret = (namespace: string, name: string, values: object, ownerReferences: readonly OwnerReference[] = []) =>
    actor.ensure<ContentObject>(known.secrets, {
      metadata: { name, namespace, ...(ownerReferences.length > 0 && { ownerReferences }) },
      type: 'Opaque',
      stringData: { ...values, internal: storageHost, external },
    });

  function ensureUser(namespace: string): void {
    const name = userOf(namespace);
    const user = actor.ensure(users, {
      metadata: { name, namespace },
      spec: { secretKeyVersion: 0 },
    });
    const keys = secret(namespace, 'object-storage-key', { accessKey: name, secretKey: desk.hex(16) });
    if (user['status']) return;
    const status = {
      accessKey: decoded(keys, 'accessKey'),
      secretKey: decoded(keys, 'secretKey'),
      ...{ internal: storageHost, external, quota: quotaBytes, size: 0, objectsCount: 0 },
    };
    actor.status(users, user, status);
  }

  return caringFor(desk, {
    ...{ name: component, kind: buckets },
    reconcile(bucket, again) {
      const { namespace = '', name } = bucket.metadata;
      if (isLeaving(bucket) || bucket['status']) return;
      // Without the namespace's quota the controller does not know how much it may give.
      if (!desk.find(known.quotas, namespace, `quota-${namespace}`)) return again(1000);
      ensureUser(namespace);
      const real = bucketNameOf(namespace, name);
      const keys = { accessKey: accessKeyOf(real), secretKey: desk.hex(16), bucket: real };
      secret(namespace, `object-storage-key-${real}`, keys, [ownerReference(bucket)]);
      actor.status(buckets, bucket, { name: real, size: 0 });
    },
  });
}
