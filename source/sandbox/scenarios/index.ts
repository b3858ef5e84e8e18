/** What a sandbox can begin with, each with what a good console should find. */
import type { Say } from '../../messages/index.ts';
import { defaultAnswers } from '../../stack/answers.ts';
import { objectName } from '../../stack/components.ts';
import type { KubeObject } from '../../stack/types.ts';
import { served } from '../server/served.ts';
import type { Setting, Site } from './scenario.ts';
import { installTemplate } from './template.ts';

export { type Rehearsal, rehearsal, stageAfterInstall, stageOf, stageRef } from './rehearsal.ts';

const [minute, app] = [60_000, defaultAnswers.name];
const kinds = {
  quotas: served('', 'resourcequotas'),
  namespaces: served('', 'namespaces'),
  classes: served('storage.k8s.io', 'storageclasses'),
  deployments: served('apps', 'deployments'),
  secrets: served('', 'secrets'),
  pods: served('', 'pods'),
} as const;

const change = ({ objects, user, namespace }: Site, kind: keyof typeof kinds, name: string, to: object): void => {
  const place = kinds[kind].namespaced ? namespace : undefined;
  objects.patch(kinds[kind], place, name, 'merge', to, { user });
};
const quota = (site: Site, hard: Readonly<Record<string, string>>, labels = {}) =>
  change(site, 'quotas', `quota-${site.namespace}`, { metadata: { labels }, spec: { hard } });

/** As an upgrade of KubeBlocks does it: the server and its Secret change, the pods do not (sealos-platform 4.4). */
function changeRedisPassword({ objects, user, namespace }: Site): void {
  const [secret, pod] = [`${objectName('redis', app)}-conn-credential`, `${objectName('redis', app)}-redis-0`];
  const { data } = objects.get(kinds.secrets, namespace, secret) as KubeObject & { data: { password: string } };
  const password = Buffer.from(`${Buffer.from(data.password, 'base64')}2`).toString('base64');
  objects.patch(kinds.secrets, namespace, secret, 'merge', { data: { password } }, { user });
  const users = objects.store
    .list(kinds.pods, namespace)
    .filter(({ metadata }) => metadata.labels?.['app'] === objectName('plugins', app));
  for (const name of [pod, ...users.map(({ metadata }) => metadata.name)])
    objects.remove(kinds.pods, namespace, name, { user });
}

const lightUse = async ({ traffic }: Site): Promise<void> => {
  traffic.setRate(4);
  await traffic.pastDays(3);
};

const settings = {
  fresh: {},
  running: { installed: 'small', begin: lightUse },
  busy: {
    prepare: (site) =>
      quota(site, {
        'limits.cpu': '200',
        'limits.memory': '1Ti',
        'limits.ephemeral-storage': '200Gi',
        'requests.storage': '1200Gi',
        'objectstorage/size': '1Ti',
        pods: '100',
      }),
    installed: 'large',
    async begin({ traffic }) {
      traffic.setRate(1_200);
      await traffic.pastDays(1);
    },
  },
  backlog: {
    installed: 'small',
    async begin({ traffic }) {
      // More than one ingestion pod takes, less than two do, at whatever hour somebody tries it.
      traffic.setRate(900, true);
      // As much as is gone in half a minute once there are two of them.
      await traffic.arrive(12_000);
    },
  },
  'quota-tight': {
    prepare: (site) =>
      quota(
        site,
        { 'limits.cpu': '8', 'limits.memory': '20Gi' },
        { 'last-quota-update': String(Math.floor(site.now() / 1000)), 'auto-adapt-quota-num': '1' },
      ),
  },
  'image-pull': { unreachable: /^ghcr\.io\// },
  'volume-pending': {
    prepare: (site) =>
      change(site, 'classes', 'openebs-hostpath', {
        metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'false' } },
      }),
  },
  'redis-wrong-password': {
    installed: 'small',
    // Such a one cannot stand in an address: pods get an address that was made of it, which a change leaves behind.
    redisPasswordEnd: '/+#',
    async begin(site) {
      await lightUse(site);
      changeRedisPassword(site);
    },
  },
  'pg-not-ready': { troubles: { postgresNotReady: true } },
  'init-job-failed': { troubles: { databaseRefused: true } },
  'ingress-slow': { troubles: { ingressDelayMs: 4 * minute } },
  'certificate-pending': { troubles: { certificatePending: true } },
  'clickhouse-disk': { installed: 'small', begin: lightUse, troubles: { clickhouseDiskFull: true } },
  'bucket-full': {
    installed: 'small',
    // So many recordings that they fill what the platform gives.
    async begin({ traffic }) {
      traffic.setRate(40);
      await traffic.pastDays(9);
    },
  },
  'oom-web': { installed: 'small', begin: lightUse, troubles: { webOutOfMemory: true } },
  debt: {
    installed: 'small',
    begin: (site) =>
      change(site, 'namespaces', site.namespace, { metadata: { annotations: { 'debt.sealos/status': 'Suspend' } } }),
    balance: -3.2,
  },
  'template-install': { prepare: installTemplate },
  'old-kubeblocks': { kubeblocks: '0.8.2' },
  'two-managers': {
    installed: 'small',
    // One of those who would write the field again: `kubectl edit`.
    begin({ objects, user, namespace }) {
      const limits = '/spec/template/spec/containers/0/resources/limits';
      const changes = Object.entries({ cpu: '2500m', memory: '5Gi' }).map(([resource, value]) => ({
        op: 'replace',
        path: `${limits}/${resource}`,
        value,
      }));
      objects.patch(kinds.deployments, namespace, app, 'json', changes, { user, fieldManager: 'kubectl-edit' });
    },
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type ScenarioName = keyof typeof settings;

export interface Scenario extends Setting {
  readonly name: string;
  readonly summary: Say;
  /** What a good console should find. */
  readonly finds: Say;
}

export const scenarios: readonly Scenario[] = (Object.entries(settings) as [ScenarioName, Setting][]).map(
  ([name, setting]) => ({
    ...setting,
    name,
    summary: (t) => t.sandbox.scenarios[name].summary,
    finds: (t) => t.sandbox.scenarios[name].finds,
  }),
);

/** @param name of a state that another program may have made: what is not known is an empty workspace */
export const scenarioOf = (name: string): Scenario =>
  scenarios.find((each) => each.name === name) ?? (scenarios[0] as Scenario);
