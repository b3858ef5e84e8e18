/**
 * Everything that can be known before anything is created. Checks run at once and tell as they finish; a `fail`
 * ends the install with nothing changed.
 */
import { toUserError } from '../cluster/index.ts';
import type { Discovery } from '../cluster/types.ts';
import type { Say } from '../messages/index.ts';
import { readSecret } from '../observe/sources/secret.ts';
import { objectName } from '../stack/components.ts';
import { fieldManager } from '../stack/conventions.ts';
import { workspaceOf } from '../stack/model.ts';
import { ownSecrets } from '../stack/render.ts';
import { irreplaceableKeys } from '../stack/secrets.ts';
import { Channel } from './channel.ts';
import type { Outside } from './contract.ts';
import type { PreflightEvent } from './events.ts';
import { type Check, type Finding, fail, type PreflightSubject, pass, warn } from './finding.ts';
import { hostOf } from './platform.ts';
import { checkRights } from './rights.ts';
import { checkDebt, checkLimitRange, checkQuota } from './space.ts';

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
function kubeBlocksGeneration(discovery: Discovery): string {
  if (discovery.has('apps.kubeblocks.io/v1', 'clusters')) return '1.0';
  return discovery.has('apps.kubeblocks.io/v1alpha1', 'componentversions') ? '0.9' : '0.8';
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
  const made = instance?.metadata.managedFields?.some(({ manager }) => manager === fieldManager);
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
  const secret = ownSecrets(answers.name).env;
  const [data, keys] = await Promise.all([cluster.get(database, { signal }), readSecret(cluster, secret, signal)]);
  const hint: Say = (t) => t.install.preflight.secretLostHint(answers.name);
  if (data && !keys) return fail((t) => t.install.preflight.secretLost(secret, database.name), hint);
  const lost = irreplaceableKeys.filter((key) => !keys?.[key]);
  if (data && lost.length > 0)
    return fail((t) => t.install.preflight.keysLost(secret, lost.join(', '), database.name), hint);
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
  const addresses = await outside.lookup(host, signal);
  if (addresses.length > 0) return pass((t) => t.install.preflight.host(host, addresses.join(', ')));
  const target = domain && `${answers.name}-${workspaceOf(outside.cluster.namespace)}.${domain}`;
  return hostGiven
    ? warn(
        (t) => t.install.preflight.hostUnresolved(host),
        (t) => t.install.preflight.hostUnresolvedHint(target),
      )
    : fail(
        (t) => t.install.preflight.hostUnresolved(host),
        (t) => t.install.preflight.ownHostUnresolvedHint(host),
      );
}
