/** What the hops of one leg share: where requests go in, where results are read, and what was found on the way. */
import type { HttpClient, HttpRequest, HttpResponse } from '../../cluster/types.ts';
import type { Marks } from '../../observe/backlog/marks.ts';
import { readSecret } from '../../observe/sources/secret.ts';
import { objectName } from '../../stack/components.ts';
import type { Platform } from '../../stack/model.ts';
import { ownSecrets } from '../../stack/render.ts';
import type { Outside } from '../contract.ts';
import type { Leg } from './hop.ts';
import { strangeToken, uuid, uuidV7 } from './ids.ts';
import { type Pods, places } from './pods.ts';
import { cleaner } from './text.ts';

export interface ProofTarget {
  readonly app: string;
  readonly namespace: string;
  readonly host: string;
  /** Public address without a trailing slash. */
  readonly url: string;
  readonly platform: Platform;
  /** There is a first admin whose API key is kept in `<app>-admin`; without one, no event can be followed to its end. */
  readonly admin: boolean;
  /** How long DNS, gateway and certificate may take to settle, in ms; default 10 min. */
  readonly retryMs?: number;
}

/** Where SDKs and browsers send to; each has a pod of its own inside and a path at the public address. */
export type EntryService = 'web' | 'capture' | 'replay' | 'flags' | 'hypercache';

export interface Entry {
  send(service: EntryService, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
}

export interface Credentials {
  readonly clickhousePassword: string;
  readonly internalApiSecret: string;
  readonly redisPassword: string;
  readonly apiKey: string | undefined;
}

export interface Project {
  readonly id: number;
  readonly name: string;
  /** The key that SDKs send; public by nature. */
  readonly token: string;
  /** Whether the project records sessions; undefined when PostHog did not say. */
  readonly recording: boolean | undefined;
}

/** What is sent, found again by its ids. */
export interface Probe {
  readonly event: string;
  readonly id: string;
  readonly distinctId: string;
  readonly sessionId: string;
  readonly windowId: string;
  /** Of no project: what is sent when there is no admin. */
  readonly strangeToken: string;
}

/** What hops learn and later hops need. */
export interface Found {
  /** The broker's marks before the event and before the snapshot were sent. */
  beforeEvent?: Marks;
  beforeSnapshot?: Marks;
  /** Marks when the event had arrived in the queue. */
  arrived?: Marks;
  /** Marks when ingestion had passed it on. */
  passedOn?: Marks;
  /** Marks when the first snapshot had arrived in its queue. */
  snapshotArrived?: Marks;
  /** Monotonic ms of the last snapshot sent. */
  snapshotSentAt?: number;
}

export interface Run {
  readonly outside: Outside;
  readonly target: ProofTarget;
  readonly leg: Leg;
  readonly pods: Pods;
  readonly entry: Entry;
  readonly credentials: Credentials;
  readonly probe: Probe;
  readonly found: Found;
  /** The project of the admin; shared by both legs. */
  readonly account: { project?: Project };
  /** Foreign text without secrets and control characters. */
  readonly clean: (text: string) => string;
}

export async function readCredentials(
  outside: Outside,
  target: ProofTarget,
  signal: AbortSignal,
): Promise<Credentials> {
  const { cluster } = outside;
  const { env, admin } = ownSecrets(target.app);
  const [own, redis, kept] = await Promise.all([
    readSecret(cluster, env, signal),
    readSecret(cluster, `${objectName('redis', target.app)}-conn-credential`, signal),
    target.admin ? readSecret(cluster, admin, signal) : undefined,
  ]);
  return {
    clickhousePassword: own?.CLICKHOUSE_PASSWORD ?? '',
    internalApiSecret: own?.INTERNAL_API_SECRET ?? '',
    redisPassword: redis?.password ?? '',
    apiKey: kept?.['api-key'],
  };
}

export function startRun(
  outside: Outside,
  target: ProofTarget,
  shared: {
    readonly leg: Leg;
    readonly pods: Pods;
    readonly entry: Entry;
    readonly credentials: Credentials;
    readonly account: Run['account'];
  },
): Run {
  const { randomBytes, clock } = outside.context;
  const probe = {
    event: 'sealos_probe',
    id: uuid(randomBytes),
    distinctId: `sealos-probe-${shared.leg}-${uuid(randomBytes)}`,
    sessionId: uuidV7(clock.now(), randomBytes),
    windowId: uuid(randomBytes),
    strangeToken: strangeToken(randomBytes),
  };
  const { clickhousePassword, internalApiSecret, redisPassword, apiKey } = shared.credentials;
  return {
    outside,
    target,
    probe,
    found: {},
    clean: cleaner([clickhousePassword, internalApiSecret, redisPassword, apiKey]),
    ...shared,
  };
}

/** Into the pods, past DNS and gateway. Secure cookies and the site's own address need what the gateway would add (stack-spec H.2). */
export function insideEntry(pods: Pods, target: ProofTarget): Entry {
  const asGateway = { host: target.host, 'x-forwarded-proto': target.platform.scheme };
  return {
    send: (service, request, signal) =>
      pods.request(places[service], { ...request, headers: { ...asGateway, ...request.headers } }, signal),
  };
}

const publicTimeoutMs = 20_000;

export function publicEntry(client: HttpClient): Entry {
  return { send: (_, request, signal) => client.request({ timeoutMs: publicTimeoutMs, ...request, signal }) };
}
