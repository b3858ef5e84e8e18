/** The kinds that are served, and the schema of each, as a real API server of 1.34 described them. */
import { apiVersionOf } from '../objects/names.ts';
import type { Kind, Schema } from '../types.ts';
import type { CompactSchema, KindFile } from './file.ts';
import known from './kubernetes.json' with { type: 'json' };

export const { version: versionInfo, kinds: served, definitions } = known as unknown as KindFile;

export const kinds: readonly Kind[] = served.map(({ subresources, schema: _, ...kind }) => ({
  ...kind,
  subresources: subresources.map(({ name }) => name),
}));

const byPlural = new Map(kinds.map((kind) => [`${kind.group}/${kind.version}/${kind.plural}`, kind]));
const byName = new Map(kinds.map((kind) => [`${apiVersionOf(kind)}/${kind.kind}`, kind]));

export const kindOf = (apiVersion: string, kind: string): Kind | undefined => byName.get(`${apiVersion}/${kind}`);

export const resourceOf = (group: string, version: string, plural: string): Kind | undefined =>
  byPlural.get(`${group}/${version}/${plural}`);

const resolved = new Map<string, Schema>();

/** Of objects of that kind; the same value every time. */
export const schemaOf = (kind: Kind): Schema => definitionOf(served[kinds.indexOf(kind)]?.schema ?? '', []);

function definitionOf(id: string, above: readonly string[]): Schema {
  // A schema of schemas holds itself; nobody here looks that deep.
  if (above.includes(id)) return { type: 'object', preserveUnknown: true };
  const before = resolved.get(id);
  if (before) return before;
  const schema = { ...expanded(definitions[id] ?? { preserveUnknown: true }, [...above, id]), name: nameOf(id) };
  resolved.set(id, schema);
  return schema;
}

/** `core.v1.PodSpec` is a PodSpec. */
const nameOf = (id: string): string => id.slice(id.lastIndexOf('.') + 1);

function expanded(
  { ref, properties, additionalProperties, items, ...own }: CompactSchema,
  above: readonly string[],
): Schema {
  return {
    ...(ref === undefined ? {} : definitionOf(ref, above)),
    ...own,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, expanded(each, above)])),
    }),
    ...(additionalProperties && { additionalProperties: expanded(additionalProperties, above) }),
    ...(items && { items: expanded(items, above) }),
  };
}
