/** The same requests as a real server got, answered the same: `fixtures/recorded.json` has what Kubernetes 1.34.4 said (`record.ts`). */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createObjects, createStore, StatusError, scaleOf } from '../../../source/sandbox/objects/index.ts';
import { kindOf } from '../../../source/sandbox/schema/index.ts';
import type {
  AdmissionReview,
  Kind,
  Objects,
  PatchKind,
  RemoveOptions,
  WriteOptions,
} from '../../../source/sandbox/types.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { comparable, refusal } from './comparable.ts';
import { sent } from './sent.ts';

interface Step
  extends Partial<Omit<WriteOptions, 'user'>>,
    Pick<RemoveOptions, 'propagation' | 'graceSeconds' | 'preconditions'> {
  readonly verb: 'create' | 'update' | 'patch' | 'get' | 'remove';
  readonly apiVersion: string;
  readonly kind: string;
  readonly name?: string;
  readonly type?: PatchKind;
  readonly body?: unknown;
  readonly answer: { readonly code: number; readonly body: unknown; readonly warnings?: readonly string[] };
}

const scenarios = JSON.parse(readFileSync(new URL('fixtures/recorded.json', import.meta.url), 'utf8')) as readonly {
  readonly name: string;
  readonly steps: readonly Step[];
}[];

const namespace = 'sbx-objects';
const user = { name: 'admin', groups: [] };

function kindFor(apiVersion: string, kind: string): Kind {
  const found = kindOf(apiVersion, kind);
  if (!found) throw new Error(`${apiVersion} ${kind} is not served`);
  return found;
}

interface Container {
  readonly resources?: { readonly requests?: object };
}

/** The recorded cluster asks for less CPU than its pods do, so that they fit on one machine. */
function lowered({ kind, operation, object }: AdmissionReview): KubeObject {
  if (kind.kind !== 'Pod' || operation !== 'CREATE') return object;
  const spec = object['spec'] as Readonly<Record<string, readonly Container[] | undefined>>;
  const lists = ['containers', 'initContainers'].flatMap((key) => {
    const less = spec[key]?.map(({ resources, ...container }) => ({
      ...container,
      resources: { ...resources, requests: { ...resources?.requests, cpu: '5m' } },
    }));
    return less ? [[key, less]] : [];
  });
  return { ...object, spec: { ...spec, ...Object.fromEntries(lists) } };
}

/** A workspace as it was when the requests were recorded; old enough that version 1 is long gone. */
function workspace(): Objects {
  const objects = createObjects({
    store: createStore({ restore: { version: 10_000, shelves: [] } }),
    admission: { admit: lowered },
    clock: { now: () => Date.parse('2026-11-23T08:00:00Z') },
    randomBytes,
  });
  const make = (kind: string, name: string, into?: string): unknown =>
    objects.create(kindFor('v1', kind), into, { apiVersion: 'v1', kind, metadata: { name } }, { user });
  make('Namespace', namespace);
  make('ServiceAccount', 'default', namespace);
  return objects;
}

async function ask(
  objects: Objects,
  step: Step,
): Promise<{ readonly code: number; readonly body: unknown; readonly warnings?: readonly string[] }> {
  const kind = kindFor(step.apiVersion, step.kind);
  const name = step.name ?? '';
  const uid = objects.store.get(kind, namespace, name)?.metadata.uid ?? '';
  const body = step.body === undefined ? undefined : JSON.parse(JSON.stringify(step.body).replaceAll('$uid', uid));
  const options: WriteOptions = { user, fieldManager: 'probe', ...step };
  const told = (object: KubeObject, code = 200, warnings: readonly string[] = []) => ({
    code,
    body: comparable(object),
    ...(warnings.length && { warnings }),
  });
  const written = ({ object, created, warnings }: ReturnType<Objects['create']>) =>
    told(object, created ? 201 : 200, warnings);
  switch (step.verb) {
    case 'create':
      return written(objects.create(kind, namespace, await sent(kind, body), options));
    case 'update':
      return written(objects.update(kind, namespace, name, await sent(kind, body), options));
    case 'patch': {
      const { type = 'merge' } = step;
      return written(objects.patch(kind, namespace, name, type, await sent(kind, body, type), options));
    }
    case 'get': {
      const object = objects.get(kind, namespace, name);
      return told(step.subresource === 'scale' ? scaleOf(object) : object);
    }
    case 'remove': {
      const { object, gone } = objects.remove(kind, namespace, name, { ...step, user });
      // Of what is gone the server sends the object or a Status; which of them is for the server to say.
      return gone && (step.answer.body as KubeObject).kind === 'Status' ? step.answer : told(object);
    }
  }
}

describe.each(scenarios)('$name', ({ steps }) => {
  const objects = workspace();
  const titled = steps.map((step, index) => ({
    title: `${index} ${step.verb} ${step.kind} ${step.name ?? ''} ${step.type ?? ''}`,
    step,
  }));
  it.each(titled)('$title', async ({ step }) => {
    let mine: unknown;
    try {
      mine = await ask(objects, step);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      mine = { code: error.status.code, body: refusal(error.status) };
    }
    expect(mine).toEqual(step.answer);
  });
});
