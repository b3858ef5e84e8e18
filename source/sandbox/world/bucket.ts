/** The platform's object storage: buckets by path, opened by their own keys. The signature is not looked at, as nobody can be harmed. */
import type { WebRequest, WebResponse } from '../components/host.ts';
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
      // MinIO's words for a bucket at its quota.
      if (isFull()) return error(409, 'XMinioAdminBucketQuotaExceeded', 'Bucket quota exceeded');
      folderOf(bucket).write(key, body);
    }
    if (method !== 'GET') return { status: 200, body: '' };
    const found = folderOf(bucket).read(key);
    return found === undefined
      ? error(404, 'NoSuchKey', 'The specified key does not exist.')
      : { status: 200, body: found };
  };
}
