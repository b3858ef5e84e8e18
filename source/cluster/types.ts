/**
 * What the rest of the program may ask of a Kubernetes API server. Everything above `cluster/` depends on this
 * interface only; the real transport, the sandbox and the fakes of the tests stand behind it.
 */
import type { Duplex } from 'node:stream';
import type { KubeObject, ObjectRef } from '../stack/types.ts';

export interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface Within {
  /** Default: the namespace of the cluster's context. */
  readonly namespace?: string;
  readonly signal?: AbortSignal;
}

export interface ListOptions extends Within {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Items without what is in them: their names, labels, versions. */
  readonly metadataOnly?: boolean;
}

export interface KubeList<T extends KubeObject = KubeObject> {
  readonly resourceVersion: string;
  readonly items: readonly T[];
}

export interface ApplyOptions extends Within {
  readonly dryRun?: boolean;
  /** Take fields from other managers. Only when the user said so. */
  readonly force?: boolean;
  /** Defaults to `posthog-sealos`. */
  readonly fieldManager?: string;
}

export type PatchType = 'merge' | 'json' | 'strategic';

export interface DeleteOptions extends Within {
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Only while it is still this object, and in this version. */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export type WatchEvent<T extends KubeObject = KubeObject> =
  /** The complete state after a list: at the start and after each re-list. */
  | { readonly type: 'synced'; readonly items: readonly T[] }
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: T }
  /** The connection is lost (with the error) or back; bytes that prove life (bookmarks) count as `alive`. */
  | { readonly type: 'lost'; readonly error: Error; readonly retryInMs: number }
  | { readonly type: 'alive' };

export interface LogOptions extends Within {
  readonly container?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly sinceTime?: string;
  /** By the node's clock, which may differ from ours; at least 1. Never with `sinceTime`. */
  readonly sinceSeconds?: number;
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
}

export interface ExecOptions extends Within {
  readonly container?: string;
  readonly stdin?: string;
  /** What the output is read as; `latin1` keeps each byte. Default: UTF-8. */
  readonly encoding?: 'latin1';
  /** Default 60 s. */
  readonly timeoutMs?: number;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProxyOptions extends Within {
  /** For the pod; nothing secret may stand in the path, which is written into the cluster's own logs. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'HEAD' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, starting with `/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A way to send HTTP requests to one place: a port-forward into a pod, the API server's proxy, or a public address. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Epoch milliseconds when the certificate ends that was shown last; undefined where none was, or not to us. */
  certificateUntil?(): number | undefined;
  close(): Promise<void>;
}

export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

export interface Discovery {
  /** `group/version` -> resource names (plural), for every group that answered. Core is `v1`. */
  readonly resources: ReadonlyMap<string, ReadonlySet<string>>;
  has(apiVersion: string, resource: string): boolean;
}

export interface ServerVersion {
  readonly gitVersion: string;
  readonly major: number;
  readonly minor: number;
}

export interface Cluster {
  readonly server: URL;
  readonly namespace: string;
  /** Name of the context in the kubeconfig, for messages. */
  readonly context: string;

  /** Undefined when it does not exist. */
  get<T extends KubeObject = KubeObject>(ref: ObjectRef, options?: Within): Promise<T | undefined>;
  list<T extends KubeObject = KubeObject>(kind: KindRef, options?: ListOptions): Promise<KubeList<T>>;
  /** Server-side apply of the raw object, strict; retries what may be retried (DESIGN section 4, Apply). */
  apply<T extends KubeObject = KubeObject>(object: KubeObject, options?: ApplyOptions): Promise<T>;
  /** Throws an ApiError of reason AlreadyExists when it exists. */
  create<T extends KubeObject = KubeObject>(object: KubeObject, options?: Within): Promise<T>;
  /** Replace, guarded by `metadata.resourceVersion`: throws an ApiError of reason Conflict when somebody was faster. */
  replace<T extends KubeObject = KubeObject>(object: KubeObject, options?: Within): Promise<T>;
  patch<T extends KubeObject = KubeObject>(
    ref: ObjectRef,
    type: PatchType,
    body: unknown,
    options?: Within & { readonly dryRun?: boolean },
  ): Promise<T>;
  /** False when it did not exist. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
  /** Never ends by itself; ends when the signal aborts. Throws only on 401, 403 and 404 (the kind is not served). */
  watch<T extends KubeObject = KubeObject>(kind: KindRef, options?: ListOptions): AsyncIterable<WatchEvent<T>>;

  /** Whole log text; for tails. */
  logText(pod: string, options?: LogOptions): Promise<string>;
  /** Lines as they come, without resume; ends with the stream. */
  logLines(pod: string, options?: LogOptions): AsyncIterable<string>;
  /** The same as bytes, in pieces as they come; an empty one first, when the stream is open. */
  logBytes(pod: string, options?: LogOptions): AsyncIterable<Buffer>;
  exec(pod: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** One connection to a port of a pod. */
  portForward(pod: string, port: number, options?: Within): Promise<Duplex>;
  /** What a GET of this path gives, asked by the API server itself: cheap, but it takes no `Authorization` along. */
  proxied(pod: string, port: number, path: string, options?: ProxyOptions): Promise<string>;
  /** HTTP into a pod through port-forward; keeps `Authorization`, which the proxy strips. */
  podHttp(pod: string, port: number): HttpClient;

  version(signal?: AbortSignal): Promise<ServerVersion>;
  discovery(signal?: AbortSignal): Promise<Discovery>;
  canI(question: AccessQuestion, signal?: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}
