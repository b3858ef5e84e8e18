/** Whether a picture is as new as what was written: an older one still shows what ran before as ready. Pure. */
import type { KubeObject } from '../stack/types.ts';
import type { Snapshot } from './types.ts';

/** An object as it must be seen before what is seen of it counts. */
export interface Written {
  readonly kind: string;
  readonly name: string;
  /** Undefined where any of that name will do. */
  readonly uid: string | undefined;
  readonly generation: number;
}

export const writtenOf = ({ kind, metadata: { name, uid, generation = 0 } }: KubeObject): Written => ({
  kind,
  name,
  uid,
  generation,
});

/** Those that become ready; of all others, there is nothing to be seen. */
const kinds = ['Deployment', 'StatefulSet', 'Job', 'Cluster'] as const;

export function isSeen({ kind, name, uid, generation }: Written, { objects }: Snapshot): boolean {
  const own = kinds.find((each) => each === kind);
  if (own === undefined) return true;
  const live = objects[own].find(({ metadata }) => metadata.name === name)?.metadata;
  return live !== undefined && (uid === undefined || live.uid === uid) && (live.generation ?? 0) >= generation;
}
