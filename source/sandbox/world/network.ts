/** Who listens where, and what a name means to a pod: Services, headless ones, pods by address. Errors are worded as Node does. */
import type { Duplex } from 'node:stream';
import type { KubeObject } from '../../stack/types.ts';
import type { Redis, Sql, WebRequest, WebResponse } from '../components/host.ts';
import { kindOf } from '../schema/index.ts';
import type { Kind, Store } from '../types.ts';

/** A protocol that is spoken on a port. */
export interface Listener {
  readonly web?: (request: WebRequest) => Promise<WebResponse>;
  readonly conversation?: (question: unknown) => Promise<unknown>;
  readonly text?: (text: string) => string;
  readonly sql?: (url: string) => Sql;
  readonly redis?: (url: string) => Redis;
  /** Speaks the port's own protocol on a connection. */
  readonly stream?: (stream: Duplex) => void;
}

export interface Target {
  readonly address: string;
  readonly port: number;
}

export interface Network {
  /** @returns how to stop. */
  listen(address: string, port: number, listener: Listener): () => void;
  at(address: string, port: number): Listener | undefined;
  /** A name that is no Service's, such as the object storage's. */
  name(host: string, address: string): void;
  /**
   * Where a connection from a pod of `namespace` goes.
   * @throws Error as Node words it.
   */
  target(namespace: string, host: string, port: number): Target;
  /** As `target`, and who listens there. */
  find(namespace: string, host: string, port: number): Listener;
  /** Ready addresses behind a port of a Service; empty when there are none. */
  behind(service: KubeObject, port: number | string): readonly Target[];
}

interface Slice {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly hostname?: string;
    readonly conditions?: { readonly ready?: boolean };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
}
interface ServiceSpec {
  readonly clusterIP?: string;
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
}

const kind = (apiVersion: string, name: string): Kind => kindOf(apiVersion, name) as Kind;
const services = kind('v1', 'Service');
const slices = kind('discovery.k8s.io/v1', 'EndpointSlice');

const refused = (address: string, port: number) => new Error(`connect ECONNREFUSED ${address}:${port}`);
const specOf = (service: KubeObject) => service['spec'] as ServiceSpec;
const isAddress = (host: string) => /^\d+(\.\d+){3}$/.test(host);

export function createNetwork(store: Store): Network {
  const listeners = new Map<string, Listener>();
  const names = new Map<string, string>();
  let turn = 0;

  const slicesOf = ({ metadata: { namespace, name } }: KubeObject) =>
    store
      .list(slices, namespace)
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name) as readonly (KubeObject &
      Slice)[];

  const behind: Network['behind'] = (service, port) => {
    const wanted = specOf(service).ports?.find((each) => each.port === port || each.name === port);
    return slicesOf(service).flatMap(({ endpoints = [], ports = [] }) => {
      const to = ports.find(({ name = '' }) => name === (wanted?.name ?? ''))?.port;
      return to === undefined
        ? []
        : endpoints
            .filter(({ conditions }) => conditions?.ready !== false)
            .flatMap(({ addresses }) => addresses.map((address) => ({ address, port: to })));
    });
  };

  /** `[host.]service[.namespace[.svc[.cluster.local]]]` */
  const serviceNamed = (namespace: string, host: string) => {
    const labels = host.replace(/\.svc(\.cluster\.local)?$/, '').split('.');
    const [a = '', b = namespace, c] = labels;
    const found = store.get(services, b, a);
    if (found && labels.length <= 2) return { service: found };
    const pods = store.get(services, c ?? namespace, b);
    return pods && labels.length <= 3 ? { service: pods, hostname: a } : undefined;
  };

  const target: Network['target'] = (namespace, host, port) => {
    const given = names.get(host);
    if (given !== undefined) return { address: given, port };
    if (isAddress(host)) {
      const service = store.list(services).find((each) => specOf(each).clusterIP === host);
      return service ? ofService(service, port) : { address: host, port };
    }
    const found = serviceNamed(namespace, host);
    if (!found) throw new Error(`getaddrinfo ENOTFOUND ${host}`);
    const { service, hostname } = found;
    if (specOf(service).clusterIP !== 'None') return ofService(service, port);
    const addresses = slicesOf(service).flatMap(({ endpoints = [] }) =>
      endpoints
        .filter((each) => (hostname === undefined ? each.conditions?.ready !== false : each.hostname === hostname))
        .flatMap((each) => each.addresses),
    );
    const address = addresses[turn++ % addresses.length];
    if (address === undefined) throw new Error(`getaddrinfo ENOTFOUND ${host}`);
    return { address, port };
  };

  const ofService = (service: KubeObject, port: number): Target => {
    const targets = behind(service, port);
    const chosen = targets[turn++ % targets.length];
    if (!chosen) throw refused(specOf(service).clusterIP ?? service.metadata.name, port);
    return chosen;
  };

  return {
    listen(address, port, listener) {
      const key = `${address}:${port}`;
      listeners.set(key, listener);
      return () => {
        if (listeners.get(key) === listener) listeners.delete(key);
      };
    },
    at: (address, port) => listeners.get(`${address}:${port}`),
    name: (host, address) => void names.set(host, address),
    target,
    find(namespace, host, port) {
      const { address, port: to } = target(namespace, host, port);
      const found = listeners.get(`${address}:${to}`);
      if (!found) throw refused(address, to);
      return found;
    },
    behind,
  };
}
