/**
 * A small S3: path-style addresses, objects in memory, keys with the rights of Sealos' bucket keys. Signatures are asked for and
 * not checked: who has the access key may act.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

interface StoredObject {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
  readonly modified: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ObjectStore {
  /** Bytes and number of objects of a bucket. */
  usage(bucket: string): { readonly bytes: number; readonly objects: number };
  makeBucket(bucket: string): void;
  removeBucket(bucket: string): void;
  /** What a key may reach: whole bucket names. */
  allow(accessKey: string, buckets: ReadonlySet<string>): void;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (each) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[each] ?? each);

function answer(
  response: ServerResponse,
  code: number,
  body: string | Buffer = '',
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(code, { 'content-length': String(Buffer.byteLength(body)), server: 'MinIO', ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`;
  answer(response, status, body, { 'content-type': 'application/xml' });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function accessKeyOf(request: IncomingMessage, query: URLSearchParams): string | undefined {
  const header = /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/.*Signature=[0-9a-f]+/.exec(
    request.headers.authorization ?? '',
  );
  return header?.[1] ?? query.get('X-Amz-Credential')?.split('/')[0];
}

function listing(bucket: string, objects: ReadonlyMap<string, StoredObject>, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const most = Number(query.get('max-keys') ?? 1000);
  const after = query.get('continuation-token') ?? query.get('start-after') ?? query.get('marker') ?? '';
  const prefixes = new Set<string>();
  const keys: string[] = [];
  for (const key of [...objects.keys()].sort()) {
    if (!key.startsWith(prefix) || key <= after) continue;
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    if (end >= 0) prefixes.add(key.slice(0, end + delimiter.length));
    else keys.push(key);
  }
  const shown = keys.slice(0, most);
  const truncated = keys.length > shown.length;
  const contents = shown.map((key) => {
    const object = objects.get(key);
    return `<Contents><Key>${escaped(key)}</Key><LastModified>${object?.modified.toISOString()}</LastModified><ETag>"${object?.etag}"</ETag><Size>${object?.body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  });
  const common = [...prefixes].map((each) => `<CommonPrefixes><Prefix>${escaped(each)}</Prefix></CommonPrefixes>`);
  const next = truncated ? `<NextContinuationToken>${escaped(shown.at(-1) ?? '')}</NextContinuationToken>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix><KeyCount>${shown.length}</KeyCount><MaxKeys>${most}</MaxKeys><IsTruncated>${truncated}</IsTruncated>${next}${contents.join('')}${common.join('')}</ListBucketResult>`;
}

/** The part that a Range header asks for, as offsets; undefined for the whole. */
function rangeOf(
  header: string | undefined,
  length: number,
): { readonly from: number; readonly to: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (!match[1] && !match[2])) return undefined;
  if (!match[1]) return { from: Math.max(0, length - Number(match[2])), to: length - 1 };
  return { from: Number(match[1]), to: match[2] ? Math.min(Number(match[2]), length - 1) : length - 1 };
}

export function makeObjectStore(now: () => Date): ObjectStore {
  const buckets = new Map<string, Map<string, StoredObject>>();
  const rights = new Map<string, ReadonlySet<string>>();

  function read(request: IncomingMessage, response: ServerResponse, object: StoredObject): void {
    const headers = {
      'content-type': object.type,
      etag: `"${object.etag}"`,
      'last-modified': object.modified.toUTCString(),
      'accept-ranges': 'bytes',
      ...Object.fromEntries(Object.entries(object.metadata)),
    };
    const range = rangeOf(request.headers.range, object.body.length);
    if (request.method === 'HEAD') {
      response.writeHead(200, { ...headers, 'content-length': String(object.body.length) });
      response.end();
    } else if (!range) answer(response, 200, object.body, headers);
    else if (range.from >= object.body.length)
      fail(response, 416, 'InvalidRange', 'The requested range is not satisfiable');
    else {
      const contentRange = `bytes ${range.from}-${range.to}/${object.body.length}`;
      answer(response, 206, object.body.subarray(range.from, range.to + 1), {
        ...headers,
        'content-range': contentRange,
      });
    }
  }

  async function write(
    request: IncomingMessage,
    response: ServerResponse,
    objects: Map<string, StoredObject>,
    key: string,
  ): Promise<void> {
    const body = await bodyOf(request);
    const etag = createHash('md5').update(body).digest('hex');
    const metadata = Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-meta-')) as [
      string,
      string,
    ][];
    const type = request.headers['content-type'] ?? 'application/octet-stream';
    objects.set(key, { body, type, etag, modified: now(), metadata: Object.fromEntries(metadata) });
    answer(response, 200, '', { etag: `"${etag}"` });
  }

  async function inBucket(
    request: IncomingMessage,
    response: ServerResponse,
    bucket: string,
    query: URLSearchParams,
  ): Promise<void> {
    const objects = buckets.get(bucket) ?? new Map<string, StoredObject>();
    if (request.method === 'HEAD') answer(response, 200);
    else if (request.method === 'GET' && query.has('location'))
      answer(response, 200, '<LocationConstraint>us-east-1</LocationConstraint>', {
        'content-type': 'application/xml',
      });
    else if (request.method === 'GET')
      answer(response, 200, listing(bucket, objects, query), { 'content-type': 'application/xml' });
    else if (request.method === 'POST' && query.has('delete')) {
      const keys = [...(await bodyOf(request)).toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
      for (const key of keys) objects.delete(key);
      answer(response, 200, '<DeleteResult/>', { 'content-type': 'application/xml' });
    } else fail(response, 403, 'AccessDenied', 'Access Denied.');
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3');
    if (url.pathname === '/minio/health/live') return answer(response, 200);
    const [bucket = '', ...rest] = url.pathname.slice(1).split('/');
    const key = decodeURIComponent(rest.join('/'));
    const accessKey = accessKeyOf(request, url.searchParams);
    if (accessKey === undefined) return fail(response, 403, 'AccessDenied', 'Access Denied.');
    const allowed = rights.get(accessKey);
    if (!allowed)
      return fail(response, 403, 'InvalidAccessKeyId', 'The Access Key Id you provided does not exist in our records.');
    const objects = buckets.get(bucket);
    if (!allowed.has(bucket)) return fail(response, 403, 'AccessDenied', 'Access Denied.');
    if (!objects) return fail(response, 404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (key === '') return inBucket(request, response, bucket, url.searchParams);
    const object = objects.get(key);
    if (request.method === 'PUT') return write(request, response, objects, key);
    if (request.method === 'DELETE') {
      objects.delete(key);
      return answer(response, 204);
    }
    if (!object) return fail(response, 404, 'NoSuchKey', 'The specified key does not exist.');
    return read(request, response, object);
  }

  return {
    usage(bucket): { bytes: number; objects: number } {
      const objects = [...(buckets.get(bucket)?.values() ?? [])];
      return { bytes: objects.reduce((sum, { body }) => sum + body.length, 0), objects: objects.length };
    },
    makeBucket: (bucket): void => void (buckets.has(bucket) || buckets.set(bucket, new Map())),
    removeBucket: (bucket): void => void buckets.delete(bucket),
    allow: (accessKey, names): void => void rights.set(accessKey, names),
    handle: (request, response): void => {
      route(request, response).catch((error: Error) => fail(response, 500, 'InternalError', error.message));
    },
  };
}
