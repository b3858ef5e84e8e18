/** The Secrets this program writes: made before anything else, found and completed on every later run, never changed. */
import { ApiError } from '../cluster/index.ts';
import type { Cluster } from '../cluster/types.ts';
import { readSecret } from '../observe/sources/secret.ts';
import type { Answers } from '../stack/answers.ts';
import { objectName } from '../stack/components.ts';
import { instanceLabel } from '../stack/conventions.ts';
import { ownSecrets } from '../stack/render.ts';
import { completeSecrets, mailSecret, type RandomBytes, s3Secret } from '../stack/secrets.ts';
import type { KubeObject } from '../stack/types.ts';

type Values = Readonly<Record<string, string>>;

/** Makes what is missing. Two programs at once end up with the same values: the first to create wins, the other reads. */
export async function ensureSecrets(
  cluster: Cluster,
  answers: Answers,
  random: RandomBytes,
  signal: AbortSignal,
): Promise<void> {
  const names = ownSecrets(answers.name);
  await ensure(cluster, answers.name, names.env, (existing) => completeSecrets(existing, random), signal);
  const { mail, s3 } = answers;
  if (mail) await ensure(cluster, answers.name, names.mail, (existing) => mailSecret(mail, existing), signal);
  if (s3) await ensure(cluster, answers.name, names.s3, (existing) => s3Secret(s3, existing), signal);
}

async function ensure(
  cluster: Cluster,
  app: string,
  name: string,
  complete: (existing: Values) => Values,
  signal: AbortSignal,
): Promise<void> {
  const existing = await readSecret(cluster, name, signal);
  const wanted = complete(existing ?? {});
  if (existing === undefined) {
    const secret: KubeObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: cluster.namespace, labels: { [instanceLabel]: app } },
      type: 'Opaque',
      data: encoded(wanted),
    };
    try {
      await cluster.create(secret, { signal });
      return;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 409)) throw error;
      return ensure(cluster, app, name, complete, signal);
    }
  }
  await addTo(cluster, name, existing, wanted, signal);
}

async function addTo(
  cluster: Cluster,
  name: string,
  existing: Values,
  wanted: Values,
  signal: AbortSignal,
): Promise<void> {
  const changed = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => existing[key] !== value));
  if (Object.keys(changed).length === 0) return;
  await cluster.patch({ apiVersion: 'v1', kind: 'Secret', name }, 'merge', { data: encoded(changed) }, { signal });
}

const encoded = (values: Values) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
  );

/** What may stand in a URL's password as it is (stack-spec B.0). */
const urlSafe = /^[A-Za-z0-9._~-]+$/;

/** How the app is told its databases as things are; writes nothing. */
export async function urlsInUse(cluster: Cluster, app: string, signal: AbortSignal): Promise<'composed' | 'encoded'> {
  const env = await readSecret(cluster, ownSecrets(app).env, signal);
  return env?.['DATABASE_URL'] === undefined ? 'composed' : 'encoded';
}

/**
 * Complete database URLs, written into `<app>-env` when a generated password is not URL-safe. Passwords are read at
 * use: a KubeBlocks upgrade may change them (sealos-platform 4.4).
 */
export async function databaseUrls(
  cluster: Cluster,
  app: string,
  signal: AbortSignal,
): Promise<'composed' | 'encoded'> {
  const [postgres, redis, env] = await Promise.all([
    readSecret(cluster, `${objectName('postgres', app)}-conn-credential`, signal),
    readSecret(cluster, `${objectName('redis', app)}-conn-credential`, signal),
    readSecret(cluster, ownSecrets(app).env, signal),
  ]);
  const passwords = [postgres?.['password'], redis?.['password']].filter((password) => password !== undefined);
  const needed = env?.['DATABASE_URL'] !== undefined || passwords.some((password) => !urlSafe.test(password));
  if (!needed || !postgres || !redis || !env) return env?.['DATABASE_URL'] === undefined ? 'composed' : 'encoded';
  const quote = encodeURIComponent;
  const redisAuthority = `:${quote(redis['password'] ?? '')}@${objectName('redis', app)}-redis.${cluster.namespace}.svc`;
  await addTo(
    cluster,
    ownSecrets(app).env,
    env,
    {
      DATABASE_URL: `postgres://${quote(postgres['username'] ?? '')}:${quote(postgres['password'] ?? '')}@${postgres['host']}:${postgres['port']}/posthog`,
      REDIS_URL: `redis://${redisAuthority}:6379/`,
      REDIS_AUTHORITY: redisAuthority,
    },
    signal,
  );
  return 'encoded';
}
