import { describe, expect, test } from 'vitest';
import { checkManifests } from '../../source/build/check-manifests.ts';
import { type Answers, defaultAnswers } from '../../source/stack/answers.ts';
import { components, maxNameLength, objectName } from '../../source/stack/components.ts';
import { type JsonObject, type Manifests, manifests } from '../../source/stack/manifests.ts';
import { defaultPlatform, mirrored, type RenderInput } from '../../source/stack/model.ts';
import { render } from '../../source/stack/render.ts';
import { type KubeObject, type RenderedObject, steps } from '../../source/stack/types.ts';

const input = (answers: Partial<Answers> = {}, more: Partial<RenderInput> = {}): RenderInput => ({
  answers: { ...defaultAnswers, ...answers },
  namespace: 'ns-abcd1234',
  host: 'posthog.example.com',
  platform: defaultPlatform,
  migrate: 'install',
  urls: 'composed',
  ...more,
});
const named = (objects: readonly RenderedObject[], kind: string, name: string): KubeObject => {
  const found = objects.find(({ object }) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`no ${kind}/${name}`);
  return found.object;
};
const container = (object: KubeObject, index = 0): JsonObject =>
  (template(object)['containers'] as readonly JsonObject[])[index] as JsonObject;
const template = (object: KubeObject): JsonObject =>
  ((object['spec'] as JsonObject)['template'] as JsonObject)['spec'] as JsonObject;

