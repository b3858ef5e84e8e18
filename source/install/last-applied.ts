/** What was applied last, and whether a picture is as new as that: an older one still shows what ran before as ready. */
import type { Cluster } from '../cluster/types.ts';
import type { Snapshot } from '../observe/types.ts';
import { componentOf, objectName } from '../stack/components.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';

export class LastApplied {
  readonly #cluster: Cluster;
  readonly #take: boolean;
  readonly #signal: AbortSignal;
  /** By `Kind/name`. */
  readonly #last = new Map<string, { readonly uid: string | undefined; readonly generation: number }>();

  /** @param take whether fields are forced away from other managers */
  constructor(cluster: Cluster, take: boolean, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#take = take;
    this.#signal = signal;
  }

  /** @throws what the cluster says */
  async apply(object: KubeObject): Promise<void> {
    const { metadata } = await this.#cluster.apply(object, { force: this.#take, signal: this.#signal });
    const { uid, generation = 0 } = metadata;
    this.#last.set(`${object.kind}/${metadata.name}`, { uid, generation });
  }

  /** @param job of a component that runs once, the name of its Job, which holds a hash of what it runs */
  isSeen(id: ComponentId, { app, objects }: Snapshot, job: string): boolean {
    const { kind } = componentOf(id);
    if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'Job') return true;
    const name = kind === 'Job' ? job : objectName(id, app);
    const live = objects[kind].find(({ metadata }) => metadata.name === name);
    const last = this.#last.get(`${kind}/${name}`);
    if (!live || !last) return live !== undefined;
    return live.metadata.uid === last.uid && (live.metadata.generation ?? 0) >= last.generation;
  }
}
