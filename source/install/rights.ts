/** Whether the token may do what an install does, asked right by right. */
import type { AccessQuestion } from '../cluster/types.ts';
import type { Messages } from '../messages/index.ts';
import type { Outside } from './contract.ts';
import { type Finding, fail, type PreflightSubject, pass, warn } from './finding.ts';

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
function rightsNeeded(ownStorage: boolean): readonly (readonly AccessQuestion[])[] {
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

export async function checkRights(
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
  const readOnly = missing.every(({ verb, subresource }) => isWrite(verb) || opensSocket(subresource));
  const words = summarize(missing);
  const found = (t: Messages) =>
    readOnly ? t.install.preflight.rightsReadOnly(words) : t.install.preflight.rightsMissing(words);
  return dryRun && readOnly
    ? warn(found, (t) => t.install.preflight.rightsHint)
    : fail(found, (t) => t.install.preflight.rightsHint);
}

const isWrite = (verb: string) => !['get', 'list', 'watch'].includes(verb);
/** Asked for by `get`, too, although nobody only reads through them. */
const opensSocket = (subresource: string | undefined) => subresource === 'exec' || subresource === 'portforward';

/** `create, patch deployments.apps; create secrets`, so that twenty missing rights stay one line. */
function summarize(missing: readonly AccessQuestion[]): string {
  const byResource = new Map<string, string[]>();
  for (const { verb, group, resource, subresource } of missing) {
    const name = `${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`;
    byResource.set(name, [...(byResource.get(name) ?? []), verb]);
  }
  return [...byResource].map(([resource, verbs]) => `${verbs.join(', ')} ${resource}`).join('; ');
}
