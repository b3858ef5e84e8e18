/**
 * Who owns which field. Follows k8s.io/apimachinery util/managedfields 0.34 and structured-merge-diff v6 (merge/update.go);
 * kinds have one version here, so that nothing is converted.
 */
import type { KubeObject } from '../../stack/types.ts';
import type { Schema } from '../types.ts';
import { type Conflict, conflictError, conflictsIn, type Entry, idOf } from './conflicts.ts';
import {
  difference,
  type FieldSet,
  intersection,
  isEmpty,
  isSoundSet,
  noFields,
  pathsOf,
  union,
  without,
} from './field-set.ts';
import { groupVersion } from './names.ts';
import { StatusError } from './status-error.ts';
import { typeErrors } from './type-errors.ts';
import { compared, fieldSetOf, merged, withoutFields, withStructs } from './typed.ts';
import { equal, isMap, mapOf, sorted, withEntry } from './values.ts';

/** By manager, operation, version and subresource; an applier is the same in every version. */
type Managers = Map<string, Entry>;

export interface Writing {
  readonly schema: Schema;
  readonly manager: string;
  readonly subresource: string | undefined;
  /** RFC 3339, seconds. */
  readonly time: string;
  /** What this write cannot change (`status`, or all but it), as paths of a set. */
  readonly unwritable: readonly (readonly string[])[];
  /** What the server's own types have although nobody wrote it; the live object of a creation. */
  readonly empty: KubeObject;
}

/** Never owned, because nobody but the server decides them. */
const system: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
};

/**
 * The written object with its managers: whoever changed a field owns it alone.
 * @param live undefined when it is created.
 */
export function trackUpdate(live: KubeObject | undefined, next: KubeObject, writing: Writing): KubeObject {
  const managers = managersOf(live, next, writing.subresource);
  if (live && managers.size === 0) return withManagers(next, managers);
  return withManagers(next, updated(live ?? writing.empty, next, managers, writing));
}

function updated(live: KubeObject, next: KubeObject, managers: Managers, writing: Writing): Managers {
  const compare = compared(writing.schema, bare(live), bare(next));
  const [removed, changed] = [
    without(compare.removed, writing.unwritable),
    without(union(compare.modified, compare.added), writing.unwritable),
  ];
  const result: Managers = new Map();
  for (const [id, entry] of managers) keepOwned(result, id, entry, union(changed, removed));
  const mine = difference(changed, system);
  if (isEmpty(mine)) return result;
  const self = entryOf('Update', writing, mine);
  const before = result.get(idOf(self));
  return result.set(idOf(self), { ...self, fieldsV1: before ? union(mine, before.fieldsV1) : mine });
}

function keepOwned(managers: Managers, id: string, entry: Entry, lost: FieldSet): void {
  const fieldsV1 = difference(entry.fieldsV1, lost);
  if (!isEmpty(fieldsV1)) managers.set(id, { ...entry, fieldsV1 });
}

/**
 * Merges an applied configuration into the live object: fields that its manager applied before and does not any more are
 * taken out, unless somebody else owns them.
 * @param live undefined when it is created.
 * @throws StatusError 409 for fields of others, 500 for what does not fit the schema, 400 for managedFields of one's own.
 */
export function applied(
  live: KubeObject | undefined,
  config: KubeObject,
  writing: Writing,
  force: boolean,
): KubeObject {
  if (config.metadata['managedFields'] !== undefined)
    throw StatusError.badRequest('metadata.managedFields must be nil');
  refuseWrongTypes(config, writing.schema);
  const base = bare(live ?? writing.empty);
  const managers = live ? adopted(live, writing) : new Map();
  const attempt = applyTo(base, config, managers, writing);
  const conflicts = force ? [] : unforgiven(live, conflictsIn(attempt.taken), writing);
  if (conflicts.length) throw conflictError(conflicts);
  return withLastApplied(withManagers(attempt.object, attempt.finish()), config, writing.manager);
}

/** An object whose managers nobody tracked belongs to `before-first-apply`. */
function adopted(live: KubeObject, writing: Writing): Managers {
  const managers = decoded(live.metadata['managedFields']) ?? new Map();
  const first = { ...writing, manager: 'before-first-apply' };
  return managers.size ? managers : updated(writing.empty, live, managers, first);
}

interface Attempt {
  readonly object: KubeObject;
  /** Fields of others that change. */
  readonly taken: ReadonlyMap<Entry, FieldSet>;
  finish(): Managers;
}

function applyTo(base: KubeObject, config: KubeObject, managers: Managers, writing: Writing): Attempt {
  const set = without(fieldSetOf(writing.schema, config), writing.unwritable);
  const self = entryOf('Apply', writing, set);
  const id = idOf(self);
  const before = managers.get(id);
  const all: Managers = new Map(managers).set(id, self);
  const overlaid = merged(writing.schema, base, config) as KubeObject;
  const object = before ? pruned(overlaid, before.fieldsV1, all, writing.schema) : overlaid;
  const isSame = equal(base, object);
  const compare = compared(writing.schema, base, object);
  const changed = without(union(compare.modified, compare.added), writing.unwritable);
  const removed = without(compare.removed, writing.unwritable);
  const taken = new Map<Entry, FieldSet>();
  for (const [other, entry] of managers) {
    const fields = other === id ? noFields : intersection(entry.fieldsV1, changed);
    if (!isEmpty(fields)) taken.set(entry, fields);
  }
  const finish = (): Managers => {
    const result: Managers = new Map();
    for (const [other, entry] of managers)
      if (other !== id) keepOwned(result, other, entry, union(taken.get(entry) ?? noFields, removed));
    const mine = difference(set, system);
    const { time: _now, ...timeless } = self;
    const stamped = isSame ? { ...timeless, ...(before?.time && { time: before.time }) } : self;
    return isEmpty(mine) ? result : result.set(id, { ...stamped, fieldsV1: mine });
  };
  return { object, taken, finish };
}

