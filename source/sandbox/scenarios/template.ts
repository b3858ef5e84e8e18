/**
 * An instance as the platform's one-click template makes it, with its defects (posthog-stack 8): one node process without a
 * mode, so that nothing reads the events; a route and a Service for web only; secrets in plain variables; 1Gi for every volume;
 * migrations in front of web; hardly a probe. Its images are older than the release: they run, and that is all.
 */
import type { Json, KubeObject } from '../../stack/types.ts';
import { workspace } from '../home/kubeconfig.ts';
import { kindOf } from '../schema/index.ts';
import type { Site } from './scenario.ts';

const [app, host] = ['posthog-kzqvhwna', `posthog-wmrtplqe.${workspace.domain}`];
const key = 'vnqtrbxwlfhcyzmgkdpjsoaeiuvnqtrb';
const [posthog, node] = [
  'ghcr.io/posthog/posthog:86d6812c7de75c6c869b935e17baf45bf295bfd5',
  'ghcr.io/posthog/posthog-node:sha-728e80e',
];
const rust = (name: string) => `ghcr.io/posthog/posthog/${name}:sha-c5762a3`;

type Part = readonly [
  name: string,
  image: string,
  cpu: string,
  memory: string,
  more?: { readonly [key: string]: Json },
];

/** What images of Docker's own kind begin with; said here because it is not known what these do with it. */
const entry = (...args: readonly string[]) => ({ command: ['docker-entrypoint.sh'], args });
const redisHost = `${app}-redis-redis`;
const env = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]): Json => ({ name, value }));
const secret = (name: string, of: string, item: string): Json => ({
  name,
  valueFrom: { secretKeyRef: { name: `${app}-${of}-conn-credential`, key: item } },
});
const django = [
  ...env({
    SECRET_KEY: key + key,
    ENCRYPTION_SALT_KEYS: key,
    CLICKHOUSE_API_USER: 'api',
    CLICKHOUSE_API_PASSWORD: 'apipass',
  }),
  ...env({
    CLICKHOUSE_HOST: `${app}-clickhouse-client`,
    KAFKA_HOSTS: `${app}-kafka:9092`,
    SITE_URL: `https://${host}`,
  }),
  ...env({ OPT_OUT_CAPTURE: 'false', CDP_API_URL: `http://${app}-plugins:6738`, REDIS_HOST: redisHost }),
  secret('PGPASSWORD', 'pg', 'password'),
  secret('REDIS_PASSWORD', 'redis', 'password'),
];
const brokers = env({ KAFKA_HOSTS: `${app}-kafka:9092`, REDIS_HOST: redisHost });

const deployments: readonly Part[] = [
  [
    '',
    posthog,
    '500m',
    '4Gi',
    {
      ports: [{ containerPort: 8000 }],
      env: [...django, ...env({ USE_GRANIAN: 'true', GRANIAN_WORKERS: '1' })],
      ...entry(
        'sh',
        '-c',
        'python manage.py migrate && python manage.py migrate_clickhouse && python manage.py run_async_migrations && ./bin/docker-server',
      ),
    },
  ],
  [
    '-worker',
    posthog,
    '500m',
    '2Gi',
    {
      env: [...django, ...env({ WEB_CONCURRENCY: '1' })],
      ...entry('bash', '-c', 'celery -A posthog beat & celery -A posthog worker & wait -n'),
    },
  ],
  [
    '-plugins',
    node,
    '500m',
    '1Gi',
    {
      env: [...brokers, ...env({ SES_ACCESS_KEY_ID: 'test', SES_SECRET_ACCESS_KEY: 'test' })],
      ...entry('sh', '-c', 'exec node nodejs/dist/index.js'),
      volumeMounts: [{ name: 'vn-share', mountPath: '/share' }],
    },
  ],
  ['-capture', rust('capture'), '200m', '256Mi', { env: [...brokers, ...env({ CAPTURE_MODE: 'events' })] }],
  ['-replay-capture', rust('capture'), '200m', '256Mi', { env: [...brokers, ...env({ CAPTURE_MODE: 'recordings' })] }],
  ['-feature-flags', rust('feature-flags'), '200m', '256Mi', { env: brokers }],
];
/** Written every ten seconds whatever the node process does, so that PostHog believes in it. */
const heartbeat: Part = [
  'plugin-status-heartbeat',
  node,
  '50m',
  '64Mi',
  entry('sh', '-c', `node -e "redis.set('@posthog-plugin-server/ping', now, 'EX', 120)"`),
];

const stateful: readonly (readonly [part: Part, paths: readonly string[]])[] = [
  [
    ['-kafka', 'redpandadata/redpanda:v25.1.9', '200m', '256Mi'],
    ['/var/lib/redpanda/data', '/bitnami/kafka'],
  ],
  [['-zookeeper', 'zookeeper:3.9.3', '200m', '256Mi'], ['/data']],
  [['-clickhouse', 'clickhouse/clickhouse-server:25.8.12.129', '1000m', '1Gi'], ['/var/lib/clickhouse']],
];
const services: readonly (readonly [name: string, of: string, ports: readonly number[]])[] = [
  ['', '', [8000]],
  ['-plugins', '-plugins', [6738]],
  ['-kafka', '-kafka', [9092]],
  ['-zookeeper', '-zookeeper', [2181]],
  ['-clickhouse', '-clickhouse', [8123, 9000]],
  ['-clickhouse-client', '-clickhouse', [8123, 9000]],
];

