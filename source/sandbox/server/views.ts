/** An object, a list or an event as text, in the form a client asked for. Objects are never changed, so texts are kept. */
import type { KubeObject } from '../../stack/types.ts';
import { StatusError } from '../objects/index.ts';
import { apiVersionOf, isBuiltIn } from '../objects/names.ts';
import type { Kind } from '../types.ts';
import type { Form } from './media.ts';
import { tableOf } from './tables/index.ts';

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** All in JSON. */
export interface View {
  object(object: KubeObject): string;
  list(items: readonly KubeObject[], meta: ListMeta): string;
}

const whole = new WeakMap<KubeObject, string>();
const bare = new WeakMap<KubeObject, string>();

function kept(texts: WeakMap<KubeObject, string>, object: KubeObject, make: () => string): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = make();
  texts.set(object, text);
  return text;
}

const wholeText = (object: KubeObject): string => kept(whole, object, () => JSON.stringify(object));

/** Without kind and version, as the items of built-in kinds are listed. */
const bareText = (object: KubeObject): string =>
  kept(bare, object, () => JSON.stringify({ ...object, kind: undefined, apiVersion: undefined }));

const listText = (kind: string, apiVersion: string, meta: ListMeta, items: readonly string[]): string =>
  `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(meta)},"items":[${items.join(',')}]}`;

const metaVersion = 'meta.k8s.io/v1';

function wholeView(kind: Kind): View {
  return {
    object: wholeText,
    list: (items, meta) =>
      listText(`${kind.kind}List`, apiVersionOf(kind), meta, items.map(isBuiltIn(kind) ? bareText : wholeText)),
  };
}

const partial = ({ metadata }: KubeObject): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: metaVersion,
  metadata,
});

const metadataView: View = {
  object: (object) => JSON.stringify(partial(object)),
  list: (items, meta) => listText('PartialObjectMetadataList', metaVersion, meta, items.map(metadataView.object)),
};

const column = /^([^:*]+)(?::([^/*]+))?(?:\/([^*]+))?(?:\*(\d))?$/;

function columnOf(text: string): object {
  const [, name, type = 'string', format = '', priority = '0'] = column.exec(text) ?? [];
  return { name, type, format, description: '', priority: Number(priority) };
}

/** The columns go with the first answer only: the events of a watch do not repeat them. */
function tableView(kind: Kind, included: string | null, now: () => number): View {
  const table = tableOf(kind);
  let columnDefinitions: readonly object[] | undefined = Object.keys(table).map(columnOf);
  const shown = (object: KubeObject): unknown => {
    if (included === 'None') return null;
    return included === 'Object' ? object : partial(object);
  };
  const rowOf = (object: KubeObject): readonly unknown[] => {
    try {
      return Object.values(table).map((cell) => cell(object, now()));
    } catch {
      // One odd object (a list that holds null) must not hide all the others.
      return [object.metadata.name];
    }
  };
  const text = (items: readonly KubeObject[], metadata: object): string => {
    const rows = items.map((object) => ({ cells: rowOf(object), object: shown(object) }));
    const answer = {
      kind: 'Table',
      apiVersion: metaVersion,
      metadata,
      columnDefinitions: columnDefinitions ?? null,
      rows,
    };
    columnDefinitions = undefined;
    return JSON.stringify(answer);
  };
  return {
    // A bookmark has no name, and no row.
    object: (object) =>
      text(object.metadata.name ? [object] : [], { resourceVersion: object.metadata.resourceVersion }),
    list: text,
  };
}

const inclusions: readonly (string | null)[] = [null, '', 'None', 'Metadata', 'Object'];

/** @param now epoch milliseconds, for ages. @throws StatusError 400 */
export function viewOf(kind: Kind, { as }: Form, query: URLSearchParams, now: () => number): View {
  if (as === undefined) return wholeView(kind);
  if (as !== 'Table') return metadataView;
  const included = query.get('includeObject');
  if (inclusions.includes(included)) return tableView(kind, included, now);
  const why = `includeObject: Invalid value: "${included}": must be 'Metadata', 'Object', 'None', or empty`;
  throw StatusError.badRequest(`Unable to convert to Table as requested: ${why}`);
}
