/**
 * The public address of an instance as its objects have it, for those without a record: its Ingresses, of which one was made
 * by the template and others by whoever gave it a host of its own, and the icon on the desktop. Pure.
 */
import { objectName } from '../stack/components.ts';
import type { KubeObject } from '../stack/types.ts';
import type { Snapshot } from './types.ts';

interface Routes {
  readonly rules?: readonly {
    readonly host?: string;
    readonly http?: {
      readonly paths?: readonly {
        readonly path?: string;
        readonly backend?: { readonly service?: { readonly name?: string } };
      }[];
    };
  }[];
  readonly tls?: readonly { readonly hosts?: readonly string[] }[];
}

/**
 * Where several lead to it, the one that the icon on the desktop opens, or else the first; where none is to be seen, what the
 * icon opens.
 */
export function routedUrl({ app, objects }: Snapshot): string | undefined {
  const icon = objects.App.map(iconOf).find((url) => url !== undefined);
  const routed = byName(objects.Ingress, app).flatMap((ingress) => urlsOf(ingress, objectName('web', app)));
  const isOpened = (url: string) => icon !== undefined && new URL(url).hostname === icon.hostname;
  // Only the icon knows a port other than the usual one.
  return routed.some(isOpened) || routed.length === 0 ? icon?.origin : routed[0];
}

/** That of the template first: it bears the instance's own name. */
const byName = (ingresses: readonly KubeObject[], app: string): readonly KubeObject[] =>
  ingresses.toSorted(({ metadata: { name: one } }, { metadata: { name: other } }) => {
    if (one === app || other === app) return one === app ? -1 : 1;
    return one < other ? -1 : 1;
  });

/** Of hosts whose root leads to the Service. */
function urlsOf(ingress: KubeObject, service: string): readonly string[] {
  const { rules = [], tls = [] } = (ingress['spec'] ?? {}) as Routes;
  return rules.flatMap(({ host, http }): readonly string[] => {
    const isLed = http?.paths?.some(({ path = '/', backend }) => path === '/' && backend?.service?.name === service);
    if (!host || host.startsWith('*') || !isLed) return [];
    const isSecure = tls.some(({ hosts = [host] }) => hosts.some((each) => covers(each, host)));
    const url = urlOf(`${isSecure ? 'https' : 'http'}://${host}`);
    return url ? [url.origin] : [];
  });
}

/** `*.example.com` covers one label. */
const covers = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith('*.') && host.slice(host.indexOf('.')) === pattern.slice(1));

const iconOf = (icon: KubeObject): URL | undefined =>
  urlOf(((icon['spec'] ?? {}) as { readonly data?: { readonly url?: unknown } }).data?.url);

/** Whatever stands there was written by anybody. */
function urlOf(text: unknown): URL | undefined {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}
