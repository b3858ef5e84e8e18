/** Every line of the component table (stack-spec B.3), read from rendered objects. */
import { describe, expect, it } from 'vitest';
import { components, objectName } from '../../source/stack/components.ts';
import { sizeNames } from '../../source/stack/types.ts';
import {
  type ClusterSpec,
  type Container,
  find,
  objectsOf,
  type Pod,
  type Probe,
  portNumber,
  specOf,
  type WorkloadSpec,
} from './fixtures/objects.ts';

const objects = objectsOf('small');

/** The images of the release (stack-spec A.1), by digest. */
const digests = {
  web: '1d5e31c9c61f3f48050a45c7e3ba529ea49d0414f9caa47ad23fdb23606117c4',
  node: '863e76e040ad41aef79f605c33ec71f1529bddf94cfd88941c935da9bde97235',
  capture: '9b166761f1e282880a76fb4f3e66afad9ba954fe383581dc5e0074a729c5c99e',
  'feature-flags': 'b18bbe7ee20276cf0395cc649fe9d90c2c7d0ef836dd30c8789b3a09de73a8cc',
  'hypercache-server': 'f247133dfff4073a65df38eb04589683c6f43cf1f4f41272152a5d2d5b07ebcd',
  'property-defs-rs': 'f114a4c8218eb31cd8bbf21bf62067908a64987a8de1c6ccb34af226cbe0fc90',
  'personhog-replica': 'b4a9dd4e5a25e90fd2c2d3e7e0adbf807b10c28f834cb719c22da67b74e64dbe',
  'personhog-router': '437c4b698ae32614ce5e7b106f6f7555a08e765442dcce545514a1c371126754',
  clickhouse: '95f7cbf466dba734947775eb74808a13a3558e4398666ea6b1d992af85b9740d',
  zookeeper: '341cf7411329fd5a3ea37640073e7b8f063175168c0f0d99179e9606e035a80c',
  redpanda: '8f7e9e4c1422baaa1a5e2a6c6c668cfe05442cb3cb476542c7dff61725e6fe31',
  'postgres-client': 'ef9d1517df69c4d27dbb9ddcec14f431a2442628603f4e9daa429b92ae6c3cd1',
};
type Image = keyof typeof digests;

/** `GET 8000 /path 10/45 x60 after 30`: kind, port, period/timeout x failures. */
function inWords(container: Container, probe: Probe | undefined): string {
  if (!probe) return '-';
  const { httpGet, tcpSocket, exec } = probe;
  const what = httpGet
    ? `GET ${portNumber(container, httpGet.port)} ${httpGet.path}`
    : tcpSocket
      ? `tcp ${portNumber(container, tcpSocket.port)}`
      : `exec ${exec?.command.join(' ').includes('ruok') && exec.command.join(' ').includes('/dev/tcp/127.0.0.1/2181') ? 'ruok' : '?'}`;
  const delay = probe.initialDelaySeconds === undefined ? '' : ` after ${probe.initialDelaySeconds}`;
  return `${what} ${probe.periodSeconds}/${probe.timeoutSeconds} x${probe.failureThreshold}${delay}`;
}

interface Line {
  readonly image: Image;
  readonly ports: readonly number[];
  readonly runs?: string;
  readonly startup?: string;
  readonly readiness?: string;
  readonly liveness?: string;
}

interface Row {
  readonly kind: 'Deployment' | 'StatefulSet' | 'Job';
  readonly containers: readonly Line[];
  readonly init?: Image;
  /** Surge / unavailable of a Deployment. */
  readonly strategy?: string;
  readonly grace?: number;
  /** `image` leaves the image's own user, with the default capabilities. */
  readonly user: number | 'image';
  readonly fsGroup?: number;
}

const node = (mode: { startup: string; readiness?: string; liveness?: string }): Line => ({
  image: 'node',
  ports: [6738],
  runs: 'node nodejs/dist/index.js',
  readiness: 'GET 6738 /_ready 10/5 x6',
  liveness: 'GET 6738 /_health 30/5 x6',
  ...mode,
});
const captured: Line = {
  image: 'capture',
  ports: [3000],
  readiness: 'GET 3000 /_readiness 10/5 x3',
  liveness: 'GET 3000 /_liveness 10/5 x6',
};

