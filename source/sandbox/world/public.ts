/** The platform's gateway: public addresses lead to Services by the Ingress objects (Exact before Prefix, the longest first). */
import type { KubeObject } from '../../stack/types.ts';
import type { WebRequest, WebResponse } from '../components/host.ts';
import { kindOf } from '../schema/index.ts';
import type { Kind, Store } from '../types.ts';
import type { Network } from './network.ts';

interface Path {
  readonly path?: string;
  readonly pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific';
  readonly backend: { readonly service?: { readonly name: string; readonly port: { number?: number; name?: string } } };
}
interface IngressSpec {
  readonly rules?: readonly { readonly host?: string; readonly http?: { readonly paths: readonly Path[] } }[];
}

const ingresses = kindOf('networking.k8s.io/v1', 'Ingress') as Kind;
const services = kindOf('v1', 'Service') as Kind;
/** The platform changes it to pause an app, so that no gateway serves it. */
const classAnnotation = 'kubernetes.io/ingress.class';
const ownClass = 'nginx';

const page = (status: number, text: string): WebResponse => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: text,
});

/** Answers what comes from outside for `host`; the caller's address is in the request. */
export function gateway(store: Store, network: Network, isKnown: (ingress: KubeObject) => boolean) {
  return async (host: string, request: WebRequest): Promise<WebResponse> => {
    const routes = store
      .list(ingresses)
      .filter(({ metadata }) => (metadata.annotations?.[classAnnotation] ?? ownClass) === ownClass)
      .filter(isKnown)
      .flatMap((ingress) => routesOf(ingress, host));
    const [route] = routes.filter(({ path }) => fits(path, request.path)).sort((a, b) => rank(b.path) - rank(a.path));
    if (!route) return page(404, 'default backend - 404');
    const { name = '', port = {} } = route.path.backend.service ?? {};
    const service = store.get(services, route.namespace, name);
    const [target] = service ? network.behind(service, port.number ?? port.name ?? '') : [];
    const web = target && network.at(target.address, target.port)?.web;
    if (!web) return page(503, 'no healthy upstream');
    const forwarded = {
      'x-forwarded-for': request.remoteAddress,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': host,
    };
    return web({ ...request, headers: { ...request.headers, ...forwarded } }).catch(() =>
      page(502, 'upstream connect error or disconnect/reset before headers'),
    );
  };
}

function routesOf(ingress: KubeObject, host: string): readonly { namespace: string; path: Path }[] {
  const { rules = [] } = ingress['spec'] as IngressSpec;
  return rules
    .filter((rule) => rule.host === host)
    .flatMap(({ http }) => http?.paths ?? [])
    .map((path) => ({ namespace: ingress.metadata.namespace ?? '', path }));
}

/** A prefix ends where an element of the path does. */
function fits({ path = '/', pathType }: Path, asked: string): boolean {
  if (pathType === 'Exact') return asked === path;
  const prefix = path.replace(/\/$/, '');
  return asked === prefix || asked.startsWith(`${prefix}/`);
}

const rank = ({ path = '/', pathType }: Path): number => path.length + (pathType === 'Exact' ? 100_000 : 0);
