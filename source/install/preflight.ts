/**
 * Everything that can be known before anything is created. Checks run at once and tell as they finish; a `fail`
 * ends the install with nothing changed.
 */
import { toUserError } from '../cluster/index.ts';
import type { AccessQuestion, Discovery } from '../cluster/types.ts';
import type { Say } from '../messages/index.ts';
import type { Answers } from '../stack/answers.ts';
import { objectName } from '../stack/components.ts';
import { instanceMarker } from '../stack/conventions.ts';
import { type Demand, noDemand, peakDemand } from '../stack/demand.ts';
import type { JsonObject } from '../stack/manifests.ts';
import { parseQuantity } from '../stack/quantity.ts';
import { ownSecrets } from '../stack/render.ts';
import type { KubeObject, RenderedObject } from '../stack/types.ts';
import { Channel } from './channel.ts';
import type { Outside } from './contract.ts';
import type { PreflightEvent, Verdict } from './events.ts';
import type { Ledger } from './ledger.ts';
import { type FoundPlatform, hostOf } from './platform.ts';
import { enlarges, inDebt, limitRangeProblems, roomOf, shortagesOf } from './quota.ts';

export interface PreflightSubject {
  readonly answers: Answers;
  readonly host: string | undefined;
  /** Whether the user named the host; then what cannot be resolved only warns. */
  readonly hostGiven: boolean;
  readonly platform: FoundPlatform;
  readonly objects: readonly RenderedObject[];
  readonly ledger: Ledger | undefined;
  readonly dryRun: boolean;
}

interface Finding {
  readonly verdict: Verdict;
  readonly message: Say;
  readonly hint?: Say;
}
type Check = (outside: Outside, subject: PreflightSubject, signal: AbortSignal) => Promise<Finding>;

const pass = (message: Say): Finding => ({ verdict: 'pass', message });
const warn = (message: Say, hint?: Say): Finding => ({ verdict: 'warn', message, ...(hint ? { hint } : {}) });
const fail = (message: Say, hint?: Say): Finding => ({ verdict: 'fail', message, ...(hint ? { hint } : {}) });

/** In the order they are told when they finish together. */
export const checks: Readonly<Record<string, Check>> = {
  api: checkApi,
  apis: checkApis,
  rights: checkRights,
  debt: checkDebt,
  quota: checkQuota,
  'limit-range': checkLimitRange,
  name: checkName,
  data: checkData,
  storage: checkStorage,
  domain: checkDomain,
  host: checkHost,
};

/** Tells each verdict as it is known. An error of the API server inside a check is that check's failure. */
export async function* preflight(
  outside: Outside,
  subject: PreflightSubject,
  signal: AbortSignal,
): AsyncGenerator<PreflightEvent> {
  const channel = new Channel<PreflightEvent>();
  const running = Object.entries(checks).map(async ([check, run]) => {
    const finding = await run(outside, subject, signal).catch((error: unknown): Finding => {
      signal.throwIfAborted();
      const known = toUserError(error, outside.cluster);
      return fail(known.say, known.hint);
    });
    channel.push({ type: 'preflight', check, ...finding });
  });
  Promise.all(running).then(
    () => channel.close(),
    (error: unknown) => channel.close({ error }),
  );
  yield* channel;
}

async function checkApi({ cluster }: Outside, _: PreflightSubject, signal: AbortSignal): Promise<Finding> {
  const { gitVersion, major, minor } = await cluster.version(signal);
  const old = major === 1 && minor < 28;
  return old
    ? warn((t) => t.install.preflight.apiOld(gitVersion))
    : pass((t) => t.install.preflight.api(gitVersion, cluster.namespace));
}

const sealosApis: readonly (readonly [string, string])[] = [
  ['app.sealos.io/v1', 'instances'],
  ['app.sealos.io/v1', 'apps'],
  ['apps.kubeblocks.io/v1alpha1', 'clusters'],
];
const kubernetesApis: readonly (readonly [string, string])[] = [
  ['apps/v1', 'deployments'],
  ['apps/v1', 'statefulsets'],
  ['batch/v1', 'jobs'],
  ['networking.k8s.io/v1', 'ingresses'],
  ['coordination.k8s.io/v1', 'leases'],
  ['discovery.k8s.io/v1', 'endpointslices'],
];

