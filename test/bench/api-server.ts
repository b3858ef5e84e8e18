/**
 * A throw-away Kubernetes API over TLS on loopback, just enough for measuring: discovery, server-side apply that stores
 * what it is given, get, list, and watches that the measurement feeds.
 */
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { KubeObject } from '../../source/stack/types.ts';
import type { Certificate } from './certificate.ts';

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

export interface ApiServer {
  readonly port: number;
  /** Objects of a kind, as they are served; changed by apply and by `put`. */
  count(): number;
  clear(): void;
  /** Stores the object and tells every watch of its kind. */
  put(plural: string, object: KubeObject): void;
  close(): void;
}

type Request = Http2ServerRequest;
type Response = Http2ServerResponse;

interface Target {
  readonly apiVersion: string;
  readonly plural: string;
  readonly name: string | undefined;
}

export async function serveApi(certificate: Certificate, resources: readonly Resource[]): Promise<ApiServer> {
  const store = new Map<string, KubeObject>();
  const watches = new Map<string, Set<Response>>();
  /** The latest changes of each kind, for watches that open a moment after their list. */
  const history = new Map<string, { readonly version: number; readonly line: string }[]>();
  let version = 1;

  const stored = (plural: string, object: KubeObject): KubeObject => {
    const key = `${plural}/${object.metadata.name}`;
    const before = store.get(key);
    const metadata = {
      ...object.metadata,
      uid: before?.metadata.uid ?? `00000000-0000-4000-8000-${String(store.size).padStart(12, '0')}`,
      resourceVersion: String(++version),
      creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString(),
    };
    const whole = { ...object, metadata };
    store.set(key, whole);
    return whole;
  };

  const put = (plural: string, object: KubeObject): void => {
    const type = store.has(`${plural}/${object.metadata.name}`) ? 'MODIFIED' : 'ADDED';
    const line = `${JSON.stringify({ type, object: stored(plural, object) })}\n`;
    history.set(plural, [...(history.get(plural) ?? []).slice(-100), { version, line }]);
    for (const response of watches.get(plural) ?? []) response.write(line);
  };

  const list = ({ apiVersion, plural }: Target): unknown => {
    const kind = resources.find((each) => each.plural === plural && each.apiVersion === apiVersion)?.kind ?? 'Unknown';
    const items = [...store].filter(([key]) => key.startsWith(`${plural}/`)).map(([, object]) => object);
    return { apiVersion, kind: `${kind}List`, metadata: { resourceVersion: String(version) }, items };
  };

  const watch = (plural: string, since: number, response: Response): void => {
    const open = watches.get(plural) ?? new Set();
    watches.set(plural, open.add(response));
    response.writeHead(200, { 'content-type': 'application/json' });
    // Headers leave with the first bytes.
    response.write(
      `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version) } } })}\n`,
    );
    for (const each of history.get(plural) ?? []) if (each.version > since) response.write(each.line);
    response.on('close', () => open.delete(response));
  };

  const answer = async (request: Request, response: Response): Promise<void> => {
    const url = new URL(request.url, 'https://localhost');
    const found = discovery(url.pathname, resources);
    if (found !== undefined) return send(response, 200, found);
    const target = targetOf(url.pathname);
    if (target === undefined) return send(response, 404, status(404, 'NotFound'));
    if (request.method === 'PATCH') {
      const object = JSON.parse(await bodyOf(request)) as KubeObject;
      return send(response, 200, stored(target.plural, object));
    }
    if (url.searchParams.get('watch') !== null)
      return watch(target.plural, Number(url.searchParams.get('resourceVersion')), response);
    if (target.name === undefined) return send(response, 200, list(target));
    const object = store.get(`${target.plural}/${target.name}`);
    return object === undefined ? send(response, 404, status(404, 'NotFound')) : send(response, 200, object);
  };

  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    answer(request, response).catch((error: unknown) =>
      send(response, 500, { ...status(500, 'InternalError'), message: String(error) }),
    );
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session)).on('secureConnection', (socket) => sessions.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    count: () => store.size,
    clear: () => store.clear(),
    put,
    close: () => {
      server.close();
      for (const session of sessions) session.destroy();
    },
  };
}

/** Answers about which kinds are served; undefined for any other path. */
function discovery(path: string, resources: readonly Resource[]): unknown {
  if (path === '/version') return { major: '1', minor: '34', gitVersion: 'v1.34.4' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  const versions = [...new Set(resources.map((each) => each.apiVersion))];
  if (path === '/apis') {
    const groups = versions
      .filter((each) => each.includes('/'))
      .map((groupVersion) => {
        const [name = '', version = ''] = groupVersion.split('/');
        return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
      });
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }
  const groupVersion = versions.find((each) => path === (each.includes('/') ? `/apis/${each}` : `/api/${each}`));
  if (groupVersion === undefined) return undefined;
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  const served = resources
    .filter((each) => each.apiVersion === groupVersion)
    .map(({ kind, plural }) => ({ name: plural, singularName: kind.toLowerCase(), namespaced: true, kind, verbs }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: served };
}

function targetOf(path: string): Target | undefined {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))\/namespaces\/[^/]+\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  if (match === null) return undefined;
  const [, core, group, plural = '', name] = match;
  return { apiVersion: core ?? group ?? '', plural, name };
}

async function bodyOf(request: Request): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: Response, code: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(code, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) });
  response.end(text);
}

function status(code: number, reason: string): Record<string, unknown> {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, code, message: reason };
}
