/** The Cluster contract over a Kubernetes API server. */
import type { Context } from '../context.ts';
import { fieldManager } from '../stack/conventions.ts';
import type { KubeObject, ObjectRef } from '../stack/types.ts';
import { ApiError, notKubernetes } from './api-error.ts';
import { discover } from './discovery.ts';
import { execIn } from './exec.ts';
import { firstAnswer } from './first-answer.ts';
import { pathOf } from './kinds.ts';
import type { ClusterConfig } from './kubeconfig.ts';
import { logBytes, logLines, logText } from './logs.ts';
import { allPages } from './pages.ts';
import { podHttp } from './pod-http.ts';
import { portForward } from './port-forward.ts';
import { queryOf } from './query.ts';
import { backoffMs, maxAttempts, mayRetry, type Patience } from './retry.ts';
import { type Answer, type Call, createTransport, type Transport } from './transport.ts';
import type {
  AccessQuestion,
  ApplyOptions,
  Cluster,
  DeleteOptions,
  Discovery,
  KindRef,
  KubeList,
  ListOptions,
  PatchType,
  ProxyOptions,
  ServerVersion,
  Within,
} from './types.ts';
import { watchKind } from './watch.ts';

const metadataOnly = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json' };
/** Tries for a server that has never answered: more likely it is not the right one. */
const firstAttempts = 2;
const patchTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

type Deps = Pick<Context, 'env' | 'clock' | 'random' | 'version'>;

/** Opens nothing yet: the first request does. */
export function connect(config: ClusterConfig, deps: Deps): Cluster {
  const transport = createTransport(config, deps);
  return new ApiCluster(transport, deps);
}

class ApiCluster implements Cluster {
  readonly server: URL;
  readonly namespace: string;
  readonly context: string;
  readonly #transport: Transport;
  readonly #deps: Deps;
  #discovered: Promise<Discovery> | undefined;
  /** Whether this server has ever answered. One that never did is more likely wrong than away for a moment. */
  #met = false;
  #closed = false;

  constructor(transport: Transport, deps: Deps) {
    ({ server: this.server, namespace: this.namespace, context: this.context } = transport.config);
    this.#transport = transport;
    this.#deps = deps;
  }

  /** Sends until it succeeds, may not be repeated, or has been tried often enough. */
  async #send<T>(call: Call, patience: Patience = {}): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await (this.#met
          ? this.#transport.send(call)
          : firstAnswer((signal) => this.#transport.send({ ...call, signal }), this.#deps.clock, call.signal));
        this.#met = true;
        return parsed(answer);
      } catch (error) {
        this.#met ||= error instanceof ApiError;
        if (
          this.#closed ||
          attempt + 1 >= (this.#met ? maxAttempts : firstAttempts) ||
          !mayRetry(error, { ...patience, settling: this.#transport.settling() })
        )
          throw error;
        await this.#deps.clock.sleep(backoffMs(attempt, this.#deps.random(), error), call.signal);
      }
    }
  }

  #path(ref: KindRef & { readonly name?: string }, within: Within, subresource?: string): string {
    return pathOf(ref, within.namespace ?? this.namespace, ref.name, subresource);
  }

