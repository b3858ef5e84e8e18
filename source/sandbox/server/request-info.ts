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
  const [root, ...parts] = path.split('/').filter(Boolean);
  const isGroup = root === 'apis';
  const [group = '', version = '', ...below] = isGroup ? parts : ['', ...parts];
  if (!(isGroup || root === 'api') || below.length === 0)
    return { verb: method.toLowerCase(), path, query, rest: '', malformed: false, isItem: false };
  const watched = below[0] === 'watch';
  const tail = watched ? below.slice(1) : below;
  const isInNamespace = tail[0] === 'namespaces' && tail.length > 2 && !namespaceSubresources.includes(tail[2]);
  const namespace = tail[0] === 'namespaces' ? tail[1] : undefined;
  const [resource = '', item, subresource, ...more] = isInNamespace ? tail.slice(2) : tail;
  const selected = /(?:^|,)metadata\.name==?([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1];
  const name = item ?? selected;
  return {
    verb: watched ? 'watch' : collectionVerb(verbs[method] ?? '', item === undefined, query),
    path,
    query,
    rest: subresource === 'proxy' ? restOf(raw) : '',
    malformed: more.length > 0 && subresource !== 'proxy',
    isItem: item !== undefined,
    resource: {
      group,
      version,
      resource,
      ...(subresource !== undefined && { subresource }),
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
    },
  };
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
