/** What runs are called: for sure, and where there is little room. */
import { objectName } from '../stack/components.ts';
import type { Run } from './types.ts';

/** Containers of the databases, which the platform names. */
const ownContainers: readonly string[] = ['postgresql', 'redis'];

/** A container as filters and choices name it. */
export const placeOf = ({ pod, container }: Pick<Run, 'pod' | 'container'>): string => `${pod}/${container}`;

/** One of its runs. */
export const runName = (run: Pick<Run, 'pod' | 'container' | 'restart'>): string => `${placeOf(run)}#${run.restart}`;

/** `web-x2k4p` of `posthog-7c9f8d6b5-x2k4p`, `kafka-0` of `posthog-kafka-0`; a container beside the main one is named too, and a file. */
export function shortName({ component, pod, container, file }: Omit<Run, 'kind' | 'restart'>, app: string): string {
  const own = objectName(component, app);
  const name = pod.startsWith(`${own}-`) ? `${component}-${pod.split('-').at(-1)}` : pod;
  const place = container === own || ownContainers.includes(container) ? name : `${name}/${container}`;
  return file === undefined ? place : `${place}:${file.split('/').at(-1)}`;
}
