/** HTTP into the simulated network: the proxy of pods and services, and what flows through a port-forward. */
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { KubeObject } from '../../stack/types.ts';
import type { WebRequest, WebResponse } from '../components/host.ts';
import { StatusError } from '../objects/index.ts';
import type { Store, World } from '../types.ts';
import type { Call } from './call.ts';
import { podSpec, podStatus } from './containers.ts';
import { readBody } from './media.ts';
import { served } from './served.ts';

function webRequestOf(request: IncomingMessage, target: string, body: string): WebRequest {
  const cut = target.indexOf('?');
  const headers = Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]);
  return {
    method: request.method ?? 'GET',
    path: cut < 0 ? target : target.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? '' : target.slice(cut)),
    headers: Object.fromEntries(headers),
    body,
    remoteAddress: request.socket.remoteAddress ?? '127.0.0.1',
  };
}

function give(response: ServerResponse, { status, headers = {}, body }: WebResponse): void {
  response.writeHead(status, { ...(headers as OutgoingHttpHeaders), 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Speaks HTTP on streams that are handed to it, and asks the pod at `address`. */
export function webServerFor(world: World, address: string, port: number): Server {
  return createServer(async (request, response) => {
    try {
      const body = await readBody(request);
      give(response, await world.http(address, port, webRequestOf(request, request.url ?? '/', body.toString('utf8'))));
    } catch {
      response.destroy();
    }
  });
}

interface Target {
  readonly address: string;
  readonly port: number;
}

/** `name`, `name:port` or `scheme:name:port`. @throws StatusError 400, 404, 503 */
function targetOf({ parts: { objects }, info }: Call, kind: string): Target {
  const { namespace, name = '' } = info.resource ?? {};
  const words = name.split(':');
  const [object, port = ''] = words.length > 2 ? words.slice(1) : words;
  const found = objects.get(served('', kind), namespace, object ?? '');
  return kind === 'pods' ? podTarget(found, port) : serviceTarget(objects.store, found, name, port);
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

function podTarget(pod: KubeObject, port: string): Target {
  const address = podStatus(pod).podIP;
  if (!address) throw StatusError.badRequest('address not allowed');
  const first = podSpec(pod).containers.find(({ ports }) => ports?.[0])?.ports?.[0]?.containerPort;
  return { address, port: isNumber(port) ? Number(port) : (first ?? 80) };
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
}

/** Users may write their own, with holes. */
interface Slice {
  readonly ports?: readonly (ServicePort | null)[];
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

/** The first ready endpoint behind the port, as the service's EndpointSlices say. */
function serviceTarget(store: Store, service: KubeObject, asked: string, port: string): Target {
  const { name, namespace } = service.metadata;
  const { ports = [] } = service['spec'] as { readonly ports?: readonly ServicePort[] };
  const numbered = ports.find((each) => each.port === Number(port));
  if (isNumber(port) && !numbered) throw StatusError.unavailable(`no service port ${port} found for service "${name}"`);
  const portName = isNumber(port) ? (numbered?.name ?? '') : port;
  const slices = store.list(served('discovery.k8s.io', 'endpointslices'), namespace);
  const own = slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  for (const { ports: open = [], endpoints = [] } of own as readonly (KubeObject & Slice)[]) {
    const found = open.find((each) => (each?.name ?? '') === portName);
    const address = endpoints.find((each) => each?.conditions?.ready !== false)?.addresses?.[0];
    if (found && address) return { address, port: found.port };
  }
  throw StatusError.unavailable(`no endpoints available for service "${asked}"`);
}

/** What the pod must not learn, and what belongs to one connection only. */
const hidden: readonly string[] = ['authorization', 'connection', 'upgrade', 'keep-alive', 'transfer-encoding'];

/** @throws StatusError 503 when nobody answers. */
export async function answerProxy(call: Call, kind: string): Promise<void> {
  const { parts, info, request, response } = call;
  const { address, port } = targetOf(call, kind);
  const body = (await readBody(request)).toString('utf8');
  const search = /\?.*$/s.exec(request.url ?? '')?.[0] ?? '';
  const asked = webRequestOf(request, (info.rest || '/') + search, body);
  const headers = Object.fromEntries(Object.entries(asked.headers).filter(([name]) => !hidden.includes(name)));
  const answered = await parts.world.http(address, port, { ...asked, headers }).catch((error: Error) => {
    const refused = /ECONNREFUSED/.test(error.message);
    const why = refused ? `dial tcp ${address}:${port}: connect: connection refused` : error.message;
    throw StatusError.unavailable(`error trying to reach service: ${why}`);
  });
  give(response, answered);
}
