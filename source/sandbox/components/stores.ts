/** What the app's processes need of the stores, and the words they use when they do not get it (stack-spec I). */
import type { Host, Redis, Sql } from './host.ts';

/** `postgres://user:password@host:port/database` with the password masked, for logs. */
const masked = (url: string) => url.replace(/:[^:@/]*@/, ':***@');

/** Runs a few statements on a connection of their own; no pool is needed for what little is asked. */
export async function withSql<T>(host: Host, url: string, use: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = await host.sql(url);
  try {
    return await use(sql);
  } finally {
    await sql.close().catch(() => {});
  }
}

export async function withRedis<T>(host: Host, url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = await host.redis(url);
  try {
    return await use(redis);
  } finally {
    redis.close();
  }
}

/** Tries until it works, telling each failure; gives the last error after `attempts`. */
export async function patiently<T>(
  host: Host,
  attempts: number,
  work: () => Promise<T>,
  complain: (error: Error, url: string) => void,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      complain(error as Error, masked(host.env['DATABASE_URL'] ?? ''));
      if (attempt >= attempts || host.ending.aborted) throw error;
      await host.sleep(1_000);
    }
  }
}

/** A bucket: path-style, the key in the Authorization header; the stand-in of the test cluster checks no signature. */
export interface Bucket {
  put(key: string, body: string): Promise<void>;
  get(key: string): Promise<string | undefined>;
  head(): Promise<boolean>;
}

export function bucketOf(host: Host, prefix: 'OBJECT_STORAGE' | 'SESSION_RECORDING_V2_S3'): Bucket {
  const env = (name: string) => host.env[`${prefix}_${name}`] ?? '';
  const base = () => `${env('ENDPOINT')}/${env('BUCKET')}`;
  const date = () => new Date(host.now()).toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = () => ({
    authorization: `AWS4-HMAC-SHA256 Credential=${env('ACCESS_KEY_ID')}/${date().slice(0, 8)}/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    'x-amz-date': date(),
  });
  return {
    async put(key, body) {
      const answer = await host.fetch(`${base()}/${key}`, { method: 'PUT', headers: headers(), body });
      const [, code = 'AccessDenied', text = answer.status] =
        /<Code>(.*)<\/Code><Message>(.*)<\/Message>/.exec(answer.body) ?? [];
      if (answer.status >= 300) throw new Error(`${code}: ${text}`);
    },
    async get(key) {
      const { status, body } = await host.fetch(`${base()}/${key}`, { headers: headers() });
      return status === 200 ? body : undefined;
    },
    async head() {
      const { status } = await host.fetch(base(), { method: 'HEAD', headers: headers() });
      return status < 300;
    },
  };
}
