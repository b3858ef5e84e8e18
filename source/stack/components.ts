/**
 * Every part of the stack, declared once. Dashboards, logs, scaling, doctor rules and the checks of the manifests
 * derive from this table; the numbers of a size are in `manifests/sizes`, the objects in `manifests/<phase>`.
 */
import type { ComponentId, Phase, Step } from './types.ts';

export type WorkloadKind = 'Cluster' | 'ObjectStorageBucket' | 'StatefulSet' | 'Deployment' | 'Job' | 'Ingress' | 'App';

/** Log formats by what writes them; the parsers are in `logs/`. */
export type LogFormat =
  | 'django'
  | 'node'
  | 'rust-flat'
  | 'rust-nested'
  | 'tracing'
  | 'clickhouse'
  | 'redpanda'
  | 'zookeeper'
  | 'patroni'
  | 'redis'
  | 'plain';

export type Scaling =
  /** From 0, which stops it, to so many replicas. */
  | { readonly max: number }
  /** From 0; more replicas than partitions of the topic would idle. */
  | { readonly partitionsOf: string }
  /** Always as many as the size says, for this reason. */
  | { readonly fixed: 'identity' | 'database' | 'once' | 'platform' };

export interface Component {
  readonly id: ComponentId;
  readonly phase: Phase;
  readonly kind: WorkloadKind;
  /** Object name after the instance's name: `<app>` or `<app>-<suffix>`. */
  readonly suffix: string;
  /** Names in the release's image list, the main container's first. */
  readonly images: readonly string[];
  /** What must be ready before it is applied; all of an earlier phase is implied. */
  readonly waitsFor: readonly ComponentId[];
  readonly step: Step;
  readonly scaling: Scaling;
  /** Kafka consumer groups it owns; a trailing `*` matches a prefix (stack-spec B.10). */
  readonly groups: readonly string[];
  /**
   * How long it gathers what it reads before it commits how far it is, in seconds; until then that still counts as waiting.
   * Most leave it to librdkafka (`auto.commit.interval.ms`).
   */
  readonly commitsEveryS: number;
  /** Celery queues it works off: lists in Redis of the same names (stack-spec B.5). */
  readonly queues: readonly string[];
  readonly log: LogFormat;
  /** The container that writes its log into a file instead, and the file. */
  readonly logFile?: { readonly container: string; readonly path: string };
}

const once: Scaling = { fixed: 'once' };
const identity: Scaling = { fixed: 'identity' };
const database: Scaling = { fixed: 'database' };
const platform: Scaling = { fixed: 'platform' };

const component = (
  id: ComponentId,
  phase: Phase,
  kind: WorkloadKind,
  suffix: string,
  step: Step,
  scaling: Scaling,
  more: Partial<
    Pick<Component, 'images' | 'waitsFor' | 'groups' | 'commitsEveryS' | 'queues' | 'log' | 'logFile'>
  > = {},
): Component => ({
  id,
  phase,
  kind,
  suffix,
  step,
  scaling,
  images: [],
  waitsFor: [],
  groups: [],
  commitsEveryS: 5,
  queues: [],
  log: 'plain',
  ...more,
});

/** Partitions, which can be raised, bound what reads them; no topic is thought of with more than this. */
const mostReaders = 64;

/** The most replicas a component may be asked to have. */
export const mostReplicas = (scaling: Exclude<Scaling, { readonly fixed: unknown }>): number =>
  'max' in scaling ? scaling.max : mostReaders;

