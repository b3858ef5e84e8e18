/** ResourceQuota: what objects count for, what is used, and the refusal when it is more than is allowed. */
import { parseQuantity } from '../../../stack/quantity.ts';
import type { KubeObject } from '../../../stack/types.ts';
import { kinds } from '../../schema/index.ts';
import type { AdmissionReview, Kind, Store } from '../../types.ts';
import { quantityText } from './quantities.ts';
import { type ContainerSpec, fieldsOf, forbid, inNamespace, type Quantities, type Spec, specOf } from './reading.ts';

export type Amounts = Readonly<Record<string, number>>;

/** Compute resources that a quota counts, by the side of the container they are on. */
const sides = ['requests', 'limits'] as const;
const computed = ['cpu', 'memory', 'ephemeral-storage'] as const;

const amountOf = (list: Quantities | undefined, resource: string): number => parseQuantity(list?.[resource] ?? 0);

/** Containers together, or the init container that needs more: whichever is larger. */
function podAmount(
  { containers, initContainers = [], overhead }: Spec,
  side: (typeof sides)[number],
  resource: string,
): number {
  const of = (container: ContainerSpec) => amountOf(container.resources?.[side], resource);
  const isSidecar = ({ restartPolicy }: ContainerSpec) => restartPolicy === 'Always';
  const lasting = [...containers, ...initContainers.filter(isSidecar)].reduce((sum, each) => sum + of(each), 0);
  const first = Math.max(0, ...initContainers.filter((each) => !isSidecar(each)).map(of));
  return Math.max(lasting, first) + amountOf(overhead, resource);
}

const isOver = (pod: KubeObject): boolean =>
  ['Succeeded', 'Failed'].includes((pod['status'] as { phase?: string } | undefined)?.phase ?? '');

function podAmounts(pod: KubeObject): Amounts {
  const counted = { 'count/pods': 1 };
  if (isOver(pod)) return counted;
  const spec = specOf(pod);
  const amounts = sides.flatMap((side) =>
    computed.map((resource) => [`${side}.${resource}`, podAmount(spec, side, resource)] as const),
  );
  const requests = computed.map((resource) => [resource, podAmount(spec, 'requests', resource)] as const);
  return { ...counted, pods: 1, ...Object.fromEntries([...amounts, ...requests]) };
}

function claimAmounts(claim: KubeObject): Amounts {
  const { resources, storageClassName } = fieldsOf<ContainerSpec & { readonly storageClassName: string }>(claim);
  const storage = amountOf(resources?.requests, 'storage');
  const own = { persistentvolumeclaims: 1, 'requests.storage': storage, 'count/persistentvolumeclaims': 1 };
  if (!storageClassName) return own;
  const prefix = `${storageClassName}.storageclass.storage.k8s.io`;
  return { ...own, [`${prefix}/persistentvolumeclaims`]: 1, [`${prefix}/requests.storage`]: storage };
}

function serviceAmounts(service: KubeObject): Amounts {
  const { type, ports = [] } = fieldsOf<{ readonly type: string; readonly ports: readonly object[] }>(service);
  const nodePorts = type === 'NodePort' || type === 'LoadBalancer' ? ports.length : 0;
  const balancers = type === 'LoadBalancer' ? 1 : 0;
  return { services: 1, 'count/services': 1, 'services.nodeports': nodePorts, 'services.loadbalancers': balancers };
}

const ofKinds: Readonly<Record<string, (object: KubeObject) => Amounts>> = {
  pods: podAmounts,
  persistentvolumeclaims: claimAmounts,
  services: serviceAmounts,
};
const countedByName: readonly string[] = ['configmaps', 'secrets', 'resourcequotas', 'replicationcontrollers'];

function amountsOf(kind: Kind, object: KubeObject): Amounts {
  const known = kind.group === '' ? ofKinds[kind.plural] : undefined;
  if (known) return known(object);
  const counted = { [`count/${kind.plural}${kind.group && `.${kind.group}`}`]: 1 };
  return kind.group === '' && countedByName.includes(kind.plural) ? { ...counted, [kind.plural]: 1 } : counted;
}