async function checkApis({ cluster }: Outside, _: PreflightSubject, signal: AbortSignal): Promise<Finding> {
  const discovery = await cluster.discovery(signal);
  const missing = ([api, resource]: readonly [string, string]) => !discovery.has(api, resource);
  const name = ([api, resource]: readonly [string, string]) => `${resource}.${api}`;
  const notSealos = sealosApis.filter(missing).map(name);
  const notKubernetes = kubernetesApis.filter(missing).map(name);
  if (notSealos.length + notKubernetes.length > 0) {
    return fail(
      (t) => t.install.preflight.apisMissing([...notSealos, ...notKubernetes].join(', ')),
      (t) => t.install.preflight.apisMissingHint,
    );
  }
  const generation = kubeBlocksGeneration(discovery);
  return pass((t) => t.install.preflight.apis(generation));
}

/** KubeBlocks' generation by what it serves (sealos-platform 4.3). */
export function kubeBlocksGeneration(discovery: Discovery): string {
  if (discovery.has('apps.kubeblocks.io/v1', 'clusters')) return '1.0';
  return discovery.has('apps.kubeblocks.io/v1alpha1', 'componentversions') ? '0.9' : '0.8';
}

const workloads = [
  ['', 'configmaps'],
  ['', 'secrets'],
  ['', 'services'],
  ['', 'serviceaccounts'],
  ['apps', 'deployments'],
  ['apps', 'statefulsets'],
  ['batch', 'jobs'],
  ['networking.k8s.io', 'ingresses'],
  ['rbac.authorization.k8s.io', 'roles'],
  ['rbac.authorization.k8s.io', 'rolebindings'],
  ['app.sealos.io', 'instances'],
  ['app.sealos.io', 'apps'],
  ['apps.kubeblocks.io', 'clusters'],
  ['objectstorage.sealos.io', 'objectstoragebuckets'],
] as const;

const watched = [
  ['', 'pods'],
  ['', 'events'],
  ['', 'persistentvolumeclaims'],
  ['', 'resourcequotas'],
  ['apps', 'replicasets'],
  ['discovery.k8s.io', 'endpointslices'],
] as const;

/** Every right an install uses. Alternatives inside one entry: one of them is enough. */
export function rightsNeeded(ownStorage: boolean): readonly (readonly AccessQuestion[])[] {
  const made = workloads.filter(([, resource]) => !(ownStorage && resource === 'objectstoragebuckets'));
  return [
    ...made.flatMap(([group, resource]) =>
      ['create', 'patch', 'get', 'list', 'watch'].map((verb) => [{ verb, group, resource }]),
    ),
    ...watched.flatMap(([group, resource]) => ['list', 'watch'].map((verb) => [{ verb, group, resource }])),
    ...['create', 'get', 'update', 'delete'].map((verb) => [
      { verb, group: 'coordination.k8s.io', resource: 'leases' },
    ]),
    [{ verb: 'delete', group: 'batch', resource: 'jobs' }],
    [{ verb: 'get', group: '', resource: 'pods', subresource: 'log' }],
    // Over WebSocket, servers ask for `get`, `create` or both.
    ['get', 'create'].map((verb) => ({ verb, group: '', resource: 'pods', subresource: 'exec' })),
    ['get', 'create'].map((verb) => ({ verb, group: '', resource: 'pods', subresource: 'portforward' })),
  ];
}

async function checkRights(
  { cluster }: Outside,
  { answers, dryRun }: PreflightSubject,
  signal: AbortSignal,
): Promise<Finding> {
  const needed = rightsNeeded(answers.s3 !== undefined);
  const allowed = await Promise.all(
    needed.map(async (alternatives) =>
      (await Promise.all(alternatives.map((question) => cluster.canI(question, signal)))).some(Boolean),
    ),
  );
  const missing = needed.filter((_, index) => !allowed[index]).map((alternatives) => alternatives[0] as AccessQuestion);
  if (missing.length === 0) return pass((t) => t.install.preflight.rights(needed.length));
  const readOnly = missing.every(({ verb }) => !['get', 'list', 'watch'].includes(verb));
  const words = summarize(missing);
  const found = (t: Parameters<Say>[0]) =>
    readOnly ? t.install.preflight.rightsReadOnly(words) : t.install.preflight.rightsMissing(words);
  return dryRun && readOnly
    ? warn(found, (t) => t.install.preflight.rightsHint)
    : fail(found, (t) => t.install.preflight.rightsHint);
}

/** `create, patch deployments.apps; create secrets`, so that twenty missing rights stay one line. */
function summarize(missing: readonly AccessQuestion[]): string {
  const byResource = new Map<string, string[]>();
  for (const { verb, group, resource, subresource } of missing) {
    const name = `${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`;
    byResource.set(name, [...(byResource.get(name) ?? []), verb]);
  }
  return [...byResource].map(([resource, verbs]) => `${verbs.join(', ')} ${resource}`).join('; ');
}

const namespaceOf = ({ cluster }: Outside, signal: AbortSignal) =>
  cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: cluster.namespace }, { signal }).catch(() => {
    signal.throwIfAborted();
    return undefined;
  });