export const components: readonly Component[] = [
  component('postgres', 'stores', 'Cluster', 'pg', 'base', database, { log: 'patroni' }),
  component('redis', 'stores', 'Cluster', 'redis', 'base', database, {
    log: 'redis',
    logFile: { container: 'redis', path: '/data/running.log' },
  }),
  component('zookeeper', 'stores', 'StatefulSet', 'zookeeper', 'stores', identity, {
    images: ['zookeeper'],
    log: 'zookeeper',
  }),
  component('clickhouse', 'stores', 'StatefulSet', 'clickhouse', 'stores', identity, {
    images: ['clickhouse', 'web'],
    waitsFor: ['zookeeper'],
    groups: ['group1', 'clickhouse_*', 'clickhouse-person-distinct-id-overrides', 'clickhouse-error-tracking-*'],
    // Its default of stream_flush_interval_ms.
    commitsEveryS: 7.5,
    log: 'clickhouse',
  }),
  component('bucket', 'stores', 'ObjectStorageBucket', '', 'base', platform),
  component('kafka', 'queue', 'StatefulSet', 'kafka', 'queue', identity, { images: ['redpanda'], log: 'redpanda' }),
  component('topics', 'queue', 'Job', 'kafka-init', 'topics', once, { images: ['redpanda'], waitsFor: ['kafka'] }),
  component('db-init', 'app', 'Job', 'db-init', 'db-init', once, { images: ['postgres-client'] }),
  component('migrate', 'app', 'Job', 'migrate', 'migrate', once, {
    images: ['web'],
    waitsFor: ['db-init'],
    log: 'django',
  }),
  component(
    'personhog',
    'app',
    'Deployment',
    'personhog',
    'app',
    { max: 4 },
    {
      images: ['personhog-replica', 'personhog-router'],
      waitsFor: ['migrate'],
      log: 'tracing',
    },
  ),
  component(
    'property-defs',
    'app',
    'Deployment',
    'property-defs',
    'app',
    { partitionsOf: 'clickhouse_events_json' },
    {
      images: ['property-defs-rs'],
      waitsFor: ['migrate'],
      groups: ['property-defs-rs'],
      log: 'tracing',
    },
  ),
  component(
    'plugins',
    'app',
    'Deployment',
    'plugins',
    'app',
    { partitionsOf: 'clickhouse_events_json' },
    {
      images: ['node', 'property-defs-rs'],
      waitsFor: ['migrate'],
      groups: ['cdp-*', 'clickhouse-plugin-server-async-onevent'],
      log: 'node',
    },
  ),
  component(
    'ingestion',
    'app',
    'Deployment',
    'ingestion',
    'app',
    { partitionsOf: 'events_plugin_ingestion' },
    {
      images: ['node', 'property-defs-rs'],
      waitsFor: ['migrate'],
      groups: [
        'clickhouse-ingestion',
        'clickhouse-ingestion-historical',
        'clickhouse-ingestion-overflow',
        'client_iwarnings_ingestion',
        'heatmaps_ingestion',
      ],
      log: 'node',
    },
  ),
  component(
    'replay-ingestion',
    'app',
    'Deployment',
    'replay-ingestion',
    'app',
    { partitionsOf: 'session_recording_snapshot_item_events' },
    {
      images: ['node'],
      waitsFor: ['migrate'],
      groups: ['session-recordings-blob-v2', 'session-recordings-blob-v2-overflow'],
      // SESSION_RECORDING_MAX_BATCH_AGE_MS, unless a batch is full before.
      commitsEveryS: 10,
      log: 'node',
    },
  ),
  component(
    'recording-api',
    'app',
    'Deployment',
    'recording-api',
    'app',
    { max: 4 },
    { images: ['node'], waitsFor: ['migrate'], log: 'node' },
  ),
  component(
    'capture',
    'app',
    'Deployment',
    'capture',
    'app',
    { max: 4 },
    { images: ['capture'], waitsFor: ['migrate'], log: 'rust-flat' },
  ),
  component(
    'replay-capture',
    'app',
    'Deployment',
    'replay-capture',
    'app',
    { max: 4 },
    {
      images: ['capture'],
      waitsFor: ['migrate'],
      log: 'rust-flat',
    },
  ),
  component(
    'feature-flags',
    'app',
    'Deployment',
    'feature-flags',
    'app',
    { max: 4 },
    {
      images: ['feature-flags', 'hypercache-server'],
      waitsFor: ['migrate'],
      log: 'rust-nested',
    },
  ),
  component(
    'web',
    'app',
    'Deployment',
    '',
    'app',
    { max: 6 },
    { images: ['web'], waitsFor: ['migrate', 'personhog'], log: 'django' },
  ),
  component(
    'worker',
    'app',
    'Deployment',
    'worker',
    'app',
    { max: 8 },
    {
      images: ['web'],
      waitsFor: ['migrate'],
      queues: [
        'celery',
        'stats',
        'email',
        'analytics_queries',
        'analytics_limited',
        'long_running',
        'exports',
        'subscription_delivery',
        'usage_reports',
        'integrations',
        'feature_flags',
        'feature_flags_long_running',
      ],
      log: 'django',
    },
  ),
  component('ingress', 'app', 'Ingress', '', 'ingress', platform, {
    waitsFor: ['web', 'capture', 'replay-capture', 'feature-flags', 'plugins'],
  }),
  component('app', 'app', 'App', '', 'card', platform, { waitsFor: ['ingress'] }),
];

/** Those whose pods are started anew by changing the template of their workload. */
export const restartable: readonly ComponentId[] = components.flatMap(({ id, kind }) =>
  kind === 'Deployment' || kind === 'StatefulSet' ? [id] : [],
);

const byId = new Map(components.map((each) => [each.id, each]));

/** The declaration of a component. */
export function componentOf(id: ComponentId): Component {
  const found = byId.get(id);
  if (!found) throw new RangeError(`no component ${id}`);
  return found;
}

/** Name of a component's main object. A Job's carries a hash of its template after it: find Jobs by `componentLabel`. */
export function objectName(id: ComponentId, app: string): string {
  const { suffix } = componentOf(id);
  return suffix === '' ? app : `${app}-${suffix}`;
}

/** Which component an object belongs to; on every object and pod template that this program makes. */
export const componentLabel = 'posthog-sealos/component';

export const componentsOf = (phase: Component['phase']): readonly Component[] =>
  components.filter((each) => each.phase === phase);

const longestSuffixes = [
  // A StatefulSet's pods carry the label controller-revision-hash: "<name>-<10 characters>".
  ...components.filter(({ kind }) => kind === 'StatefulSet').map(({ suffix }) => `-${suffix}-0123456789`),
  // KubeBlocks names a sentinel StatefulSet "<cluster>-redis-sentinel", with the same label on its pods and a headless Service.
  '-redis-redis-sentinel-0123456789',
  '-redis-redis-sentinel-headless',
  // A Job's pods carry its name as a label: "<name>-<8 characters>".
  ...components.filter(({ kind }) => kind === 'Job').map(({ suffix }) => `-${suffix}-01234567`),
  ...components.filter(({ kind }) => kind === 'Deployment').map(({ suffix }) => `-${suffix}`),
];

/** Longest name an instance may have so that every object name and label value derived from it stays within 63 characters. */
export const maxNameLength = 63 - Math.max(...longestSuffixes.map((suffix) => suffix.length));
