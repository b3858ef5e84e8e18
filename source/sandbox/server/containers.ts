/** Which container of a pod a request means, and what state it is in. */
import type { KubeObject } from '../../stack/types.ts';
import type { Container, ContainerStatus, Pod, PodSpec } from '../controllers/model.ts';
import { StatusError } from '../objects/index.ts';

export const podSpec = (pod: KubeObject): PodSpec => (pod as Pod).spec;
export const podStatus = (pod: KubeObject): NonNullable<Pod['status']> => (pod as Pod).status ?? {};

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