test('the same input renders the same objects, in the order they are applied', () => {
  const objects = render(input());
  expect(render(input())).toEqual(objects);
  const order = objects.map(({ step }) => steps.indexOf(step));
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test('every component has its main object under the name the table gives', () => {
  const objects = render(input({ name: 'ph' }));
  for (const { id, kind } of components) {
    const mine = objects.filter(({ component, object }) => component === id && object.kind === kind);
    expect(mine.length, id).toBe(1);
    expect(mine[0]?.object.metadata.name.replace(/-[0-9a-f]{8}$/, ''), id).toBe(objectName(id, 'ph'));
  }
});

test('the longest name allowed keeps every name and label value within 63 characters', () => {
  const text = JSON.stringify(
    render(input({ name: 'p'.repeat(maxNameLength) })).map(({ object }) => [
      object.metadata.name,
      object.metadata.labels,
    ]),
  );
  for (const word of text.matchAll(/"(p{10,}[^"]*)"/g)) expect((word[1] as string).length).toBeLessThanOrEqual(63);
});

describe('ownership', () => {
  test('the Instance owns the app and never the data', () => {
    const objects = render(input({}, { instanceUid: 'uid-1' }));
    const unowned = new Set(
      objects.filter(({ object }) => object.metadata.ownerReferences === undefined).map(({ object }) => object.kind),
    );
    expect([...unowned].sort()).toEqual([
      'Cluster',
      'Instance',
      'ObjectStorageBucket',
      'Role',
      'RoleBinding',
      'Secret',
      'ServiceAccount',
    ]);
    for (const { object, owned } of objects)
      expect(object.metadata.ownerReferences !== undefined, `${object.kind}/${object.metadata.name}`).toBe(owned);
    expect(named(objects, 'Deployment', 'posthog').metadata.ownerReferences).toEqual([
      {
        apiVersion: 'app.sealos.io/v1',
        kind: 'Instance',
        name: 'posthog',
        uid: 'uid-1',
        controller: false,
        blockOwnerDeletion: false,
      },
    ]);
  });

  test('without the live uid there are no owner references', () => {
    expect(render(input()).filter(({ object }) => object.metadata.ownerReferences)).toEqual([]);
  });
});

describe('answers', () => {
  test('a component gets its own numbers, requests in proportion', () => {
    const objects = render(input({ components: { web: { replicas: 2, cpu: '4', memory: '8Gi' } } }));
    const web = named(objects, 'Deployment', 'posthog');
    expect((web['spec'] as JsonObject)['replicas']).toBe(2);
    expect(web.metadata.annotations).toMatchObject({
      'deploy.cloud.sealos.io/minReplicas': '2',
      'deploy.cloud.sealos.io/maxReplicas': '2',
    });
    expect(container(web)['resources']).toMatchObject({
      limits: { cpu: '4', memory: '8Gi' },
      requests: { cpu: '500m', memory: '3Gi' },
    });
  });

  test('a mirror replaces the registry and keeps tag and digest', () => {
    expect(mirrored('docker.io/posthog/posthog:a@sha256:b', { 'docker.io': 'm.example.com/hub' })).toBe(
      'm.example.com/hub/posthog/posthog:a@sha256:b',
    );
    expect(mirrored('ghcr.io/x/y@sha256:b', { 'docker.io': 'm' })).toBe('ghcr.io/x/y@sha256:b');
    const images =
      JSON.stringify(render(input({ mirror: { 'docker.io': 'a.example.com', 'ghcr.io': 'b.example.com' } }))).match(
        /"image":"[^"]+"/g,
      ) ?? [];
    expect(images.length).toBeGreaterThan(15);
    for (const image of images) expect(image).toMatch(/"(a|b)\.example\.com\/.+@sha256:[0-9a-f]{64}"/);
  });

  test('databases whose passwords cannot stand in a URL give complete URLs from the Secret', () => {
    const env = (urls: RenderInput['urls']) =>
      (container(named(render(input({}, { urls })), 'Deployment', 'posthog'))['env'] as readonly JsonObject[]).find(
        ({ name }) => name === 'DATABASE_URL',
      );
    expect(env('composed')).toMatchObject({ value: expect.stringContaining('$(PGPASS_)') });
    expect(env('encoded')).toMatchObject({ valueFrom: { secretKeyRef: { name: 'posthog-env', key: 'DATABASE_URL' } } });
  });

  test('with an object storage of their own, there is no bucket and a Secret of ours', () => {
    const objects = render(
      input({ s3: { endpoint: 'https://s3.example.com', region: 'r', bucket: 'b', accessKey: 'k' } }),
    );
    expect(objects.filter(({ object }) => object.kind === 'ObjectStorageBucket')).toEqual([]);
    expect(named(objects, 'Secret', 'posthog-s3')).toBeDefined();
    expect(JSON.stringify(objects)).not.toContain('object-storage-key-');
  });
});

describe('secrets', () => {
  const secrets = { 'posthog-env': { SECRET_KEY: 'hunter2' } };

  test('are left out unless given', () => {
    expect(named(render(input()), 'Secret', 'posthog-env')).not.toHaveProperty('stringData');
    expect(named(render(input({}, { secrets })), 'Secret', 'posthog-env')['stringData']).toEqual(
      secrets['posthog-env'],
    );
  });

  test('stand nowhere but in their Secret', () => {
    const others = render(input({}, { secrets })).filter(({ object }) => object.kind !== 'Secret');
    expect(JSON.stringify(others)).not.toContain('hunter2');
  });
});

describe('Jobs', () => {
  const job = (more: Partial<RenderInput>, answers: Partial<Answers> = {}) =>
    render(input(answers, more)).find(({ component, object }) => component === 'migrate' && object.kind === 'Job')
      ?.object.metadata.name;

  test('are named by what they run', () => {
    expect(job({})).toMatch(/^posthog-migrate-[0-9a-f]{8}$/);
    expect(job({}, { mirror: { 'docker.io': 'm.example.com' } })).not.toBe(job({}));
  });

  test('an upgrade gives the migrations less CPU and does not repeat them', () => {
    expect(job({ migrate: 'upgrade' })).toBe(job({ migrate: 'install' }));
  });
});

test('a change of a ConfigMap rolls the pods that mount it', () => {
  const checksum = (documents: Manifests) => {
    const zookeeper = named(render(input(), documents), 'StatefulSet', 'posthog-clickhouse');
    return (((zookeeper['spec'] as JsonObject)['template'] as JsonObject)['metadata'] as JsonObject)[
      'annotations'
    ] as JsonObject;
  };
  const changed = JSON.parse(JSON.stringify(manifests).replace('distributed_ddl', 'distributed_dd1')) as Manifests;
  expect(checksum(changed)).not.toEqual(checksum(manifests));
});

describe('mistakes in manifests stop the build', () => {
  const broken = (change: (text: string) => string): Manifests =>
    JSON.parse(change(JSON.stringify(manifests))) as Manifests;

  test.each([
    ['an unknown variable', (text: string) => text.replace('${web.workers}', '${web.wrokers}'), 'web.wrokers'],
    ['a number that nothing reads', (text: string) => text.replaceAll('"workers":', '"idle":1,"workers":'), 'web.idle'],
    ['an unknown group', (text: string) => text.replace('"$group":"web"', '"$group":"wbe"'), 'wbe'],
    ['an image that nothing uses', (text: string) => text.replace('"images":{', '"images":{"extra":"x",'), 'extra'],
  ])('%s', (_, change, message) => {
    expect(() => checkManifests(broken(change))).toThrow(message);
  });

  test('and ours have none', () => {
    expect(() => checkManifests(manifests)).not.toThrow();
  });
});
