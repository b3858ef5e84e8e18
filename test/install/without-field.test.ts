import { expect, test } from 'vitest';
import { sameContent, withoutField } from '../../source/install/plan.ts';
import type { KubeObject } from '../../source/stack/types.ts';

const object: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web', 'a.b/c': 'x' } },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [
          { name: 'web', image: 'a', ports: [{ containerPort: 80, protocol: 'TCP' }] },
          { name: 'side', image: 'b' },
        ],
      },
    },
  },
};

test.each([
  ['.spec.replicas', (o: KubeObject) => (o['spec'] as { replicas?: number }).replicas],
  ['.spec.template.spec.containers[name="web"].image', (o: KubeObject) => containers(o)[0]?.['image']],
  [
    '.spec.template.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].containerPort',
    (o: KubeObject) => ((containers(o)[0]?.['ports'] ?? []) as { containerPort?: number }[])[0]?.containerPort,
  ],
  ['.metadata.labels.app', (o: KubeObject) => o.metadata.labels?.['app']],
])('%s is left to its other manager', (field, read) => {
  expect(read(object)).toBeDefined();
  expect(read(withoutField(object, field))).toBeUndefined();
});

test('a whole list item can be left out, and what is not there changes nothing', () => {
  expect(
    containers(withoutField(object, '.spec.template.spec.containers[name="side"]')).map(({ name }) => name),
  ).toEqual(['web']);
  expect(withoutField(object, '.spec.nosuch.field')).toEqual(object);
});

test('what only the server writes does not make a change', () => {
  const live = {
    ...object,
    metadata: { ...object.metadata, resourceVersion: '7', generation: 3, managedFields: [] },
    status: { replicas: 2 },
  };
  expect(sameContent(live, object)).toBe(true);
  expect(sameContent(live, { ...object, spec: {} })).toBe(false);
});

function containers(o: KubeObject): Record<string, unknown>[] {
  return (o['spec'] as { template: { spec: { containers: Record<string, unknown>[] } } }).template.spec.containers;
}