const rows: Readonly<Record<string, Row>> = {
  '': {
    kind: 'Deployment',
    containers: [
      {
        image: 'web',
        ports: [8000, 8001],
        runs: './bin/docker-server',
        startup: 'GET 8000 /_readyz?role=web 10/45 x60 after 30',
        readiness: 'GET 8000 /_readyz?role=web 10/30 x3',
        liveness: 'GET 8000 /_livez 15/5 x3',
      },
    ],
    strategy: '1/0',
    grace: 55,
    user: 'image',
  },
  worker: {
    kind: 'Deployment',
    containers: [{ image: 'web', ports: [], runs: './bin/docker-worker-celery --with-scheduler' }],
    strategy: '0/1',
    grace: 180,
    user: 10001,
  },
  plugins: {
    kind: 'Deployment',
    containers: [node({ startup: 'GET 6738 /_ready 10/5 x30' })],
    init: 'property-defs-rs',
    strategy: '0/1',
    grace: 60,
    user: 10001,
  },
  ingestion: {
    kind: 'Deployment',
    containers: [node({ startup: 'GET 6738 /_ready 10/5 x60' })],
    init: 'property-defs-rs',
    strategy: '0/1',
    grace: 60,
    user: 10001,
  },
  'replay-ingestion': {
    kind: 'Deployment',
    containers: [node({ startup: 'GET 6738 /_ready 10/5 x60' })],
    strategy: '0/1',
    grace: 60,
    user: 10001,
  },
  'recording-api': {
    kind: 'Deployment',
    containers: [
      node({
        startup: 'GET 6738 /_health 10/5 x30',
        readiness: 'GET 6738 /_health 10/5 x3',
        liveness: 'GET 6738 /_health 30/5 x5',
      }),
    ],
    strategy: '0/1',
    grace: 30,
    user: 10001,
  },
  capture: { kind: 'Deployment', containers: [captured], strategy: '1/0', grace: 30, user: 65534 },
  'replay-capture': { kind: 'Deployment', containers: [captured], strategy: '1/0', grace: 30, user: 65534 },
  'feature-flags': {
    kind: 'Deployment',
    containers: [
      {
        image: 'feature-flags',
        ports: [3001],
        startup: 'GET 3001 /_readiness 5/5 x30',
        readiness: 'GET 3001 /_readiness 10/5 x3',
        liveness: 'GET 3001 /_liveness 30/5 x3',
      },
      {
        image: 'hypercache-server',
        ports: [3002],
        readiness: 'GET 3002 /_readiness 10/5 x3',
        liveness: 'GET 3002 /_liveness 30/5 x3',
      },
    ],
    strategy: '1/0',
    grace: 30,
    user: 65534,
  },
  'property-defs': {
    kind: 'Deployment',
    containers: [
      {
        image: 'property-defs-rs',
        ports: [3301],
        readiness: 'GET 3301 /_readiness 10/5 x3',
        liveness: 'GET 3301 /_liveness 30/5 x4',
      },
    ],
    strategy: '0/1',
    grace: 60,
    user: 65534,
  },
  personhog: {
    kind: 'Deployment',
    containers: [
      {
        image: 'personhog-replica',
        ports: [50051, 9100],
        startup: 'tcp 50051 5/5 x30',
        readiness: 'GET 9100 /_readiness 10/5 x3',
        liveness: 'GET 9100 /_liveness 30/5 x3',
      },
      {
        image: 'personhog-router',
        ports: [50052, 9101],
        startup: 'tcp 50052 5/5 x30',
        readiness: 'GET 9101 /_readiness 10/5 x3',
        liveness: 'GET 9101 /_liveness 30/5 x3',
      },
    ],
    strategy: '0/1',
    grace: 30,
    user: 65534,
  },
  clickhouse: {
    kind: 'StatefulSet',
    containers: [
      {
        image: 'clickhouse',
        ports: [8123, 9000, 9009],
        startup: 'GET 8123 /ping 10/5 x60 after 15',
        readiness: 'GET 8123 /ping 10/5 x6',
        liveness: 'GET 8123 /ping 10/10 x12',
      },
    ],
    init: 'web',
    grace: 120,
    user: 101,
    fsGroup: 101,
  },
  zookeeper: {
    kind: 'StatefulSet',
    containers: [
      {
        image: 'zookeeper',
        ports: [2181],
        startup: 'exec ruok 10/5 x60',
        readiness: 'exec ruok 10/5 x6',
        liveness: 'exec ruok 30/10 x6',
      },
    ],
    grace: 120,
    user: 'image',
  },
  kafka: {
    kind: 'StatefulSet',
    containers: [
      {
        image: 'redpanda',
        ports: [9092, 9644, 33145, 8081, 8082],
        startup: 'GET 9644 /v1/status/ready 10/5 x60',
        readiness: 'GET 9644 /v1/status/ready 10/5 x6',
        liveness: 'tcp 9092 15/5 x8',
      },
    ],
    grace: 120,
    user: 101,
    fsGroup: 101,
  },
  'db-init': { kind: 'Job', containers: [{ image: 'postgres-client', ports: [] }], user: 65534 },
  'kafka-init': {
    kind: 'Job',
    containers: [{ image: 'redpanda', ports: [], runs: 'bash /topics/create.sh' }],
    user: 101,
  },
  migrate: { kind: 'Job', containers: [{ image: 'web', ports: [], runs: 'sh /scripts/migrate.sh' }], user: 10001 },
};

