/** Who owns which field: whatever three managers do to an object, in whatever order. */
import { describe, expect, it } from 'vitest';
import { difference, type FieldSet, noFields, pathsOf, union } from '../../../source/sandbox/objects/field-set.ts';
import { applied, trackUpdate, type Writing } from '../../../source/sandbox/objects/managed-fields.ts';
import { withoutTimes } from '../../../source/sandbox/objects/metadata.ts';
import { StatusError } from '../../../source/sandbox/objects/status-error.ts';
import { fieldSetOf, withStructs } from '../../../source/sandbox/objects/typed.ts';
import type { Schema } from '../../../source/sandbox/types.ts';
import type { KubeObject } from '../../../source/stack/types.ts';

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'object', additionalProperties: text };
const schema: Schema = {
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: {
      type: 'object',
      properties: { name: text, labels: texts, managedFields: { type: 'array', items: {} } },
    },
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        atom: { type: 'array', items: text, listType: 'atomic' },
        set: { type: 'array', items: text, listType: 'set' },
        struct: { type: 'object', properties: { left: text, right: text } },
        whole: { type: 'object', atomic: true, additionalProperties: text },
        items: {
          type: 'array',
          listType: 'map',
          listMapKeys: ['name'],
          items: { type: 'object', properties: { name: text, value: text, more: texts } },
        },
      },
    },
  },
};

const empty = { apiVersion: 'v1', kind: 'Thing', metadata: {} } as KubeObject;

const writing = (manager: string): Writing => ({
  schema,
  manager,
  subresource: undefined,
  time: '2026-01-01T00:00:00Z',
  unwritable: [],
  empty,
});

/** Random numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function randomThing(below: (count: number) => number): KubeObject {
  const value = (): string => `v${below(3)}`;
  // Lists and maps are not empty: types of Go do not tell that apart from nothing.
  const some = <T>(make: (index: number) => T): T[] => {
    const chosen = [0, 1, 2].filter(() => below(2) === 0);
    return (chosen.length ? chosen : [below(3)]).map(make);
  };
  const map = (): object => Object.fromEntries(some((index) => [`k${index}`, value()]));
  const item = (index: number): object => ({
    name: `i${index}`,
    ...(below(2) && { value: value() }),
    ...(below(2) && { more: map() }),
  });
  const spec = {
    replicas: below(3),
    ...(below(2) && { atom: some(value) }),
    ...(below(2) && { set: some((index) => `s${index}`) }),
    ...(below(2) && { struct: { left: value(), ...(below(2) && { right: value() }) } }),
    ...(below(2) && { whole: map() }),
    ...(below(2) && { items: some(item) }),
  };
  const metadata = { name: 'x', ...(below(2) && { labels: map() }) } as KubeObject['metadata'];
  return { ...empty, metadata, ...(below(4) && { spec }) };
}

const unowned = fieldSetOf(schema, { ...empty, metadata: { name: 'x' } });

const fieldsOf = (object: KubeObject): FieldSet => {
  const { managedFields: _managers, ...metadata } = object.metadata;
  return difference(fieldSetOf(schema, { ...object, metadata }), unowned);
};

const ownedIn = (object: KubeObject): FieldSet =>
  ((object.metadata.managedFields ?? []) as unknown as readonly { readonly fieldsV1: FieldSet }[]).reduce(
    (fields, { fieldsV1 }) => union(fields, fieldsV1),
    noFields,
  );

const managersOf = (object: KubeObject): readonly string[] =>
  (object.metadata.managedFields ?? []).map(({ manager, operation }) => `${manager} ${operation}`);

/** One step by one of three managers; undefined when it was refused. */
function step(live: KubeObject | undefined, below: (count: number) => number): KubeObject | undefined {
  const next = randomThing(below);
  const manager = ['a', 'b', 'u'][below(3)] ?? 'u';
  if (!live || manager === 'u') {
    // One field that only the updater has: an object without owners is not tracked any more, as by the real server.
    const labels = { ...next.metadata.labels, updater: 'yes' };
    return trackUpdate(live, { ...next, metadata: { ...next.metadata, labels } }, writing('u'));
  }
  const force = below(2) === 0;
  try {
    const after = applied(live, next, writing(manager), force);
    const again = applied(after, next, writing(manager), false);
    expect(withoutTimes(again)).toEqual(withoutTimes(after));
    return after;
  } catch (error) {
    if (force || !(error instanceof StatusError)) throw error;
    expect(error.status.reason).toBe('Conflict');
    return undefined;
  }
}

describe('three managers', () => {
  it.each(Array.from({ length: 200 }, (_, index) => index + 1))('own exactly what is there (seed %i)', (seed) => {
    const below = numbers(seed * 7919);
    let live: KubeObject | undefined;
    let refusals = 0;
    for (let count = 0; count < 25; count++) {
      const next = step(live, below);
      if (!next) refusals += 1;
      live = next ?? live;
      if (!live) continue;
      const [there, owned] = [fieldsOf(live), ownedIn(live)];
      expect(pathsOf(difference(there, owned)), 'owned by nobody').toEqual([]);
      expect(pathsOf(difference(owned, withStructs(schema, there))), 'owned but not there').toEqual([]);
      expect(new Set(managersOf(live)).size, 'one entry a manager').toBe(managersOf(live).length);
    }
    expect(refusals).toBeLessThan(25);
  });
});