const quotasOf = async ({ cluster }: Outside, signal: AbortSignal) =>
  (await cluster.list({ apiVersion: 'v1', kind: 'ResourceQuota' }, { signal })).items;

async function checkDebt(outside: Outside, _: PreflightSubject, signal: AbortSignal): Promise<Finding> {
  const [namespace, quotas] = await Promise.all([namespaceOf(outside, signal), quotasOf(outside, signal)]);
  return inDebt(namespace, quotas)
    ? fail(
        (t) => t.install.preflight.debt,
        (t) => t.install.preflight.debtHint,
      )
    : pass((t) => t.install.preflight.noDebt);
}

async function checkQuota(outside: Outside, subject: PreflightSubject, signal: AbortSignal): Promise<Finding> {
  const [namespace, quotas, own] = await Promise.all([
    namespaceOf(outside, signal),
    quotasOf(outside, signal),
    ownUse(outside, subject, signal),
  ]);
  const peak = peakDemand(subject.objects, subject.ledger?.finished ? 'upgrade' : 'install');
  const buckets = subject.answers.s3 ? 0 : 1;
  const room = roomOf(quotas, own, subject.ledger ? buckets : 0);
  const shortages = shortagesOf(room, peak, buckets, enlarges(namespace, quotas));
  if (shortages.length === 0) return pass((t) => t.install.preflight.quota(t.install.demand(peak)));
  const told: Say = (t) => shortages.map((shortage) => t.install.preflight.shortage(shortage)).join(' ');
  return shortages.every(({ heals }) => heals)
    ? warn(told, (t) => t.install.preflight.quotaHeals)
    : fail(told, (t) => t.install.preflight.quotaHint(subject.answers.size));
}

/** What pods and volumes of this instance use already, so that a second run does not count them twice. */
async function ownUse({ cluster }: Outside, { answers }: PreflightSubject, signal: AbortSignal): Promise<Demand> {
  const databases = [objectName('postgres', answers.name), objectName('redis', answers.name)];
  const ours = ({ metadata: { labels = {} } }: KubeObject) =>
    labels[instanceMarker] === answers.name ||
    databases.includes(labels['app.kubernetes.io/instance'] ?? '') ||
    labels['cloud.sealos.io/deploy-on-sealos'] === answers.name;
  const [pods, claims] = await Promise.all(
    ['Pod', 'PersistentVolumeClaim'].map(async (kind) =>
      (await cluster.list({ apiVersion: 'v1', kind }, { signal })).items.filter(ours),
    ),
  );
  const running = (pods ?? []).filter(
    (pod) => !['Succeeded', 'Failed'].includes(String((pod['status'] as JsonObject | undefined)?.['phase'])),
  );
  const limit = (pod: KubeObject, key: string) =>
    (((pod['spec'] as JsonObject)['containers'] ?? []) as readonly JsonObject[])
      .map(
        (container) =>
          ((container['resources'] as JsonObject | undefined)?.['limits'] as JsonObject | undefined)?.[key],
      )
      .reduce<number>((sum, value) => sum + (value === undefined ? 0 : parseQuantity(String(value))), 0);
  const total = (key: string) => running.reduce((sum, pod) => sum + limit(pod, key), 0);
  const storage = (claims ?? []).reduce((sum, claim) => {
    const requests = ((claim['spec'] as JsonObject)['resources'] as JsonObject)['requests'] as JsonObject;
    return sum + parseQuantity(String(requests['storage']));
  }, 0);
  return {
    ...noDemand,
    pods: running.length,
    cpu: total('cpu'),
    memory: total('memory'),
    ephemeral: total('ephemeral-storage'),
    storage,
  };
}

async function checkLimitRange(
  { cluster }: Outside,
  { objects }: PreflightSubject,
  signal: AbortSignal,
): Promise<Finding> {
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'LimitRange' }, { signal });
  const problems = limitRangeProblems(
    items,
    objects.flatMap(({ object }) => containerLimits(object)),
  );
  const [first] = problems;
  return first
    ? fail(
        (t) => t.install.preflight.limitRange(first),
        (t) => t.install.preflight.limitRangeHint,
      )
    : pass((t) => t.install.preflight.limitRangeFine);
}

function containerLimits(object: KubeObject): { name: string; limits: Record<string, string> }[] {
  const pod = ((object['spec'] as JsonObject | undefined)?.['template'] as JsonObject | undefined)?.['spec'] as
    | JsonObject
    | undefined;
  const containers = [
    ...((pod?.['initContainers'] ?? []) as readonly JsonObject[]),
    ...((pod?.['containers'] ?? []) as readonly JsonObject[]),
  ];
  return containers.map((container) => ({
    name: `${object.metadata.name}/${String(container['name'])}`,
    limits: (container['resources'] as JsonObject)['limits'] as unknown as Record<string, string>,
  }));
}

