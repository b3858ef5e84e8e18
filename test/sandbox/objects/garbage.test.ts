/** Whatever is sent, the answer is an object or a refusal. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createObjects, createStore, StatusError } from '../../../source/sandbox/objects/index.ts';
import { kindOf } from '../../../source/sandbox/schema/index.ts';
import type { Kind, PatchKind, WriteOptions } from '../../../source/sandbox/types.ts';
import { sent } from './sent.ts';

interface Step {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name?: string;
  readonly body?: unknown;
}

const recorded = JSON.parse(readFileSync(new URL('fixtures/recorded.json', import.meta.url), 'utf8')) as readonly {
  readonly steps: readonly Step[];
}[];
const steps = recorded.flatMap((scenario) => scenario.steps).filter(({ body }) => body !== undefined);

const garbage: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e300, '', 'x', '2026-13-01', 'a'.repeat(300), [], {}, [null], [[]], [{}], { a: null }],
  { name: 'a' },
  JSON.parse('{"__proto__":{"polluted":true}}'),
  [{ manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'k:x': {} } }],
  { $patch: 'delete' },
  [{ $patch: 'replace' }],
  { $retainKeys: 5 },
];
const keys = ['__proto__', 'constructor', '', '/', '$patch', '$setElementOrder/containers', 'managedFields'];

describe('random requests', () => {
  it.each([1, 2, 3, 4, 5])('crash nothing (seed %i)', async (seed) => {
    let state = seed * 104_729;
    const below = (count: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % count;
    };
    const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
    const spoilt = (value: unknown): unknown => {
      if (below(60) === 0) return one(garbage);
      if (Array.isArray(value)) return value.map(spoilt);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value).filter(() => below(60) > 0);
      return Object.fromEntries(entries.map(([key, entry]) => [below(60) ? key : one(keys), spoilt(entry)]));
    };

    const store = createStore();
    const user = { name: 'admin', groups: [] };
    const objects = createObjects({
      store,
      admission: { admit: ({ object }) => object },
      clock: { now: () => 0 },
      randomBytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
    });
    const kindFor = (apiVersion: string, kind: string): Kind => kindOf(apiVersion, kind) as Kind;
    const make = (kind: string, name: string, namespace?: string): unknown =>
      objects.create(kindFor('v1', kind), namespace, { metadata: { name } }, { user });
    make('Namespace', 'n');
    make('ServiceAccount', 'default', 'n');

    let [taken, refused] = [0, 0];
    for (let count = 0; count < 1000; count++) {
      const step = one(steps);
      const kind = kindFor(step.apiVersion, step.kind);
      const name = step.name ?? 'x';
      const body: unknown = JSON.parse(JSON.stringify(spoilt(step.body)).replaceAll('sbx-objects', 'n'));
      const options: WriteOptions = {
        user,
        fieldManager: one(['a', 'b', 'kubectl']),
        force: below(2) === 0,
        fieldValidation: one(['Strict', 'Warn', 'Ignore']),
      };
      try {
        const verb = below(8);
        if (verb < 3) objects.create(kind, 'n', await sent(kind, body), options);
        else if (verb < 4) objects.update(kind, 'n', name, await sent(kind, body), options);
        else {
          const type = one<PatchKind>(['json', 'merge', 'strategic', 'apply', 'apply']);
          objects.patch(kind, 'n', name, type, await sent(kind, body, type), options);
        }
        taken += 1;
      } catch (error) {
        if (!(error instanceof StatusError)) throw new Error(JSON.stringify(body), { cause: error });
        refused += 1;
      }
    }
    expect(taken).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(20);
    expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined();
  });
});
