/** Stand-in for Sealos' object storage controller: a bucket becomes a user, two Secrets and a place in the S3 below (`sealos-platform.md` 4.2). */
import { createHash, randomBytes } from 'node:crypto';
import type { Api, KubeObject } from '../api.ts';
import { domain, network, s3Port } from '../layout.ts';
import { follow, loop } from './follow.ts';
import type { ObjectStore } from './s3.ts';

const apiVersion = 'objectstorage.sealos.io/v1';
const systemNamespace = 'objectstorage-system';
const internal = `object-storage.${systemNamespace}.svc.cluster.local`;
const external = `objectstorageapi.${domain}`;

interface Bucket extends KubeObject {
  readonly status?: { readonly name?: string; readonly size?: number };
}
interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The name of the platform's user in a namespace, as the controller derives it. */
const userOf = (namespace: string): string => namespace.split('-')[1] ?? '';
const decoded = (secret: Secret | undefined, key: string): string =>
  Buffer.from(secret?.data?.[key] ?? '', 'base64').toString();

/** Makes the address that pods use: a Service without pods, whose endpoint is this process. */
export async function applyObjectStorageService(api: Api, signal: AbortSignal): Promise<void> {
  const metadata = { name: 'object-storage', namespace: systemNamespace };
  await api.apply(
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: 'http', port: 80, targetPort: s3Port }] } },
    signal,
  );
  await api.apply(
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'object-storage' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [network.node], conditions: { ready: true } }],
      ports: [{ name: 'http', port: s3Port, protocol: 'TCP' }],
    },
    signal,
  );
}

/** Runs until the signal ends it. */
export function runObjectStorage(api: Api, store: ObjectStore, signal: AbortSignal): void {
  const changed = (): void => poke();
  const buckets = follow<Bucket>(api, { apiVersion, kind: 'ObjectStorageBucket' }, changed, signal);
  /** Names of buckets that this process made, by the uid of their object. */
  const made = new Map<string, string>();

  async function ensureSecret(
    namespace: string,
    name: string,
    values: Readonly<Record<string, string>>,
    owner: object[],
    signal: AbortSignal,
  ): Promise<Secret> {
    const found = await api.find<Secret>({ apiVersion: 'v1', kind: 'Secret', namespace, name }, signal);
    if (found) return found;
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace, ownerReferences: owner },
      stringData: { ...values, internal, external },
    };
    return api.apply<Secret>(secret, signal);
  }

  async function ensureUser(namespace: string, user: string, signal: AbortSignal): Promise<Secret> {
    await api.apply(
      { apiVersion, kind: 'ObjectStorageUser', metadata: { name: user, namespace }, spec: { secretKeyVersion: 0 } },
      signal,
    );
    const secret = await ensureSecret(
      namespace,
      'object-storage-key',
      { accessKey: user, secretKey: randomBytes(8).toString('hex') },
      [],
      signal,
    );
    const status = {
      accessKey: decoded(secret, 'accessKey'),
      secretKey: decoded(secret, 'secretKey'),
      internal,
      external,
      quota: 20 * 2 ** 30,
    };
    await api.patch(
      { apiVersion, kind: 'ObjectStorageUser', namespace, name: user, subresource: 'status' },
      { status },
      signal,
    );
    return secret;
  }

  async function reconcile(bucket: Bucket, signal: AbortSignal): Promise<void> {
    const { namespace = '', name, uid = '' } = bucket.metadata;
    const user = userOf(namespace);
    const real = `${user}-${name}`;
    if (made.has(uid) || bucket.metadata.deletionTimestamp) return;
    const userSecret = await ensureUser(namespace, user, signal);
    const owner = [{ apiVersion, kind: 'ObjectStorageBucket', name, uid, controller: true, blockOwnerDeletion: true }];
    const accessKey = createHash('sha256').update(real).digest('hex').slice(0, 16);
    const values = { accessKey, secretKey: randomBytes(8).toString('hex'), bucket: real };
    await ensureSecret(namespace, `object-storage-key-${user}-${name}`, values, owner, signal);
    store.makeBucket(real);
    store.allow(accessKey, new Set([real]));
    const ofUser = [...buckets.values()].filter(({ metadata }) => metadata.namespace === namespace);
    store.allow(decoded(userSecret, 'accessKey'), new Set(ofUser.map(({ metadata }) => `${user}-${metadata.name}`)));
    const { bytes } = store.usage(real);
    await api.patch(
      { apiVersion, kind: 'ObjectStorageBucket', namespace, name, subresource: 'status' },
      { status: { name: real, size: bytes } },
      signal,
    );
    made.set(uid, real);
  }

  function removeGone(): void {
    const present = new Set([...buckets.values()].map(({ metadata }) => metadata.uid));
    for (const [uid, real] of made) {
      if (present.has(uid)) continue;
      // With everything in it, unasked, as the controller does.
      store.removeBucket(real);
      made.delete(uid);
    }
  }

  const poke = loop(
    'object storage',
    async (signal) => {
      removeGone();
      for (const bucket of buckets.values()) await reconcile(bucket, signal);
    },
    signal,
  );
}
