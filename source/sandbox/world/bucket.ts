/** The platform's object storage: buckets by path, opened by their own keys. The signature is not looked at, as nobody can be harmed. */
import { parseQuantity } from '../../stack/quantity.ts';
import type { WebRequest, WebResponse } from '../components/host.ts';
import { bucketApi } from '../controllers/index.ts';
import { kindOf } from '../schema/index.ts';
import type { Kind, Store } from '../types.ts';
import type { Folder } from './files.ts';

export interface BucketOptions {
  /** Undefined when there is no such bucket. */
  readonly accessKeyOf: (bucket: string) => string | undefined;
  readonly folderOf: (bucket: string) => Folder;
  readonly isFull: () => boolean;
}

const error = (status: number, code: string, message: string): WebResponse => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

export const bucketKind = kindOf(bucketApi, 'ObjectStorageBucket') as Kind;
const userKind = kindOf(bucketApi, 'ObjectStorageUser') as Kind;
const quotaKind = kindOf('v1', 'ResourceQuota') as Kind;
/** How much more it is before the platform counts again. */
const countedBytes = 16 * 2 ** 20;

/** As the platform's own job writes it down from time to time. */
export function recordSize(store: Store, bytes: number): void {
  for (const kind of [bucketKind, userKind])
    for (const object of store.list(kind)) {
      const { status } = object as { readonly status?: { readonly size?: number } };
      if (status?.size === undefined || Math.abs(status.size - bytes) < countedBytes) continue;
      store.put(kind, { ...object, status: { ...status, size: bytes } });
    }
}

/** Bytes that the platform gives a user, by his quota (sealos-platform 4.2); without end where none says. */
export function bucketRoom(store: Store): number {
  const said = store.list(quotaKind).flatMap((quota) => {
    const { hard = {} } = (quota['spec'] ?? {}) as { readonly hard?: Readonly<Record<string, string>> };
    return hard['objectstorage/size'] ?? [];
  });
  return Math.min(...said.map(parseQuantity));
}

export function bucketServer({ accessKeyOf, folderOf, isFull }: BucketOptions) {
  return async ({ method, path, headers, body }: WebRequest): Promise<WebResponse> => {
    const [, bucket = '', ...rest] = path.split('/');
    const accessKey = accessKeyOf(bucket);
    if (accessKey === undefined) return error(404, 'NoSuchBucket', 'The specified bucket does not exist');
    const given = /Credential=([^/]+)\//.exec(headers['authorization'] ?? '')?.[1];
    if (given === undefined) return error(403, 'AccessDenied', 'Access Denied.');
    if (given !== accessKey)
      return error(403, 'InvalidAccessKeyId', 'The Access Key Id you provided does not exist in our records.');
    const key = rest.join('/');
    if (method === 'PUT') {
      // Who has used up his quota may only read (sealos-platform 4.2).
      if (isFull()) return error(403, 'AccessDenied', 'Access Denied.');
      folderOf(bucket).write(key, body);
    }
    if (method !== 'GET') return { status: 200, body: '' };
    const found = folderOf(bucket).read(key);
    return found === undefined
      ? error(404, 'NoSuchKey', 'The specified key does not exist.')
      : { status: 200, body: found };
  };
}
