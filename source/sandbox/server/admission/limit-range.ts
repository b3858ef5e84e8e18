/** LimitRanger: gives containers the namespace's defaults, and refuses what is outside its bounds. */
import { parseQuantity } from '../../../stack/quantity.ts';
import type { KubeObject } from '../../../stack/types.ts';
import type { AdmissionReview, Store } from '../../types.ts';
import { type ContainerSpec, fieldsOf, forbid, inNamespace, type Quantities, type Spec, specOf } from './reading.ts';

interface Limit {
  readonly type: string;
  readonly default?: Quantities;
  readonly defaultRequest?: Quantities;
  readonly min?: Quantities;
  readonly max?: Quantities;
}

/** The object with defaults. @throws StatusError 403 */
export function limitRanges(store: Store, review: AdmissionReview): KubeObject {
  const isPod = review.kind.group === '' && review.kind.kind === 'Pod' && review.operation === 'CREATE';
  const isClaim = review.kind.group === '' && review.kind.kind === 'PersistentVolumeClaim';
  if (review.subresource || !(isPod || isClaim)) return review.object;
  const ranges = inNamespace(store, 'limitranges', review.namespace);
  const limits = ranges.flatMap((range) => fieldsOf<{ readonly limits: readonly Limit[] }>(range).limits ?? []);
  if (isPod) {
    const pod = limits.filter(({ type }) => type === 'Container').reduce(withDefaults, review.object);
    refuse(
      review,
      limits.flatMap((limit) => podFaults(limit, specOf(pod))),
    );
    return pod;
  }
  const { resources = {} } = fieldsOf<ContainerSpec>(review.object);
  const own = limits.filter(({ type }) => type === 'PersistentVolumeClaim');
  refuse(
    review,
    own.flatMap((limit) => faults(limit, resources.requests, resources.requests)),
  );
  return review.object;
}

function refuse(review: AdmissionReview, all: readonly string[]): void {
  if (all.length > 0) throw forbid(review, all.length > 1 ? `[${all.join(', ')}]` : (all[0] ?? ''));
}

const annotation = 'kubernetes.io/limit-ranger';

function withDefaults(pod: KubeObject, { default: limits = {}, defaultRequest = limits }: Limit): KubeObject {
  const said: string[] = [];
  const complete =
    (word: string) =>
    (container: ContainerSpec): ContainerSpec => {
      const { resources = {} } = container;
      const missing = (given: Quantities = {}, wanted: Quantities) =>
        Object.keys(wanted)
          .filter((key) => !(key in given))
          .toSorted();
      const [requested, limited] = [missing(resources.requests, defaultRequest), missing(resources.limits, limits)];
      if (requested.length > 0) said.push(`${requested.join(', ')} request for ${word} ${container.name}`);
      if (limited.length > 0) said.push(`${limited.join(', ')} limit for ${word} ${container.name}`);
      const all = {
        limits: { ...limits, ...resources.limits },
        requests: { ...defaultRequest, ...resources.requests },
      };
      return requested.length + limited.length > 0 ? { ...container, resources: { ...resources, ...all } } : container;
    };
  const spec = specOf(pod);
  const containers = spec.containers.map(complete('container'));
  const initContainers = spec.initContainers?.map(complete('init container'));
  if (said.length === 0) return pod;
  const annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${said.join('; ')}` };
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...spec, containers, ...(initContainers && { initContainers }) },
  };
}

function podFaults(limit: Limit, { containers, initContainers = [] }: Spec): readonly string[] {
  if (limit.type !== 'Container') return [];
  return [...containers, ...initContainers].flatMap(({ resources = {} }) =>
    faults(limit, resources.requests, resources.limits),
  );
}

/** In the words of plugin/pkg/admission/limitranger; claims have requests only. */
function faults({ type, min = {}, max = {} }: Limit, requests: Quantities = {}, limits: Quantities = {}) {
  const number = (list: Quantities, name: string) => parseQuantity(list[name] ?? 0);
  const isClaim = type === 'PersistentVolumeClaim';
  const lows = Object.keys(min).flatMap((name) => {
    const rule = `minimum ${name} usage per ${type} is ${min[name]}`;
    if (!(name in requests)) return [`${rule}.  No request is specified`];
    if (number(requests, name) < number(min, name)) return [`${rule}, but request is ${requests[name]}`];
    return !isClaim && name in limits && number(limits, name) < number(min, name)
      ? [`${rule}, but limit is ${limits[name]}`]
      : [];
  });
  const highs = Object.keys(max).flatMap((name) => {
    const rule = `maximum ${name} usage per ${type} is ${max[name]}`;
    if (!(name in limits)) return [`${rule}.  No limit is specified`];
    const word = isClaim ? 'request' : 'limit';
    return number(limits, name) > number(max, name) ? [`${rule}, but ${word} is ${limits[name]}`] : [];
  });
  return [...lows, ...highs];
}
