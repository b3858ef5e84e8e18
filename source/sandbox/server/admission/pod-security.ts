/** PodSecurity: refuses what the namespace enforces, and warns of what it warns of (pod-security-admission/policy). */
import type { KubeObject } from '../../../stack/types.ts';
import type { AdmissionReview, Store } from '../../types.ts';
import { served } from '../served.ts';
import { type ContainerSpec, forbid, type SecurityContext, type Spec, specOf } from './reading.ts';

/** What is wrong, as `reason (detail)`; undefined when nothing is. */
type Check = (spec: Spec, containers: readonly ContainerSpec[]) => string | undefined;

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
const named = (containers: readonly ContainerSpec[]): string =>
  `${containers.length === 1 ? 'container' : 'containers'} ${quoted(containers.map(({ name }) => name))}`;

/** A check of each container by itself. */
const each =
  (isBad: (context: SecurityContext) => boolean, text: (bad: readonly ContainerSpec[]) => string): Check =>
  (_, containers) => {
    const bad = containers.filter(({ securityContext = {} }) => isBad(securityContext));
    return bad.length > 0 ? text(bad) : undefined;
  };

/** A check that the pod may settle for all its containers. */
const eachOrPod =
  (
    isGood: (context: SecurityContext) => boolean,
    isSet: (context: SecurityContext) => boolean,
    text: (who: string) => string,
  ): Check =>
  ({ securityContext = {} }, containers) => {
    const bad = containers.filter(({ securityContext: own = {} }) =>
      isSet(own) ? !isGood(own) : !isGood(securityContext),
    );
    if (bad.length === 0) return undefined;
    return text(isSet(securityContext) ? named(bad) : `pod or ${named(bad)}`);
  };

const hostNamespaces: Check = (spec) => {
  const set = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name]);
  return set.length > 0 ? `host namespaces (${set.map((name) => `${name}=true`).join(', ')})` : undefined;
};

const hostPaths: Check = ({ volumes = [] }) => {
  const names = volumes.filter(({ hostPath }) => hostPath).map(({ name }) => name);
  return names.length > 0
    ? `hostPath volumes (${names.length === 1 ? 'volume' : 'volumes'} ${quoted(names)})`
    : undefined;
};

const hostPorts: Check = (_, containers) => {
  const bad = containers.filter(({ ports = [] }) => ports.some(({ hostPort }) => hostPort));
  const ports = [...new Set(bad.flatMap(({ ports = [] }) => ports.flatMap(({ hostPort }) => hostPort || [])))];
  if (bad.length === 0) return undefined;
  const word = ports.length === 1 ? 'hostPort' : 'hostPorts';
  return `hostPort (${named(bad)} ${bad.length === 1 ? 'uses' : 'use'} ${word} ${ports.toSorted().join(', ')})`;
};

const usual: readonly string[] = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];
const odd = ({ capabilities }: SecurityContext): readonly string[] =>
  (capabilities?.add ?? []).filter((name) => !usual.includes(name));
const capabilities = each(
  (context) => odd(context).length > 0,
  (bad) => {
    const names = [...new Set(bad.flatMap(({ securityContext = {} }) => odd(securityContext)))].toSorted();
    return `non-default capabilities (${named(bad)} must not include ${quoted(names)} in securityContext.capabilities.add)`;
  },
);

const privileged = each(
  (context) => context.privileged === true,
  (bad) => `privileged (${named(bad)} must not set securityContext.privileged=true)`,
);

const baseline: readonly Check[] = [capabilities, hostNamespaces, hostPaths, hostPorts, privileged];

const restricted: readonly Check[] = [
  hostNamespaces,
  hostPaths,
  hostPorts,
  privileged,
  each(
    (context) => context.allowPrivilegeEscalation !== false,
    (bad) =>
      `allowPrivilegeEscalation != false (${named(bad)} must set securityContext.allowPrivilegeEscalation=false)`,
  ),
  each(
    (context) => !context.capabilities?.drop?.includes('ALL'),
    (bad) => `unrestricted capabilities (${named(bad)} must set securityContext.capabilities.drop=["ALL"])`,
  ),
  eachOrPod(
    (context) => context.runAsNonRoot === true,
    (context) => context.runAsNonRoot !== undefined,
    (who) => `runAsNonRoot != true (${who} must set securityContext.runAsNonRoot=true)`,
  ),
  eachOrPod(
    ({ seccompProfile }) => ['RuntimeDefault', 'Localhost'].includes(seccompProfile?.type ?? ''),
    ({ seccompProfile }) => seccompProfile !== undefined,
    (who) => `seccompProfile (${who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`,
  ),
];

const levels: Readonly<Record<string, readonly Check[]>> = { baseline, restricted };
const controllers: readonly string[] = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

/** The pod's own specification, or that of the pods a controller will make. */
function podSpecOf(kind: string, object: KubeObject): Spec | undefined {
  const spec = specOf(object);
  if (kind === 'Pod') return spec;
  return controllers.includes(kind) ? (spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec) : undefined;
}

/** @throws StatusError 403 */
export function podSecurity(store: Store, review: AdmissionReview): void {
  const { kind, namespace, operation, subresource } = review;
  const spec = podSpecOf(kind.kind, review.object);
  if (!spec || !namespace || subresource || (kind.kind === 'Pod' && operation === 'UPDATE')) return;
  const labels = store.get(served('', 'namespaces'), undefined, namespace)?.metadata.labels ?? {};
  const violations = (mode: string): string | undefined => {
    const label = `pod-security.kubernetes.io/${mode}`;
    const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
    const found = (levels[labels[label] ?? ''] ?? []).flatMap((check) => check(spec, containers) ?? []);
    const version = labels[`${label}-version`] ?? 'latest';
    return found.length > 0 ? `violate PodSecurity "${labels[label]}:${version}": ${found.join(', ')}` : undefined;
  };
  const enforced = kind.kind === 'Pod' ? violations('enforce') : undefined;
  if (enforced) throw forbid(review, enforced.replace('violate', 'violates'));
  const warned = violations('warn');
  if (warned) review.warn(`would ${warned}`);
}
