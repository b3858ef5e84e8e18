/**
 * Where this Sealos is: its public domain, scheme and port, found from what a namespace-scoped token and a kubeconfig
 * can see (sealos-platform 3). The first source that knows wins.
 */
import type { Cluster, HttpClient } from '../cluster/types.ts';
import type { Platform } from '../stack/model.ts';
import type { KubeObject } from '../stack/types.ts';
import type { Outside } from './contract.ts';

export interface FoundPlatform extends Platform {
  /** Domain for users' hosts; undefined when nothing told it. */
  readonly domain: string | undefined;
  readonly source: 'ingress' | 'template' | 'launchpad' | 'region' | 'server' | 'none';
}

/** Region host -> the domain its users get. From Sealos' own tools; other regions use the region's host (sealos-platform 3). */
const userDomains: Readonly<Record<string, string>> = {
  'gzg.sealos.run': 'sealosgzg.site',
  'hzh.sealos.run': 'sealoshzh.site',
  'bja.sealos.run': 'sealosbja.site',
  'usw-1.sealos.io': 'usw-1.sealos.app',
  'cloud.sealos.io': 'cloud.sealos.io',
};

const fallback: FoundPlatform = { scheme: 'https', tlsSecret: 'wildcard-cert', domain: undefined, source: 'none' };

/** Never throws for what it cannot find; only when aborted. */
export async function findPlatform(outside: Outside, signal: AbortSignal): Promise<FoundPlatform> {
  const { cluster } = outside;
  const region = await regionHost(cluster, signal);
  for (const source of [fromIngresses, fromTemplate, fromLaunchpad]) {
    const found = await source(outside, region, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (found) return found;
  }
  if (region.domain === undefined) return fallback;
  const known = userDomains[region.domain];
  const port = region.port === undefined ? {} : { port: region.port };
  return {
    ...fallback,
    ...port,
    domain: known ?? region.domain,
    source: known || region.certain ? 'region' : 'server',
  };
}

interface Region {
  readonly domain: string | undefined;
  readonly port: number | undefined;
  /** Told by the platform's own App objects, not guessed from the API server's name. */
  readonly certain: boolean;
}

/** The desktop's host: from the platform's own App objects, else from the kubeconfig's server. */
async function regionHost(cluster: Cluster, signal: AbortSignal): Promise<Region> {
  const apps = await cluster
    .list({ apiVersion: 'app.sealos.io/v1', kind: 'App' }, { namespace: 'app-system', signal })
    .catch(() => undefined);
  signal.throwIfAborted();
  for (const app of apps?.items ?? []) {
    const url = ((app['spec'] as { data?: { url?: string } } | undefined)?.data?.url ?? '').match(
      /^https?:\/\/(?:template|applaunchpad)\.([^/:]+)(?::(\d+))?/,
    );
    if (url) return { domain: url[1], port: url[2] ? Number(url[2]) : undefined, certain: true };
  }
  const host = cluster.server.hostname;
  const named = /[a-z]/i.test(host) && host.includes('.') && !host.includes(':');
  return { domain: named ? host : undefined, port: undefined, certain: false };
}

type Source = (outside: Outside, region: Region, signal: AbortSignal) => Promise<FoundPlatform | undefined>;

/** Hosts in use in this namespace: the platform gave them, so their common domain is right. */
const fromIngresses: Source = async ({ cluster }, _region, signal) => {
  const { items } = await cluster.list({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' }, { signal });
  const own = items.filter(
    ({ metadata }) => !Object.keys(metadata.labels ?? {}).some((label) => label === 'posthog-sealos/component'),
  );
  for (const ingress of own) {
    const spec = ingress['spec'] as { rules?: { host?: string }[]; tls?: { secretName?: string }[] };
    const secret = spec.tls?.[0]?.secretName;
    const domain = spec.rules?.[0]?.host?.split('.').slice(1).join('.');
    // A custom domain has a certificate of its own, named like its Ingress (sealos-platform 7).
    if (domain && secret && secret !== ingress.metadata.name)
      return { ...fallback, domain, tlsSecret: secret, source: 'ingress' };
  }
  return undefined;
};

const fromTemplate: Source = async (outside, region, signal) => {
  const data = await ask(outside, region, 'template', '/api/platform/getEnv', signal);
  const domain = text(data?.['SEALOS_CLOUD_DOMAIN']);
  if (!domain) return undefined;
  const port = region.port === undefined ? {} : { port: region.port };
  return {
    ...fallback,
    ...port,
    domain,
    tlsSecret: text(data?.['SEALOS_CERT_SECRET_NAME']) ?? fallback.tlsSecret,
    source: 'template',
  };
};

const fromLaunchpad: Source = async (outside, region, signal) => {
  const data = await ask(outside, region, 'applaunchpad', '/api/platform/getClientAppConfig', signal);
  const users = (data?.['userDomains'] ?? []) as { name?: string; secretName?: string }[];
  const domain = text(users[0]?.name) ?? text(data?.['domain']);
  if (!domain) return undefined;
  const insecure = data?.['disableHttps'] === true;
  const port = Number((insecure ? data?.['httpPort'] : data?.['port']) ?? Number.NaN);
  const own = insecure ? 80 : 443;
  return {
    scheme: insecure ? 'http' : 'https',
    ...(Number.isInteger(port) && port > 0 && port !== own ? { port } : {}),
    domain,
    tlsSecret: text(users[0]?.secretName) ?? fallback.tlsSecret,
    source: 'launchpad',
  };
};

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

async function ask(
  outside: Outside,
  region: Region,
  service: string,
  path: string,
  signal: AbortSignal,
): Promise<Record<string, unknown> | undefined> {
  if (region.domain === undefined) return undefined;
  const http: HttpClient = outside.publicHttp(
    `https://${service}.${region.domain}${region.port ? `:${region.port}` : ''}`,
  );
  try {
    const response = await http.request({ path, timeoutMs: 5_000, signal });
    if (response.status !== 200) return undefined;
    const body = JSON.parse(response.body) as { data?: unknown };
    return (body.data ?? body) as Record<string, unknown>;
  } finally {
    await http.close();
  }
}

/** A host with one label is completed with the platform's domain; a complete one stays. */
export function completeHost(host: string, domain: string | undefined): string {
  return host.includes('.') || domain === undefined ? host : `${host}.${domain}`;
}

/** The host of an existing install's Ingress, if any. */
export function hostOf(ingress: KubeObject): string | undefined {
  return (ingress['spec'] as { rules?: { host?: string }[] }).rules?.[0]?.host;
}
