/** Which container of a pod a request means, and what state it is in. */
import type { KubeObject } from '../../stack/types.ts';
import { StatusError } from '../objects/index.ts';

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly containerPort: number }[];
}

interface Terminated {
  readonly exitCode: number;
}

export interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly state?: {
    readonly running?: object;
    readonly terminated?: Terminated;
    readonly waiting?: { readonly reason?: string };
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeName?: string;
}

export interface PodStatus {
  readonly podIP?: string;
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

export const podSpec = (pod: KubeObject): PodSpec => pod['spec'] as PodSpec;
export const podStatus = (pod: KubeObject): PodStatus => (pod['status'] ?? {}) as PodStatus;

const namesOf = (containers: readonly Container[] = []): readonly string[] => containers.map(({ name }) => name);

/** The container that was asked for, or the only one. @throws StatusError 400 */
export function containerOf(pod: KubeObject, asked: string | null): string {
  const { containers, initContainers } = podSpec(pod);
  const [names, initNames] = [namesOf(containers), namesOf(initContainers)];
  const { name } = pod.metadata;
  if (asked) {
    if ([...names, ...initNames].includes(asked)) return asked;
    throw StatusError.badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const others = initNames.length > 0 ? ` or one of the init containers: [${initNames.join(' ')}]` : '';
  throw StatusError.badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]${others}`,
  );
}

export function statusOfContainer(pod: KubeObject, container: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = podStatus(pod);
  return [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container);
}
