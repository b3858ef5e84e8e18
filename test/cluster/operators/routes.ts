/** Which Service an address leads to, by the Ingress objects; pure. */
import type { KubeObject } from '../api.ts';

interface PathRule {
  readonly path?: string;
  readonly pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific';
  readonly backend: {
    readonly service?: { readonly name: string; readonly port: { readonly number?: number; readonly name?: string } };
  };
}
export interface Ingress extends KubeObject {
  readonly spec: {
    readonly ingressClassName?: string;
    readonly rules?: readonly { readonly host?: string; readonly http?: { readonly paths: readonly PathRule[] } }[];
  };
}
export interface Service extends KubeObject {
  readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
}
export interface EndpointSlice extends KubeObject {
  readonly endpoints?:
    | readonly { readonly addresses: readonly string[]; readonly conditions?: { readonly ready?: boolean } }[]
    | null;
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[] | null;
}

export interface Route {
  readonly ingress: Ingress;
  readonly service: { readonly name: string; readonly port: { readonly number?: number; readonly name?: string } };
}
export type Choice =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'paused' }
  | { readonly kind: 'none' };

const annotation = 'kubernetes.io/ingress.class';
const classOf = ({ metadata, spec }: Ingress): string | undefined =>
  metadata.annotations?.[annotation] ?? spec.ingressClassName;

/** Whole elements of a path: /e matches /e and /e/x, never /events. */
function isPrefix(rule: string, path: string): boolean {
  const base = rule.replace(/\/+$/, '');
  return base === '' || path === base || path.startsWith(`${base}/`);
}

/** Exact before Prefix, the longest prefix before shorter ones. A paused Ingress still owns its host. */
export function chooseRoute(ingresses: Iterable<Ingress>, host: string, path: string): Choice {
  let paused = false;
  let best: { readonly route: Route; readonly rank: number } | undefined;
  for (const ingress of ingresses) {
    const rules = (ingress.spec.rules ?? []).filter((rule) => rule.host === host);
    if (rules.length === 0) continue;
    if (['pause', 'disable'].includes(classOf(ingress) ?? '')) paused = true;
    if (classOf(ingress) !== 'nginx') continue;
    for (const { path: rule = '/', pathType, backend } of rules.flatMap(({ http }) => http?.paths ?? [])) {
      const exact = pathType === 'Exact';
      if (!backend.service || !(exact ? rule === path : isPrefix(rule, path))) continue;
      const rank = exact ? Number.POSITIVE_INFINITY : rule.replace(/\/+$/, '').length;
      if (!best || rank > best.rank) best = { route: { ingress, service: backend.service }, rank };
    }
  }
  if (best) return { kind: 'route', route: best.route };
  return paused ? { kind: 'paused' } : { kind: 'none' };
}

/** `address:port` of every ready endpoint behind a route. */
export function endpointsOf(
  { ingress, service }: Route,
  services: ReadonlyMap<string, Service>,
  slices: Iterable<EndpointSlice>,
): string[] {
  const { namespace } = ingress.metadata;
  const ports = services.get(`${namespace}/${service.name}`)?.spec.ports ?? [];
  const port = ports.find((each) =>
    service.port.number !== undefined ? each.port === service.port.number : each.name === service.port.name,
  );
  if (!port) return [];
  return [...slices]
    .filter(
      ({ metadata }) =>
        metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === service.name,
    )
    .flatMap((slice) => {
      const target = slice.ports?.find(({ name }) => (name ?? '') === (port.name ?? ''))?.port;
      const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
      return target === undefined
        ? []
        : ready.flatMap(({ addresses }) => addresses.map((address) => `${address}:${target}`));
    });
}

/** The largest request body in bytes, 1 MiB where nothing is said as in nginx; 0 means no limit. */
export function bodyLimitOf({ metadata }: Ingress): number {
  const match = /^(\d+)([kmg]?)$/i.exec(metadata.annotations?.['nginx.ingress.kubernetes.io/proxy-body-size'] ?? '1m');
  const unit = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[match?.[2]?.toLowerCase() ?? ''] ?? 1;
  return Number(match?.[1] ?? 0) * unit;
}
