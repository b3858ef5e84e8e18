/** What an install has applied last, and whether a picture is as new as that. */
import type { Cluster } from '../cluster/types.ts';
import type { Snapshot } from '../observe/types.ts';
import { isSeen, type Written, writtenOf } from '../observe/written.ts';
import { componentOf, objectName } from '../stack/components.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';

export class LastApplied {
  readonly #cluster: Cluster;
  readonly #take: boolean;
  readonly #signal: AbortSignal;
  /** By `Kind/name`. */
  readonly #last = new Map<string, Written>();

  /** @param take whether fields are forced away from other managers */
  constructor(cluster: Cluster, take: boolean, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#take = take;
    this.#signal = signal;
  }

  /** @throws what the cluster says */
  async apply(object: KubeObject): Promise<void> {
    const written = writtenOf(await this.#cluster.apply(object, { force: this.#take, signal: this.#signal }));
    this.#last.set(`${written.kind}/${written.name}`, written);
  }

  /** @param job of a component that runs once, the name of its Job, which holds a hash of what it runs */
  isSeen(id: ComponentId, snapshot: Snapshot, job: string): boolean {
    const { kind } = componentOf(id);
    const name = kind === 'Job' ? job : objectName(id, snapshot.app);
    const any: Written = { kind, name, uid: undefined, generation: 0 };
    return isSeen(this.#last.get(`${kind}/${name}`) ?? any, snapshot);
  }
}
