/**
 * The lock: one program at a time changes an instance. A Lease of 30 s, renewed every 10 s. It is taken over without
 * asking when it has not changed for 30 s on our own monotonic clock (clocks of two laptops may differ), or when its
 * holder is a dead process of this host.
 */
import { ApiError } from '../cluster/index.ts';
import type { Cluster } from '../cluster/types.ts';
import type { Clock, Context } from '../context.ts';
import { exitCodes, UserError } from '../errors.ts';
import { instanceLabel } from '../stack/conventions.ts';
import type { KubeObject, ObjectRef } from '../stack/types.ts';
import { leaseName } from './names.ts';

const durationMs = 30_000;
const renewEveryMs = 10_000;
const pollMs = 2_000;

export interface Lock {
  /** Aborts when the lock is lost: somebody else holds it, or it could not be renewed for its whole duration. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

const refOf = (app: string): ObjectRef => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  name: leaseName(app),
});
const specOf = (lease: KubeObject) => (lease['spec'] ?? {}) as LeaseSpec;

/**
 * Takes the lock, waiting up to 30 s where its holder may be dead; `onWait` is told whom it waits for.
 * @throws UserError `locked` (exit 3) naming the holder when another program renews it meanwhile.
 */
export async function acquireLock(
  cluster: Cluster,
  context: Context,
  app: string,
  signal: AbortSignal,
  onWait: (holder: string) => void = () => {},
): Promise<Lock> {
  const nonce = [...context.randomBytes(4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const identity = `${context.holder.host}/${context.holder.pid}/${nonce}`;
  let watched: { readonly version: string | undefined; readonly since: number } | undefined;
  for (;;) {
    const current = await cluster.get(refOf(app), { signal });
    const stale = watched !== undefined && context.clock.monotonic() - watched.since >= durationMs;
    if (current === undefined || stale || isFree(specOf(current), context)) {
      const taken = await take(cluster, context, app, identity, current, signal);
      if (taken) return keep(cluster, context, taken);
    } else if (watched === undefined) {
      watched = { version: current.metadata.resourceVersion, since: context.clock.monotonic() };
      onWait(holderName(specOf(current)));
    } else if (watched.version !== current.metadata.resourceVersion) {
      throw lockedError(specOf(current), app);
    }
    await context.clock.sleep(pollMs, signal);
  }
}

/** Undefined when somebody was faster. */
async function take(
  cluster: Cluster,
  context: Context,
  app: string,
  identity: string,
  current: KubeObject | undefined,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const now = microTime(context.clock.now());
  const spec: LeaseSpec = {
    holderIdentity: identity,
    leaseDurationSeconds: durationMs / 1000,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: current ? (specOf(current).leaseTransitions ?? 0) + 1 : 0,
  };
  const { name, ...type } = refOf(app);
  const fresh = { ...type, metadata: { name, namespace: cluster.namespace, labels: { [instanceLabel]: app } }, spec };
  try {
    return current ? await cluster.replace({ ...current, spec }, { signal }) : await cluster.create(fresh, { signal });
  } catch (error) {
    if (error instanceof ApiError && (error.code === 409 || error.code === 404)) return undefined;
    throw error;
  }
}

/** Released, or held by a process of this host that is no longer there. */
function isFree({ holderIdentity }: LeaseSpec, { holder }: Context): boolean {
  if (!holderIdentity) return true;
  const [host, pid] = holderIdentity.split('/');
  return host === holder.host && !holder.alive(Number(pid));
}

function holderName({ holderIdentity }: LeaseSpec): string {
  const [host, pid] = (holderIdentity ?? '').split('/');
  return `${host} (pid ${pid})`;
}

function lockedError(spec: LeaseSpec, app: string): UserError {
  return new UserError({
    code: 'locked',
    exit: exitCodes.refused,
    say: (t) => t.install.lock.held(holderName(spec)),
    hint: (t) => t.install.lock.hint,
    object: `Lease/${leaseName(app)}`,
  });
}

/** No renewal may take longer than there is between two: a server that is silent is one that is away. */
async function inTime<T>(work: (signal: AbortSignal) => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const late = clock.sleep(renewEveryMs, either).then(() => Promise.reject(new Error('no answer in time')));
  try {
    return await Promise.race([work(either), late]);
  } finally {
    late.catch(() => {});
    over.abort();
  }
}

/** A login that has ended is told as what it is: nobody else has the lock. */
function lostTo(error: unknown): unknown {
  if (error instanceof ApiError && error.code === 401) return error;
  return new UserError({
    code: 'lock-lost',
    exit: exitCodes.failed,
    say: (t) => t.install.lock.lost,
    hint: (t) => t.install.lock.lostHint,
    cause: error,
  });
}

/** Renews until released. A renewal that fails is tried again until the lease would be others' to take. */
function keep(cluster: Cluster, context: Context, taken: KubeObject): Lock {
  const { clock } = context;
  const lost = new AbortController();
  const stop = new AbortController();
  let lease = taken;

  const renewing = (async () => {
    let renewedAt = clock.monotonic();
    while (!stop.signal.aborted) {
      await clock.sleep(renewEveryMs, stop.signal).catch(() => {});
      if (stop.signal.aborted) return;
      try {
        lease = await inTime(
          (signal) =>
            cluster.replace({ ...lease, spec: { ...specOf(lease), renewTime: microTime(clock.now()) } }, { signal }),
          clock,
          stop.signal,
        );
        renewedAt = clock.monotonic();
      } catch (error) {
        if (stop.signal.aborted) return;
        const own = isConflict(error) ? await stillOurs(cluster, lease, clock, stop.signal) : undefined;
        if (own) {
          lease = own;
          continue;
        }
        const taken = error instanceof ApiError && (error.code === 409 || error.code === 404);
        if (!taken && clock.monotonic() - renewedAt < durationMs - renewEveryMs) continue;
        lost.abort(lostTo(error));
        return;
      }
    }
  })();

  return {
    lost: lost.signal,
    async release() {
      stop.abort();
      await renewing;
      // Nobody else may be thrown out by our leaving: only our own Lease is deleted, and failing to is harmless.
      const { apiVersion, kind, metadata } = lease;
      if (!lost.signal.aborted && metadata.uid) {
        await cluster
          .delete(
            { apiVersion, kind, name: metadata.name },
            // Taking over keeps the uid; only the version says whether it is still ours.
            { ...versionOf(metadata), signal: AbortSignal.timeout(5_000) },
          )
          .catch(() => {});
      }
    },
  };
}

const isConflict = (error: unknown): boolean => error instanceof ApiError && error.code === 409;

/** A renewal whose answer was lost has been made all the same, and the next one meets its own version. */
async function stillOurs(
  cluster: Cluster,
  lease: KubeObject,
  clock: Clock,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const { apiVersion, kind, metadata } = lease;
  const found = await inTime(
    (until) => cluster.get({ apiVersion, kind, name: metadata.name }, { signal: until }),
    clock,
    signal,
  ).catch(() => undefined);
  return found && specOf(found).holderIdentity === specOf(lease).holderIdentity ? found : undefined;
}

const versionOf = ({ uid, resourceVersion }: KubeObject['metadata']) => ({
  ...(uid === undefined ? {} : { uid }),
  ...(resourceVersion === undefined ? {} : { resourceVersion }),
});

/** Kubernetes' MicroTime refuses anything but six fractional digits. */
function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
}