function pruned(overlaid: KubeObject, last: FieldSet, managers: Managers, schema: Schema): KubeObject {
  const lastFields = withStructs(schema, last);
  const left = withoutFields(schema, overlaid, lastFields) ?? {};
  const owned = [...managers.values()].reduce((fields, { fieldsV1 }) => union(fields, fieldsV1), noFields);
  const every = withStructs(schema, fieldSetOf(schema, overlaid));
  const kept = union(withStructs(schema, fieldSetOf(schema, left)), withStructs(schema, owned));
  const withOwned = withoutFields(schema, overlaid, difference(every, kept)) ?? {};
  const gone = difference(every, withStructs(schema, fieldSetOf(schema, withOwned)));
  const rest = mapOf(withoutFields(schema, overlaid, intersection(gone, lastFields)));
  // A configuration without a name takes the whole metadata away; that the name is missing is said later.
  return { ...rest, metadata: mapOf(rest['metadata']) } as unknown as KubeObject;
}

function refuseWrongTypes(config: KubeObject, schema: Schema): void {
  const errors = typeErrors(schema, config);
  if (errors.length === 0) return;
  const { namespace, name } = config.metadata;
  const subject = `${namespace ?? ''}/${name ?? ''}; ${groupVersion(config.apiVersion)}, Kind=${config.kind}`;
  const list = errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
  throw StatusError.unexpected(`failed to create typed patch object (${subject}): ${list}`);
}

const lastAppliedKey = 'kubectl.kubernetes.io/last-applied-configuration';

function lastAppliedOf(object: KubeObject | undefined): string | undefined {
  const annotations = object?.metadata['annotations'];
  const text = isMap(annotations) ? annotations[lastAppliedKey] : undefined;
  return typeof text === 'string' && text ? text : undefined;
}

/** Conflicts, without those that kubectl may ignore: with what its own client-side apply set, and nobody changed since. */
function unforgiven(
  live: KubeObject | undefined,
  conflicts: readonly Conflict[],
  writing: Writing,
): readonly Conflict[] {
  const text = writing.manager === 'kubectl' && conflicts.length > 0 ? lastAppliedOf(live) : undefined;
  if (!text || !live) return conflicts;
  const last = readable(text);
  const compare = compared(writing.schema, last, bare(live));
  const changed = union(compare.removed, union(compare.modified, compare.added));
  const allowed = new Set(pathsOf(difference(fieldSetOf(writing.schema, last), changed)));
  return conflicts.filter(({ path }) => !allowed.has(path));
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // An annotation that nobody can read forgives nothing.
    return undefined;
  }
}

function withLastApplied(object: KubeObject, config: KubeObject, manager: string): KubeObject {
  if (manager !== 'kubectl' || lastAppliedOf(object) === undefined) return object;
  const annotations = object.metadata['annotations'] as Record<string, unknown>;
  const text = `${JSON.stringify(sorted(config))}\n`;
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [lastAppliedKey]: text } } };
}

const bare = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: withEntry(object.metadata, 'managedFields', undefined),
});

/** A writer may bring managers along; one that does not know of them, or breaks them, loses nothing. `[{}]` forgets them. */
function managersOf(live: KubeObject | undefined, next: KubeObject, subresource: string | undefined): Managers {
  const [old, brought] = [live?.metadata['managedFields'], next.metadata['managedFields']];
  const known = (): Managers => decoded(old) ?? new Map();
  if (subresource || brought === old) return known();
  if (Array.isArray(brought) && (brought.length === 0 || (brought.length === 1 && equal(brought[0], {}))))
    return new Map();
  const managers = decoded(brought);
  const isSound = [...(managers?.values() ?? [])].every(({ fieldsV1 }) => isSoundSet(fieldsV1));
  return managers?.size && isSound ? managers : known();
}

function decoded(list: unknown): Managers | undefined {
  if (list === undefined) return new Map();
  const entries = list as readonly Entry[];
  const isSound = (entry: Entry): boolean =>
    (entry.operation === 'Apply' || entry.operation === 'Update') &&
    Boolean(entry.apiVersion) &&
    entry.fieldsType === 'FieldsV1';
  if (!Array.isArray(list) || !entries.every(isSound)) return undefined;
  return new Map(entries.map((entry) => [idOf(entry), { ...entry, fieldsV1: entry.fieldsV1 ?? noFields }]));
}

const entryOf = (operation: Entry['operation'], writing: Writing, fieldsV1: FieldSet): Entry => ({
  manager: writing.manager,
  operation,
  apiVersion: writing.empty.apiVersion,
  // Entries that come from a Scale lose their time on the way back.
  ...(writing.subresource !== 'scale' && { time: writing.time }),
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...(writing.subresource && { subresource: writing.subresource }),
});

function withManagers(object: KubeObject, managers: Managers): KubeObject {
  const list = [...managers.values()].sort((left, right) => (ageOf(left) < ageOf(right) ? -1 : 1));
  return { ...object, metadata: withEntry(object.metadata, 'managedFields', list.length ? list : undefined) };
}

/** What managers are ordered by: appliers first, then the time of their writing. */
const ageOf = ({ operation, time, manager, apiVersion, subresource }: Entry): string =>
  [operation, time, manager, apiVersion, subresource].join('\0');
