/** A small client of the test cluster's own API server, with all rights. Not the program's client: it must not share its mistakes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { apiServerUrl, type Layout } from './layout.ts';

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly object[];
}

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Metadata;
}

/** An answer of the API server that is no success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const plurals: Readonly<Record<string, string>> = {
  Ingress: 'ingresses',
  NetworkPolicy: 'networkpolicies',
  Endpoints: 'endpoints',
};
const clusterScoped = new Set([
  ...['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'StorageClass', 'PersistentVolume'],
  ...['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'Node'],
]);

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  return (
    plurals[kind] ??
    (/(s|x|ch)$/.test(lower) ? `${lower}es` : lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`)
  );
}

export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string;
  readonly subresource?: string;
}

/** The address of an object, or of all of a kind when the reference names none. */
export function pathOf({ apiVersion, kind, namespace, name, subresource }: Reference): string {
  const parts = [apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`];
  if (namespace && !clusterScoped.has(kind)) parts.push('namespaces', namespace);
  parts.push(pluralOf(kind));
  if (name) parts.push(name);
  if (subresource) parts.push(subresource);
  return `/${parts.join('/')}`;
}

export interface Api {
  /** Any request. Throws an ApiError on an answer other than 2xx. */
  call<T = unknown>(
    method: Dispatcher.HttpMethod,
    path: string,
    signal: AbortSignal,
    body?: unknown,
    type?: string,
  ): Promise<T>;
  /** The object, or undefined when there is none (also when its kind is not known). */
  find<T extends KubeObject>(reference: Reference, signal: AbortSignal): Promise<T | undefined>;
  list<T extends KubeObject>(reference: Reference, signal: AbortSignal, query?: string): Promise<T[]>;
  /** Server-side apply with force: what is said holds, the rest stays. */
  apply<T extends KubeObject>(object: object, signal: AbortSignal): Promise<T>;
  /** Deletes an object or all of a kind; that it is not there is no error. */
  remove(reference: Reference, signal: AbortSignal, options?: object): Promise<void>;
  patch<T extends KubeObject>(reference: Reference, change: unknown, signal: AbortSignal): Promise<T>;
  /** A stream of lines, as watches answer. */
  lines(path: string, signal: AbortSignal): AsyncIterable<string>;
  close(): Promise<void>;
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Connects with the administrator's certificate. */
export async function connectApi(layout: Layout): Promise<Api> {
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'admin.crt', 'admin.key'].map((file) => readFile(join(layout.pki, file), 'utf8')),
  );
  const connect = { ca, cert, key } as { ca: string; cert: string; key: string };
  const dispatcher = new Agent({ connect, connections: 8, headersTimeout: 60_000 });
  const streams = new Agent({ connect, bodyTimeout: 0 });

  const call: Api['call'] = async <T>(
    method: Dispatcher.HttpMethod,
    path: string,
    signal: AbortSignal,
    body?: unknown,
    type = 'application/json',
  ): Promise<T> => {
    const answer = await request(`${apiServerUrl}${path}`, {
      method,
      dispatcher,
      signal,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    // For a second after a CustomResourceDefinition has been changed: "storage is (re)initializing".
    if (answer.statusCode === 429) {
      await setTimeout(Number(answer.headers['retry-after'] ?? 1) * 1000, undefined, { signal });
      return await call(method, path, signal, body, type);
    }
    if (answer.statusCode >= 300) throw apiErrorOf(answer.statusCode, `${method} ${path}`, text);
    return (text.startsWith('{') ? JSON.parse(text) : text) as T;
  };

  return {
    call,
    async find<T extends KubeObject>(reference: Reference, signal: AbortSignal): Promise<T | undefined> {
      return await orMissing(call<T>('GET', pathOf(reference), signal));
    },
    async list<T extends KubeObject>(reference: Reference, signal: AbortSignal, query = ''): Promise<T[]> {
      const found = await orMissing(call<{ items: T[] }>('GET', `${pathOf(reference)}${query}`, signal));
      return found?.items ?? [];
    },
    async apply<T extends KubeObject>(object: object, signal: AbortSignal): Promise<T> {
      const { apiVersion = '', kind = '', metadata } = object as KubeObject;
      const path = pathOf({ apiVersion, kind, namespace: metadata.namespace, name: metadata.name });
      return await call<T>(
        'PATCH',
        `${path}?fieldManager=test-cluster&force=true`,
        signal,
        object,
        'application/apply-patch+yaml',
      );
    },
    async remove(reference: Reference, signal: AbortSignal, options: object = {}): Promise<void> {
      await orMissing(
        call('DELETE', pathOf(reference), signal, { apiVersion: 'v1', kind: 'DeleteOptions', ...options }),
      );
    },
    async patch<T extends KubeObject>(reference: Reference, change: unknown, signal: AbortSignal): Promise<T> {
      return await call<T>('PATCH', pathOf(reference), signal, change, 'application/merge-patch+json');
    },
    async *lines(path: string, signal: AbortSignal): AsyncGenerator<string> {
      const answer = await request(`${apiServerUrl}${path}`, { dispatcher: streams, signal });
      if (answer.statusCode >= 300) throw apiErrorOf(answer.statusCode, `GET ${path}`, await answer.body.text());
      yield* linesOf(answer.body);
    },
    async close(): Promise<void> {
      await Promise.all([dispatcher.destroy(), streams.destroy()]);
    },
  };
}

function apiErrorOf(code: number, what: string, text: string): ApiError {
  try {
    return new ApiError(code, `${what}: ${(JSON.parse(text) as { message: string }).message}`);
  } catch {
    return new ApiError(code, `${what}: ${code} ${text.slice(0, 200)}`);
  }
}

async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}
