/** What a request asks for, read from its method and address as the real server reads them. */

/** What authorization looks at. */
export interface Attributes {
  /** `get`, `list`, `watch`, `create`, ...; the method in lower case where no resource is meant; empty when it is unknown. */
  readonly verb: string;
  readonly path: string;
  readonly resource?: ResourceAttributes;
}

export interface ResourceAttributes {
  readonly group: string;
  readonly version: string;
  /** Plural, as in the address. */
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface RequestInfo extends Attributes {
  readonly query: URLSearchParams;
  /** What follows `/proxy`, with its slash, as it was sent. */
  readonly rest: string;
  /** More parts than an address can have. */
  readonly malformed: boolean;
  /** Whether the address names one object; a field selector may name one, too. */
  readonly isItem: boolean;
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** `kubectl get namespace x` asks in the namespace itself (apiserver/pkg/endpoints/request/requestinfo.go). */
const namespaceSubresources: readonly (string | undefined)[] = [undefined, 'status', 'finalize'];

/** @throws URIError when the address is not encoded as addresses are. */
export function requestInfoOf(method: string, target: string): RequestInfo {
  const cut = target.indexOf('?');
  const raw = cut < 0 ? target : target.slice(0, cut);
  const query = new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1));
  const path = decodeURIComponent(raw);
  const parts = path.split('/').filter(Boolean);
  const isGroup = parts[0] === 'apis';
  const nothing = { verb: method.toLowerCase(), path, query, rest: '', malformed: false, isItem: false };
  if (!(isGroup || parts[0] === 'api') || parts.length < (isGroup ? 4 : 3)) return nothing;
  const [group, version] = isGroup ? [parts[1] as string, parts[2] as string] : ['', parts[1] as string];
  const watched = parts[isGroup ? 3 : 2] === 'watch';
  const tail = parts.slice((isGroup ? 3 : 2) + (watched ? 1 : 0));
  const located = locate(tail);
  const selected = /(?:^|,)metadata\.name==?([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1];
  const name = located.name ?? selected;
  const verb = watched ? 'watch' : collectionVerb(verbs[method] ?? '', located.name === undefined, query);
  return {
    verb,
    path,
    query,
    rest: located.subresource === 'proxy' ? restOf(raw) : '',
    malformed: located.extra && located.subresource !== 'proxy',
    isItem: located.name !== undefined,
    resource: {
      group,
      version,
      resource: located.resource,
      ...(located.subresource === undefined ? {} : { subresource: located.subresource }),
      ...(located.namespace === undefined ? {} : { namespace: located.namespace }),
      ...(name === undefined ? {} : { name }),
    },
  };
}

interface Located {
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly extra: boolean;
}

function locate(tail: readonly string[]): Located {
  const inNamespace = tail[0] === 'namespaces' && tail.length > 2 && !namespaceSubresources.includes(tail[2]);
  const [resource = '', name, subresource] = inNamespace ? tail.slice(2) : tail;
  const namespace = tail[0] === 'namespaces' ? tail[1] : undefined;
  return { resource, namespace, name, subresource, extra: tail.length > (inNamespace ? 5 : 3) };
}

function collectionVerb(verb: string, isCollection: boolean, query: URLSearchParams): string {
  if (!isCollection) return verb;
  if (verb === 'get') return isTrue(query.get('watch')) ? 'watch' : 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}

const restOf = (raw: string): string => /\/proxy(\/.*)?$/s.exec(raw.replace(/^.*?(?=\/proxy(?:\/|$))/s, ''))?.[1] ?? '';

/** How the server reads a flag of the query: everything but these says yes. */
export const isTrue = (value: string | null): boolean =>
  value !== null && !['false', '0'].includes(value.toLowerCase());
