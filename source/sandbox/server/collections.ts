/** Lists: selection, pages of one consistent moment, and the versions clients ask for. */
import type { KubeObject } from '../../stack/types.ts';
import { parseFieldSelector, parseLabelSelector, StatusError } from '../objects/index.ts';
import { keyOf as storeKeyOf } from '../objects/names.ts';
import type { Kind, Store } from '../types.ts';
import { runeText } from './media.ts';
import type { Listing } from './options.ts';
import type { ListMeta } from './views.ts';

export type Selects = (object: KubeObject) => boolean;

const everything: Selects = () => true;

/** @throws StatusError 400 */
export function selectionOf(query: URLSearchParams, kind: Kind): Selects {
  const [labels, fields] = [query.get('labelSelector'), query.get('fieldSelector')];
  const tests: Selects[] = [];
  if (labels) {
    const matches = parseLabelSelector(labels);
    tests.push((object) => matches(object.metadata.labels ?? {}));
  }
  if (fields) tests.push(parseFieldSelector(fields, kind));
  return tests.length === 0 ? everything : (object) => tests.every((test) => test(object));
}

const keyOf = ({ metadata }: KubeObject): string => storeKeyOf(metadata.namespace, metadata.name);

/** All objects as they were at `version`; undefined when that is forgotten. */
function listAt(store: Store, kind: Kind, namespace: string | undefined, version: number) {
  const now = store.list(kind, namespace);
  if (version >= store.version) return now;
  const changes = store.since(version);
  if (!changes) return undefined;
  const own = changes.filter(
    ({ kind: { group, plural }, object }) =>
      group === kind.group && plural === kind.plural && (!namespace || object.metadata.namespace === namespace),
  );
  if (own.length === 0) return now;
  const then = new Map(now.map((object) => [keyOf(object), object]));
  for (const { object, before } of own.toReversed())
    if (before) then.set(keyOf(object), before);
    else then.delete(keyOf(object));
  return [...then].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, object]) => object);
}

interface Page {
  /** Negative: whatever is there now, because the first page is too old. */
  readonly version: number;
  /** The key to go on after. */
  readonly start: string;
}

const tokenVersion = 'meta.k8s.io/v1';
const tokenOf = ({ version, start }: Page): string =>
  Buffer.from(JSON.stringify({ v: tokenVersion, rv: version, start: `${start}\0` })).toString('base64url');

/** @throws StatusError 400 */
function pageOf(token: string): Page {
  const invalid = (why: string) => StatusError.badRequest(`invalid continue token: continue key is not valid: ${why}`);
  let value: { v?: unknown; rv: number; start?: unknown };
  try {
    value = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    const first = Buffer.from(token, 'base64url').toString('latin1')[0] ?? ' ';
    throw invalid(`invalid character ${runeText(first)} looking for beginning of value`);
  }
  if (value?.v !== tokenVersion || !Number.isInteger(value.rv) || typeof value.start !== 'string')
    throw invalid(`server does not recognize this encoded version ${value?.v ?? ''}`);
  return { version: value.rv, start: value.start.replace(/\0$/, '') };
}

const tooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** The token with which a client may go on from a page that was too old. */
export const goneWithToken = new WeakMap<StatusError, string>();

function expiredPage(page: Page): StatusError {
  const error = StatusError.expired(tooOld);
  goneWithToken.set(error, tokenOf({ ...page, version: -1 }));
  return error;
}

/** @throws StatusError 504 for a version that is not there yet. */
function assertReached(store: Store, version: number | undefined): void {
  if (version === undefined || version <= store.version) return;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${version}, current: ${store.version}`;
  throw new StatusError(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

/** @throws StatusError 400, 410, 504 */
export function listOf(
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  selects: Selects,
  listing: Listing,
): { readonly items: readonly KubeObject[]; readonly meta: ListMeta } {
  assertReached(store, listing.version);
  const page = listing.continue ? pageOf(listing.continue) : undefined;
  const asked = page?.version ?? (listing.exact ? listing.version : undefined) ?? -1;
  const version = asked < 0 ? store.version : asked;
  const all = listAt(store, kind, namespace, version);
  if (!all)
    throw page ? expiredPage(page) : StatusError.expired('The resourceVersion for the provided list is too old.');
  const selected = all.filter((object) => (!page || keyOf(object) > page.start) && selects(object));
  const items = listing.limit > 0 ? selected.slice(0, listing.limit) : selected;
  const last = items.at(-1);
  const remaining = selected.length - items.length;
  if (remaining === 0 || !last) return { items, meta: { resourceVersion: String(version) } };
  const token = tokenOf({ version, start: keyOf(last) });
  // With a selector the real server does not count.
  const counted = selects === everything ? { remainingItemCount: remaining } : {};
  return { items, meta: { resourceVersion: String(version), continue: token, ...counted } };
}