/** Only the kinds that a line of the quota can count are looked at. */
function countsFor(kind: Kind, lines: readonly string[]): boolean {
  const known = kind.group === '' && (kind.plural in ofKinds || countedByName.includes(kind.plural));
  return known || lines.includes(`count/${kind.plural}${kind.group && `.${kind.group}`}`);
}

/** What is used of each line of a quota now. Lines that Kubernetes does not count itself are left out. */
export function usedOf(store: Store, namespace: string, hard: Quantities): Amounts {
  const lines = Object.keys(hard);
  const counted = kinds.filter((kind) => kind.namespaced && kind.verbs.includes('create') && countsFor(kind, lines));
  const used: Record<string, number> = {};
  for (const line of lines) if (isCounted(line)) used[line] = 0;
  for (const kind of counted)
    for (const object of store.list(kind, namespace))
      for (const [line, amount] of Object.entries(amountsOf(kind, object)))
        if (line in used) used[line] = (used[line] ?? 0) + amount;
  return used;
}

const isCounted = (line: string): boolean => !line.startsWith('objectstorage/');

/** `cpu=1,memory=2Gi`, in the order of the names. */
const listText = (entries: readonly (readonly [string, string])[]): string =>
  entries
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(',');

/** @throws StatusError 403 */
export function quota(store: Store, review: AdmissionReview): void {
  if (review.subresource || !review.namespace) return;
  const after = amountsOf(review.kind, review.object);
  const before = review.before ? amountsOf(review.kind, review.before) : {};
  for (const each of inNamespace(store, 'resourcequotas', review.namespace)) {
    const { hard = {} } = fieldsOf<{ readonly hard: Quantities }>(each);
    if (review.operation === 'CREATE') assertSpecified(review, each.metadata.name, hard);
    const more = Object.keys(hard).filter((line) => (after[line] ?? 0) > (before[line] ?? 0));
    if (more.length === 0) continue;
    const used = usedOf(store, review.namespace, hard);
    const delta = (line: string) => (after[line] ?? 0) - (before[line] ?? 0);
    const exceeded = more.filter((line) => (used[line] ?? 0) + delta(line) > parseQuantity(hard[line] ?? 0));
    if (exceeded.length === 0) continue;
    const text = (value: (line: string) => string) => listText(exceeded.map((line) => [line, value(line)]));
    const [requested, taken] = [delta, (line: string) => used[line] ?? 0].map((value) =>
      text((line) => quantityText(line, value(line))),
    );
    const limited = text((line) => String(hard[line]));
    throw forbid(
      review,
      `exceeded quota: ${each.metadata.name}, requested: ${requested}, used: ${taken}, limited: ${limited}`,
    );
  }
}

/** A pod must say what it needs of everything that is limited. */
function assertSpecified(review: AdmissionReview, name: string, hard: Quantities): void {
  if (review.kind.group !== '' || review.kind.kind !== 'Pod') return;
  const { containers, initContainers = [] } = specOf(review.object);
  const missing = Object.keys(hard)
    .toSorted()
    .flatMap((line) => {
      const [side, resource] = sideOf(line);
      if (!resource) return [];
      const without = [...containers, ...initContainers].filter(
        (each) => each.resources?.[side]?.[resource] === undefined,
      );
      const names = without.map((each) => each.name).toSorted();
      return names.length > 0 ? [`${line} for: ${names.join(',')}`] : [];
    });
  if (missing.length > 0) throw forbid(review, `failed quota: ${name}: must specify ${missing.join('; ')}`);
}

function sideOf(line: string): readonly [(typeof sides)[number], string | undefined] {
  const [, side = 'requests', resource] = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(line) ?? [];
  return [side as (typeof sides)[number], resource];
}