const workload = (suffix: string) =>
  find(objects, (rows[suffix] as Row).kind, suffix === '' ? 'posthog' : `posthog-${suffix}`);
const podOf = (suffix: string): Pod => specOf<WorkloadSpec>(workload(suffix)).template.spec;

describe('the component table', () => {
  it('has a line for every component with pods of our own', () => {
    const ours = components
      .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
      .map(({ suffix }) => suffix);
    expect(Object.keys(rows).sort()).toEqual(ours.sort());
  });

  describe.each(Object.entries(rows))('posthog-%s', (suffix, row) => {
    it('runs the release’s images, the main container named like the workload', () => {
      const { containers, initContainers = [] } = podOf(suffix);
      expect(containers.map(({ image }) => image.split('@sha256:')[1])).toEqual(
        row.containers.map(({ image }) => digests[image]),
      );
      expect(initContainers.map(({ image }) => image.split('@sha256:')[1])).toEqual(
        row.init ? [digests[row.init]] : [],
      );
      expect(containers[0]?.name).toBe(suffix === '' ? 'posthog' : `posthog-${suffix}`);
    });

    it.each(row.containers.map((line, index) => [line.image, line, index] as const))(
      '%s has its ports, probes and command',
      (_, line, index) => {
        const container = podOf(suffix).containers[index] as Container;
        expect({
          ports: container.ports?.map(({ containerPort }) => containerPort) ?? [],
          startup: inWords(container, container.startupProbe),
          readiness: inWords(container, container.readinessProbe),
          liveness: inWords(container, container.livenessProbe),
        }).toEqual({
          ports: line.ports,
          startup: line.startup ?? '-',
          readiness: line.readiness ?? '-',
          liveness: line.liveness ?? '-',
        });
        if (line.runs) expect((container.command ?? container.args)?.join(' ')).toBe(line.runs);
      },
    );

    it('changes and ends as the table says', () => {
      const spec = specOf<WorkloadSpec>(workload(suffix));
      const { rollingUpdate } = spec.strategy ?? {};
      expect(rollingUpdate && `${rollingUpdate.maxSurge}/${rollingUpdate.maxUnavailable}`).toBe(row.strategy);
      expect(spec.template.spec.terminationGracePeriodSeconds).toBe(row.grace);
      if (row.kind === 'StatefulSet') {
        expect(spec).toMatchObject({
          replicas: 1,
          podManagementPolicy: 'Parallel',
          serviceName: `posthog-${suffix}`,
          updateStrategy: { type: 'RollingUpdate' },
        });
      }
    });

    it('runs as the user of the table', () => {
      const { securityContext, containers, initContainers = [] } = podOf(suffix);
      expect(securityContext?.seccompProfile).toEqual({ type: 'RuntimeDefault' });
      expect(securityContext?.fsGroup).toBe(row.fsGroup);
      if (row.user === 'image') expect(securityContext).not.toHaveProperty('runAsUser');
      else expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: row.user, runAsGroup: row.user });
      for (const container of [...containers, ...initContainers]) {
        expect(container.securityContext?.allowPrivilegeEscalation).toBe(false);
        expect(container.securityContext?.capabilities?.drop).toEqual(row.user === 'image' ? undefined : ['ALL']);
      }
    });
  });

  it.each([
    ['db-init', { backoffLimit: 3, ttlSecondsAfterFinished: 86400 }],
    ['kafka-init', { backoffLimit: 5, activeDeadlineSeconds: 600 }],
    ['migrate', { backoffLimit: 3, activeDeadlineSeconds: 7200, ttlSecondsAfterFinished: 86400 }],
  ])('%s ends by its own limits', (suffix, limits) => {
    expect(specOf<WorkloadSpec>(workload(suffix))).toMatchObject(limits);
    expect(podOf(suffix).restartPolicy).toBe('OnFailure');
  });

  it('drains the web before it stops', () => {
    expect(podOf('').containers[0]?.lifecycle?.preStop?.exec?.command.join(' ')).toBe(
      'sh -c touch /tmp/posthog_prestop && sleep 20',
    );
  });

  it.each(['plugins', 'ingestion'])('copies the GeoIP database into %s', (suffix) => {
    const { initContainers, containers, volumes } = podOf(suffix);
    expect(initContainers?.[0]?.command).toEqual([
      'cp',
      '/app/share/GeoLite2-City.mmdb',
      '/code/share/GeoLite2-City.mmdb',
    ]);
    expect(initContainers?.[0]?.resources?.limits).toEqual({
      cpu: '100m',
      memory: '128Mi',
      'ephemeral-storage': '256Mi',
    });
    expect(containers[0]?.volumeMounts).toEqual([{ name: 'mmdb', mountPath: '/code/share', readOnly: true }]);
    expect(volumes).toEqual([{ name: 'mmdb', emptyDir: { sizeLimit: '128Mi' } }]);
  });

  it('gives ClickHouse the functions of the web image', () => {
    const { initContainers, containers, volumes } = podOf('clickhouse');
    expect(initContainers?.[0]?.command).toEqual(['python', '/scripts/ch-udf.py']);
    expect(initContainers?.[0]?.volumeMounts).toContainEqual({ name: 'udf', mountPath: '/opt/posthog' });
    expect(containers[0]?.volumeMounts).toContainEqual({ name: 'udf', mountPath: '/opt/posthog' });
    expect(volumes).toContainEqual({ name: 'udf', emptyDir: { sizeLimit: '64Mi' } });
  });

  it.each([
    ['clickhouse', 'vn-varvn-libvn-clickhouse', '/var/lib/clickhouse', ['/var/lib/clickhouse'], '40'],
    ['kafka', 'vn-varvn-libvn-redpandavn-data', '/var/lib/redpanda/data', ['/var/lib/redpanda/data'], '24'],
    ['zookeeper', 'vn-data', '/data', ['/data', '/datalog'], '5'],
  ])('keeps the data of %s on a volume that Launchpad can read', (suffix, name, path, mounts, value) => {
    const claims = specOf<WorkloadSpec>(workload(suffix)).volumeClaimTemplates ?? [];
    expect(claims).toHaveLength(1);
    expect(claims[0]?.metadata).toMatchObject({ name, annotations: { path, value } });
    expect(claims[0]?.spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: `${value}Gi` } },
    });
    const mounted = podOf(suffix).containers[0]?.volumeMounts?.filter((mount) => mount.name === name) ?? [];
    expect(mounted.map(({ mountPath }) => mountPath)).toEqual(mounts);
    expect(new Set(mounted.map(({ subPath }) => subPath)).size).toBe(mounts.length);
  });

  it.each(sizeNames)('starts the broker of %s with the arguments of D.1', (size) => {
    const pod = specOf<WorkloadSpec>(find(objectsOf(size), 'StatefulSet', 'posthog-kafka')).template.spec;
    const args = pod.containers[0]?.args ?? [];
    const given = (flag: string) => args.filter((_, index) => args[index - 1] === flag);
    expect(args.slice(0, 2)).toEqual(['redpanda', 'start']);
    expect(args).toContain('--overprovisioned');
    expect(given('--kafka-addr')).toEqual(['internal://0.0.0.0:9092,external://0.0.0.0:19092']);
    expect(given('--advertise-kafka-addr')).toEqual(['internal://posthog-kafka:9092,external://localhost:19092']);
    expect(given('--rpc-addr')).toEqual(['0.0.0.0:33145']);
    expect(given('--advertise-rpc-addr')).toEqual(['posthog-kafka:33145']);
    expect(given('--seeds')).toEqual(['posthog-kafka:33145']);
    expect(given('--mode')).toEqual(['dev-container']);
    expect(given('--set')).toEqual([
      'redpanda.empty_seed_starts_cluster=false',
      'redpanda.auto_create_topics_enabled=true',
    ]);
    const expected = { trial: '1 1G 0M', small: '1 1G 0M', medium: '2 3G 500M', large: '4 8G 1G' };
    expect([...given('--smp'), ...given('--memory'), ...given('--reserve-memory')].join(' ')).toBe(expected[size]);
  });

  it.each([
    ['posthog-pg', 'postgresql', 'postgresql-16.4.0', ['postgresql'], '10Gi'],
    ['posthog-redis', 'redis', 'redis-7.0.6', ['redis', 'redis-sentinel'], '2Gi'],
  ])(
    'asks KubeBlocks for %s in the shape that 0.8 and 0.9 take, never to be deleted with its data',
    (name, definition, version, parts, storage) => {
      const spec = specOf<ClusterSpec>(find(objects, 'Cluster', name));
      expect(spec).toMatchObject({
        clusterDefinitionRef: definition,
        clusterVersionRef: version,
        terminationPolicy: 'DoNotTerminate',
      });
      expect(spec.componentSpecs.map((part) => part.componentDefRef)).toEqual(parts);
      expect(spec.componentSpecs.every((part) => part.serviceAccountName === name && part.replicas === 1)).toBe(true);
      expect(JSON.stringify(spec)).not.toMatch(/disableExporter|"monitor"/);
      expect(spec.componentSpecs[0]?.volumeClaimTemplates?.[0]?.spec).toMatchObject({
        storageClassName: 'openebs-backup',
        resources: { requests: { storage } },
      });
      for (const kind of ['ServiceAccount', 'Role', 'RoleBinding']) {
        expect(find(objects, kind, name).metadata.labels).toMatchObject({
          'sealos-db-provider-cr': name,
          'app.kubernetes.io/instance': name,
        });
      }
    },
  );

  it('names every main object by the component table', () => {
    for (const { id, kind } of components) expect(find(objects, kind, objectName(id, 'posthog')).kind).toBe(kind);
  });

  it('makes the Instance without a secret and the card with the public address', () => {
    const instance = find(objects, 'Instance', 'posthog');
    expect(instance.metadata.labels).toMatchObject({
      'cloud.sealos.io/owner-references': 'ready',
      'cloud.sealos.io/deploy-on-sealos': 'posthog',
    });
    expect(specOf<{ defaults: object; templateType: string; title: string }>(instance)).toMatchObject({
      templateType: 'inline',
      title: 'PostHog',
      defaults: {
        app_name: { type: 'string', value: 'posthog' },
        app_host: { type: 'string', value: 'posthog.example.com' },
      },
    });
    expect(Object.keys(specOf<{ defaults: object }>(instance).defaults)).toEqual(['app_name', 'app_host']);
    expect(specOf(find(objects, 'App', 'posthog'))).toMatchObject({
      name: 'PostHog',
      type: 'link',
      displayType: 'normal',
      data: { url: 'https://posthog.example.com' },
    });
  });
});
