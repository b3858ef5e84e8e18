/** What holds for every object of every size: digests, limits, secrets, labels, references. */
import { describe, expect, it } from 'vitest';
import { components } from '../../source/stack/components.ts';
import { ownSecrets } from '../../source/stack/render.ts';
import { secretKeys } from '../../source/stack/secrets.ts';
import { type KubeObject, sizeNames } from '../../source/stack/types.ts';
import {
  containersOf,
  find,
  objectsOf,
  ofKind,
  portNumber,
  type ServiceSpec,
  selects,
  specOf,
  stackOf,
  type Variant,
  workloadsOf,
} from './fixtures/objects.ts';

const variants: readonly (readonly [string, Variant])[] = [
  ['plain', {}],
  ['with mail and an S3 of its own', { mail: true, s3: true }],
  ['with encoded URLs', { urls: 'encoded', migrate: 'install' }],
  ['under another name', { answers: { name: 'analytics' }, namespace: 'ns-zzz9' }],
];
const cases = sizeNames.flatMap((size) =>
  variants.map(([words, variant]) => [`${size} ${words}`, objectsOf(size, variant)] as const),
);

describe.each(cases)('%s', (_, objects) => {
  const containers = containersOf(objects);

  it('leaves no variable behind', () => {
    expect(JSON.stringify(objects)).not.toMatch(/\$\{[a-z][A-Za-z0-9.-]*\}|\$group/);
  });

  it('pins every image by digest', () => {
    for (const { container } of containers)
      expect(container.image).toMatch(/^[a-z0-9.]+\/[a-z0-9/-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
    for (const { container } of containers) expect(container.imagePullPolicy).toBe('IfNotPresent');
  });

  it('limits and requests CPU, memory and ephemeral storage in every container', () => {
    for (const { container } of containers) {
      expect(Object.keys(container.resources?.limits ?? {}).sort(), container.name).toEqual([
        'cpu',
        'ephemeral-storage',
        'memory',
      ]);
      expect(Object.keys(container.resources?.requests ?? {}).sort(), container.name).toEqual([
        'cpu',
        'ephemeral-storage',
        'memory',
      ]);
    }
  });

  it('gives no pod service links or a token, and no container more rights', () => {
    for (const { pod } of workloadsOf(objects)) {
      expect([pod.enableServiceLinks, pod.automountServiceAccountToken]).toEqual([false, false]);
    }
    for (const { container } of containers) expect(container.securityContext?.allowPrivilegeEscalation).toBe(false);
  });

  it('keeps secrets in Secrets', () => {
    const secretName = /PASSWORD|PASS_$|SECRET|SALT|ACCESS_KEY|SIGNING_KEY|TOKEN$/;
    for (const { container } of containers) {
      for (const { name, value } of container.env ?? []) {
        if (!secretName.test(name) || value === undefined) continue;
        expect(value, `${container.name} ${name}`).toMatch(/^\$\([A-Z_0-9]+\)$/);
      }
      expect(JSON.stringify([container.command, container.args])).not.toMatch(/PASSWORD|SECRET/);
    }
    for (const secret of ofKind(objects, 'Secret')) expect(secret).not.toHaveProperty('data');
    for (const secret of ofKind(objects, 'Secret')) expect(secret).not.toHaveProperty('stringData');
  });

  it('refers only to ConfigMaps that are there, and to keys of Secrets that somebody writes', () => {
    const { name: app = '' } = find(
      objects,
      'Instance',
      objects.find(({ kind }) => kind === 'Instance')?.metadata.name ?? '',
    ).metadata;
    const own = ownSecrets(app);
    const kubeBlocks = ['host', 'port', 'username', 'password', 'endpoint'];
    const known: Readonly<Record<string, readonly string[]>> = {
      [own.env]: [...secretKeys, 'DATABASE_URL', 'REDIS_URL', 'REDIS_AUTHORITY'],
      [own.mail]: ['host', 'port', 'user', 'password', 'tls', 'from'],
      [own.s3]: ['endpoint', 'publicEndpoint', 'region', 'bucket', 'accessKey', 'secretKey'],
      [`${app}-pg-conn-credential`]: kubeBlocks,
      [`${app}-redis-conn-credential`]: kubeBlocks,
      [`object-storage-key-${objects[0]?.metadata.namespace?.slice(3)}-${app}`]: [
        'accessKey',
        'secretKey',
        'internal',
        'external',
        'bucket',
      ],
    };
    for (const { container } of containers) {
      for (const { valueFrom } of container.env ?? []) {
        const reference = valueFrom?.secretKeyRef;
        if (reference) expect(known[reference.name], reference.name).toContain(reference.key);
      }
    }
    const configMaps = ofKind(objects, 'ConfigMap').map(({ metadata }) => metadata.name);
    for (const { pod } of workloadsOf(objects)) {
      for (const { configMap, secret, persistentVolumeClaim } of pod.volumes ?? []) {
        if (configMap) expect(configMaps).toContain(configMap.name);
        expect([secret, persistentVolumeClaim]).toEqual([undefined, undefined]);
      }
    }
    const used = new Set(
      workloadsOf(objects).flatMap(({ pod }) => (pod.volumes ?? []).map(({ configMap }) => configMap?.name)),
    );
    expect(configMaps.filter((each) => !used.has(each))).toEqual([]);
  });

  it('mounts only volumes and keys that the pod has', () => {
    for (const { container, pod, spec } of containers) {
      const volumes = new Map((pod.volumes ?? []).map((volume) => [volume.name, volume]));
      const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
      for (const { name, subPath } of container.volumeMounts ?? []) {
        expect([...volumes.keys(), ...claims]).toContain(name);
        const configMap = volumes.get(name)?.configMap;
        if (configMap && subPath) expect(find(objects, 'ConfigMap', configMap.name)['data']).toHaveProperty([subPath]);
      }
    }
  });

  it('runs only scripts that are mounted', () => {
    for (const { container, pod } of containers) {
      for (const [, folder, file] of JSON.stringify([container.command, container.args]).matchAll(
        /(\/(?:scripts|topics))\/([\w.-]+)/g,
      )) {
        const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === folder);
        const configMap = pod.volumes?.find(({ name }) => name === mount?.name)?.configMap?.name ?? '';
        expect(find(objects, 'ConfigMap', configMap)['data']).toHaveProperty([file as string]);
      }
    }
  });

  it('selects its own pods, and probes ports that they open', () => {
    for (const { object, spec } of workloadsOf(objects, 'Deployment', 'StatefulSet')) {
      expect(spec.selector?.matchLabels).toEqual({ app: object.metadata.name });
      expect(spec.template.metadata?.labels).toMatchObject(spec.selector?.matchLabels ?? {});
      expect(spec.revisionHistoryLimit).toBe(1);
    }
    for (const { spec } of workloadsOf(objects, 'StatefulSet')) {
      expect(specOf<ServiceSpec>(find(objects, 'Service', spec.serviceName ?? '')).clusterIP).toBe('None');
    }
    for (const { container } of containers) {
      for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
        const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
        if (port !== undefined)
          expect(
            container.ports?.map(({ containerPort }) => containerPort),
            container.name,
          ).toContain(portNumber(container, port));
      }
    }
    for (const service of ofKind(objects, 'Service')) {
      expect(
        workloadsOf(objects, 'Deployment', 'StatefulSet').filter(({ spec }) =>
          selects(service, spec.template.metadata?.labels ?? {}),
        ),
      ).toHaveLength(1);
    }
  });

  it('carries the marks by which the Sealos desktop finds and edits it', () => {
    const { namespace } = objects[0]?.metadata ?? {};
    const { name: app = '' } = objects.find(({ kind }) => kind === 'Instance')?.metadata ?? {};
    for (const { kind, metadata } of objects) {
      expect(metadata.namespace).toBe(namespace);
      expect(metadata.labels, `${kind} ${metadata.name}`).toMatchObject({ 'cloud.sealos.io/deploy-on-sealos': app });
    }
    for (const { object, spec, pod } of workloadsOf(objects, 'Deployment', 'StatefulSet')) {
      const { name, labels, annotations } = object.metadata;
      expect(labels).toMatchObject({ app: name, 'cloud.sealos.io/app-deploy-manager': name });
      expect(annotations).toMatchObject({
        originImageName: pod.containers[0]?.image,
        'deploy.cloud.sealos.io/minReplicas': String(spec.replicas),
        'deploy.cloud.sealos.io/maxReplicas': String(spec.replicas),
      });
      for (const { metadata } of spec.volumeClaimTemplates ?? []) {
        expect(metadata.labels).toMatchObject({ 'cloud.sealos.io/deploy-on-sealos': app });
        expect(Object.values(metadata.annotations ?? {}).every((value) => typeof value === 'string')).toBe(true);
      }
    }
  });

  it('rolls pods when a ConfigMap that they mount changes', () => {
    for (const { pod, spec } of workloadsOf(objects)) {
      const mounts = (pod.volumes ?? []).some(({ configMap }) => configMap);
      expect(spec.template.metadata?.annotations?.['posthog-sealos/config-checksum'] !== undefined).toBe(mounts);
    }
  });
});

describe('belonging', () => {
  const owned = (object: KubeObject) => object.metadata.ownerReferences !== undefined;

  it('ties everything but data and secrets to the Instance', () => {
    const all = stackOf('small', { instanceUid: 'b9f8ad1e-0000-4000-8000-000000000000' });
    const free = all.filter(({ object }) => !owned(object)).map(({ object }) => object.kind);
    expect([...new Set(free)].sort()).toEqual([
      'Cluster',
      'Instance',
      'ObjectStorageBucket',
      'Role',
      'RoleBinding',
      'Secret',
      'ServiceAccount',
    ]);
    for (const { object, owned: expected } of all) expect(owned(object)).toBe(expected);
  });

  it('leaves ownerReferences out while there is no Instance', () =>
    expect(objectsOf('small').filter(owned)).toEqual([]));

  it('has an object for every component, in the component’s step', () => {
    const all = stackOf('small');
    for (const { id, kind, step } of components)
      expect(all.some((each) => each.component === id && each.object.kind === kind && each.step === step)).toBe(true);
  });
});