const container = ([name, image, cpu, memory, more]: Part) => ({
  name: name.startsWith('-') || name === '' ? app + name : name,
  image,
  imagePullPolicy: 'IfNotPresent',
  resources: { limits: { cpu, memory }, requests: { cpu: '20m', memory: '25Mi' } },
  ...more,
});
const object = (apiVersion: string, kind: string, name: string, more: object, metadata: object = {}) =>
  ({ apiVersion, kind, metadata: { name: app + name, ...metadata }, ...more }) as KubeObject;
const claim = (storageClassName?: string) => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1Gi' } },
  ...(storageClassName && { storageClassName }),
});
const volumeName = (path: string) => `vn${path.replaceAll('/', 'vn-')}`.slice(2);
const marks = (name: string) => ({
  labels: { app: app + name, 'cloud.sealos.io/app-deploy-manager': app + name },
  annotations: { 'deploy.cloud.sealos.io/minReplicas': '1', 'deploy.cloud.sealos.io/maxReplicas': '1' },
});
const workload = (kind: string, name: string, spec: object, template: object) =>
  object(
    'apps/v1',
    kind,
    name,
    {
      spec: {
        replicas: 1,
        revisionHistoryLimit: 1,
        selector: { matchLabels: { app: app + name } },
        template: {
          metadata: { labels: { app: app + name } },
          spec: { automountServiceAccountToken: false, ...template },
        },
        ...spec,
      },
    },
    marks(name),
  );
const database = (name: string, definition: string, version: string, parts: readonly string[]) =>
  object('apps.kubeblocks.io/v1alpha1', 'Cluster', name, {
    spec: {
      clusterDefinitionRef: definition,
      clusterVersionRef: version,
      terminationPolicy: 'Delete',
      componentSpecs: parts.map((part, index) => ({
        ...{ name: part, componentDefRef: part, replicas: 1 },
        resources: { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '50m', memory: '51Mi' } },
        ...(index === 0 && { volumeClaimTemplates: [{ name: 'data', spec: claim('openebs-backup') }] }),
      })),
    },
  });

const root = object('app.sealos.io/v1', 'Instance', '', {
  spec: {
    ...{ templateType: 'inline', title: 'PostHog', gitRepo: 'https://github.com/PostHog/posthog', author: 'Sealos' },
    url: 'https://posthog.com',
    // The platform keeps them so, in clear.
    defaults: Object.fromEntries(
      Object.entries({
        app_name: app,
        app_host: host.split('.')[0],
        secret_key: key + key,
        encryption_salt_keys: key,
      }).map(([name, value]) => [name, { type: 'string', value }]),
    ),
  },
});

const objects: readonly KubeObject[] = [
  object('objectstorage.sealos.io/v1', 'ObjectStorageBucket', '', { spec: { policy: 'private' } }),
  database('-pg', 'postgresql', 'postgresql-14.8.0', ['postgresql']),
  database('-redis', 'redis', 'redis-7.0.6', ['redis', 'redis-sentinel']),
  ...stateful.map(([part, paths]) => {
    const [name, image, cpu, memory] = part;
    const volumeMounts = paths.map((mountPath) => ({ name: volumeName(mountPath), mountPath }));
    const volumeClaimTemplates = volumeMounts.map((each) => ({ metadata: { name: each.name }, spec: claim() }));
    const containers = [container([name, image, cpu, memory, { volumeMounts }])];
    return workload('StatefulSet', name, { serviceName: app + name, volumeClaimTemplates }, { containers });
  }),
  object('v1', 'PersistentVolumeClaim', '-share', { spec: claim() }),
  ...deployments.map((part) => {
    const volumes = [{ name: 'vn-share', persistentVolumeClaim: { claimName: `${app}-share` } }];
    const isNode = part[0] === '-plugins';
    const containers = [...(isNode ? [container(heartbeat)] : []), container(part)];
    return workload('Deployment', part[0], {}, { containers, ...(isNode && { volumes }) });
  }),
  ...services.map(([name, of, ports]) =>
    object('v1', 'Service', name, {
      spec: { selector: { app: app + of }, ports: ports.map((port) => ({ name: `tcp-${port}`, port })) },
    }),
  ),
  object(
    'networking.k8s.io/v1',
    'Ingress',
    '',
    {
      spec: {
        rules: [
          {
            host,
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: app, port: { number: 8000 } } } }],
            },
          },
        ],
        tls: [{ hosts: [host], secretName: 'wildcard-cert' }],
      },
    },
    { annotations: { 'kubernetes.io/ingress.class': 'nginx', 'nginx.ingress.kubernetes.io/proxy-body-size': '32m' } },
  ),
  object('app.sealos.io/v1', 'App', '', {
    spec: { name: 'PostHog', type: 'link', icon: '', displayType: 'normal', data: { url: `https://${host}` } },
  }),
];

/** Makes what is not there yet, as the platform does: the root first, which owns the rest. */
export function installTemplate({ objects: api, user, namespace }: Site): void {
  const ensure = (wanted: KubeObject, more: object): KubeObject => {
    const kind = kindOf(wanted.apiVersion, wanted.kind);
    if (!kind) throw new Error(`the sandbox does not know ${wanted.kind}`);
    const { metadata } = wanted;
    const labels = { ...metadata.labels, 'cloud.sealos.io/deploy-on-sealos': app };
    const complete = { ...wanted, metadata: { ...metadata, labels, ...more } };
    return api.store.get(kind, namespace, metadata.name) ?? api.create(kind, namespace, complete, { user }).object;
  };
  const { apiVersion, kind, metadata } = ensure(root, {});
  const { name, uid } = metadata;
  const ownerReferences = [{ apiVersion, kind, name, uid, controller: false, blockOwnerDeletion: false }];
  for (const each of objects) ensure(each, { ownerReferences });
}