async function checkName(
  { cluster }: Outside,
  { answers, ledger }: PreflightSubject,
  signal: AbortSignal,
): Promise<Finding> {
  const { name } = answers;
  if (ledger) return pass((t) => t.install.preflight.nameOurs(name));
  const instance = await cluster.get({ apiVersion: 'app.sealos.io/v1', kind: 'Instance', name }, { signal });
  const deployment = await cluster.get({ apiVersion: 'apps/v1', kind: 'Deployment', name }, { signal });
  const made = instance?.metadata.managedFields?.some(({ manager }) => manager === 'posthog-sealos');
  if ((instance && !made) || (deployment && !deployment.metadata.labels?.['posthog-sealos/component'])) {
    return fail(
      (t) => t.install.preflight.nameTaken(name),
      (t) => t.install.preflight.nameTakenHint(name),
    );
  }
  return pass((t) => t.install.preflight.nameFree(name));
}

/** Databases without the Secret that unlocks them must never get a new one: what they hold would become unreadable. */
async function checkData({ cluster }: Outside, { answers }: PreflightSubject, signal: AbortSignal): Promise<Finding> {
  const database = {
    apiVersion: 'apps.kubeblocks.io/v1alpha1',
    kind: 'Cluster',
    name: objectName('postgres', answers.name),
  };
  const secret = { apiVersion: 'v1', kind: 'Secret', name: ownSecrets(answers.name).env };
  const [data, keys] = await Promise.all([cluster.get(database, { signal }), cluster.get(secret, { signal })]);
  if (data && !keys)
    return fail(
      (t) => t.install.preflight.secretLost(secret.name, database.name),
      (t) => t.install.preflight.secretLostHint(answers.name),
    );
  return pass((t) => (data ? t.install.preflight.dataKept : t.install.preflight.dataNone));
}

async function checkStorage(
  { cluster }: Outside,
  { answers }: PreflightSubject,
  signal: AbortSignal,
): Promise<Finding> {
  if (answers.s3) return pass((t) => t.install.preflight.storageOwn(answers.s3?.endpoint ?? ''));
  const discovery = await cluster.discovery(signal);
  return discovery.has('objectstorage.sealos.io/v1', 'objectstoragebuckets')
    ? pass((t) => t.install.preflight.storage)
    : fail(
        (t) => t.install.preflight.storageMissing,
        (t) => t.install.preflight.storageMissingHint,
      );
}

async function checkDomain(_: Outside, { platform, host, hostGiven }: PreflightSubject): Promise<Finding> {
  const { domain } = platform;
  if (domain !== undefined) return pass((t) => t.install.preflight.domain(domain));
  return hostGiven && host?.includes('.')
    ? warn((t) => t.install.preflight.domainUnknown)
    : fail(
        (t) => t.install.preflight.domainUnknown,
        (t) => t.install.preflight.domainHint,
      );
}

async function checkHost(
  outside: Outside,
  { host, platform, answers, hostGiven }: PreflightSubject,
  signal: AbortSignal,
): Promise<Finding> {
  if (host === undefined)
    return fail(
      (t) => t.install.preflight.domainUnknown,
      (t) => t.install.preflight.domainHint,
    );
  const { items } = await outside.cluster.list({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' }, { signal });
  const other = items.find(
    (ingress) => hostOf(ingress) === host && ingress.metadata.name !== objectName('ingress', answers.name),
  );
  if (other)
    return fail(
      (t) => t.install.preflight.hostTaken(host, other.metadata.name),
      (t) => t.install.preflight.hostTakenHint,
    );
  const { domain } = platform;
  if (domain !== undefined && host.endsWith(`.${domain}`) && host.slice(0, -domain.length - 1).includes('.')) {
    // The platform's certificate covers one label in front of its domain (sealos-platform 7).
    return fail(
      (t) => t.install.preflight.hostTooDeep(host, domain),
      (t) => t.install.preflight.hostTooDeepHint(domain),
    );
  }
  const addresses = await outside.lookup(host);
  if (addresses.length > 0) return pass((t) => t.install.preflight.host(host));
  return hostGiven
    ? warn(
        (t) => t.install.preflight.hostUnresolved(host),
        (t) => t.install.preflight.hostUnresolvedHint,
      )
    : fail(
        (t) => t.install.preflight.hostUnresolved(host),
        (t) => t.install.preflight.hostUnresolvedHint,
      );
}