  #podPath(name: string, within: Within, subresource: string): string {
    return this.#path({ apiVersion: 'v1', kind: 'Pod', name }, within, subresource);
  }

  async get<T extends KubeObject>(ref: ObjectRef, within: Within = {}): Promise<T | undefined> {
    try {
      return await this.#send<T>({ method: 'GET', path: this.#path(ref, within), signal: within.signal });
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  list<T extends KubeObject>(kind: KindRef, options: ListOptions = {}): Promise<KubeList<T>> {
    return allPages(kind, options, (query) =>
      this.#send({
        method: 'GET',
        path: this.#path(kind, options) + query,
        ...(options.metadataOnly ? { headers: metadataOnly } : {}),
        signal: options.signal,
      }),
    );
  }

  apply<T extends KubeObject>(object: KubeObject, options: ApplyOptions = {}): Promise<T> {
    const query = queryOf({
      fieldManager: options.fieldManager ?? fieldManager,
      fieldValidation: 'Strict',
      force: String(options.force ?? false),
      dryRun: options.dryRun ? 'All' : undefined,
    });
    return this.#send(
      {
        method: 'PATCH',
        path: this.#path({ ...object, name: object.metadata.name }, options) + query,
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: JSON.stringify(object),
        signal: options.signal,
      },
      // Unless it is for one version only, an apply means the same whatever the object has become meanwhile.
      { whenModified: object.metadata['resourceVersion'] === undefined },
    );
  }

  create<T extends KubeObject>(object: KubeObject, within: Within = {}): Promise<T> {
    return this.#write('POST', this.#path(object, within) + queryOf({ fieldManager }), object, within);
  }

  replace<T extends KubeObject>(object: KubeObject, within: Within = {}): Promise<T> {
    return this.#write(
      'PUT',
      this.#path({ ...object, name: object.metadata.name }, within) + queryOf({ fieldManager }),
      object,
      within,
    );
  }

  /** One try only: the answer to a create or replace that got lost cannot be told from somebody else's. */
  async #write<T>(method: 'POST' | 'PUT', path: string, object: KubeObject, { signal }: Within): Promise<T> {
    const answer = await this.#transport.send({
      method,
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(object),
      signal,
    });
    return parsed(answer);
  }

  patch<T extends KubeObject>(
    ref: ObjectRef,
    type: PatchType,
    body: unknown,
    options: Within & { readonly dryRun?: boolean } = {},
  ): Promise<T> {
    const query = queryOf({ fieldManager, dryRun: options.dryRun ? 'All' : undefined });
    return this.#send({
      method: 'PATCH',
      path: this.#path(ref, options) + query,
      headers: { 'content-type': patchTypes[type] },
      body: JSON.stringify(body),
      signal: options.signal,
    });
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const { uid, resourceVersion } = options;
    const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    const body = {
      propagationPolicy: options.propagation ?? 'Background',
      ...(uid || resourceVersion ? { preconditions } : {}),
    };
    try {
      await this.#send({
        method: 'DELETE',
        path: this.#path(ref, options),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: options.signal,
      });
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  watch<T extends KubeObject>(kind: KindRef, options: ListOptions = {}) {
    return watchKind<T>(
      {
        list: (signal) => this.list<T>(kind, signal ? { ...options, signal } : options),
        open: (resourceVersion, timeoutSeconds, signal) =>
          this.#transport.stream({
            method: 'GET',
            path:
              this.#path(kind, options) +
              queryOf({
                watch: 'true',
                allowWatchBookmarks: 'true',
                resourceVersion,
                timeoutSeconds: String(timeoutSeconds),
                labelSelector: options.labelSelector,
                fieldSelector: options.fieldSelector,
              }),
            signal,
          }),
        settling: () => this.#transport.settling(),
      },
      this.#deps,
      options.signal,
    );
  }

  logText(pod: string, options = {}) {
    return logText(this.#transport, this.#podPath(pod, options, 'log'), options);
  }

  logLines(pod: string, options = {}) {
    return logLines(this.#transport, this.#podPath(pod, options, 'log'), options);
  }

  logBytes(pod: string, options = {}) {
    return logBytes(this.#transport, this.#podPath(pod, options, 'log'), options);
  }

  exec(pod: string, command: readonly string[], options = {}) {
    return execIn(this.#transport, this.#podPath(pod, options, 'exec'), command, options);
  }

  portForward(pod: string, port: number, options: Within = {}) {
    return portForward(this.#transport, this.#podPath(pod, options, 'portforward'), port, options.signal);
  }

  async proxied(pod: string, port: number, path: string, { headers = {}, ...options }: ProxyOptions = {}) {
    const proxy = `${this.#podPath(`${pod}:${port}`, options, 'proxy')}${path}`;
    return (await this.#transport.send({ method: 'GET', path: proxy, headers, signal: options.signal })).body;
  }

  podHttp(pod: string, port: number) {
    return podHttp((signal) => this.portForward(pod, port, { signal }));
  }

  async version(signal?: AbortSignal): Promise<ServerVersion> {
    const { gitVersion, major, minor } = await this.#send<{ gitVersion: string; major: string; minor: string }>({
      method: 'GET',
      path: '/version',
      signal,
    });
    return { gitVersion, major: Number.parseInt(major, 10), minor: Number.parseInt(minor, 10) };
  }

  /** Asked once; what a server serves does not change while an install runs. */
  discovery(signal?: AbortSignal): Promise<Discovery> {
    this.#discovered ??= discover((path, accept) =>
      this.#send({ method: 'GET', path, headers: { accept }, signal }),
    ).catch((error: unknown) => {
      this.#discovered = undefined;
      throw error;
    });
    return this.#discovered;
  }

  async canI({ verb, group, resource, subresource }: AccessQuestion, signal?: AbortSignal): Promise<boolean> {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          namespace: this.namespace,
          verb,
          group,
          resource,
          ...(subresource ? { subresource } : {}),
        },
      },
    };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const answer = await this.#send<{ status?: { allowed?: boolean } }>({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(review),
      signal,
    });
    return answer.status?.allowed === true;
  }

  /** Ends what is under way; nothing is asked again. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#transport.close();
  }
}

/** Told by the API server, not by a web server that happens to stand at the same address. */
const isAbsent = (error: unknown) => error instanceof ApiError && error.code === 404 && error.reason !== notKubernetes;

/** @throws ApiError of reason NotKubernetes for what is no JSON: a portal's page, say. */
function parsed<T>({ status, body }: Answer): T {
  try {
    return JSON.parse(body) as T;
  } catch {
    throw new ApiError({ code: status, reason: notKubernetes });
  }
}
