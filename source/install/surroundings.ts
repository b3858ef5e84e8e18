/** What somebody who decides has to know of the place: its domain, its room, and what each size would take of it. */

import { enlarges } from '../observe/enlargement.ts';
import { findInstances } from '../observe/instances.ts';
import { type QuotaRoom, roomOf } from '../observe/room.ts';
import { defaultAnswers } from '../stack/answers.ts';
import { type Demand, peakDemand } from '../stack/demand.ts';
import { workspaceOf } from '../stack/model.ts';
import { render } from '../stack/render.ts';
import { type SizeName, sizeNames } from '../stack/types.ts';
import type { Outside } from './contract.ts';
import { type Ledger, readLedger } from './ledger.ts';
import { type FoundPlatform, findPlatform } from './platform.ts';

export interface Surroundings {
  readonly namespace: string;
  /** Of the user's workspace, as hosts are named after it. */
  readonly workspace: string;
  readonly platform: FoundPlatform;
  readonly room: QuotaRoom;
  /** Whether Sealos makes the room larger by itself. */
  readonly enlarges: boolean;
  /** At the peak of a first install. */
  /** Of the instance that is here already, when it is the only one or has the name asked for. */
  readonly ledger: Ledger | undefined;
  readonly demands: Readonly<Record<SizeName, Demand>>;
}

/** @throws UserError, ApiError when the cluster cannot be asked at all; what merely is not told stays unknown. */
export async function lookAround(
  outside: Outside,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Surroundings> {
  const { cluster } = outside;
  const { namespace } = cluster;
  const [platform, quotas, place, ledger] = await Promise.all([
    findPlatform(outside, signal),
    cluster.list({ apiVersion: 'v1', kind: 'ResourceQuota' }, { signal }),
    cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, { signal }).catch(() => undefined),
    ledgerHere(outside, name, signal),
  ]);
  const demandOf = (size: SizeName): Demand =>
    peakDemand(
      render({
        answers: { ...defaultAnswers, size },
        namespace,
        host: 'posthog.example.com',
        platform,
        migrate: 'install',
        urls: 'composed',
      }),
      'install',
    );
  return {
    namespace,
    workspace: workspaceOf(namespace),
    platform,
    ledger,
    room: roomOf(quotas.items),
    enlarges: enlarges(place, quotas.items),
    demands: Object.fromEntries(sizeNames.map((size) => [size, demandOf(size)])) as Surroundings['demands'],
  };
}

async function ledgerHere({ cluster }: Outside, name: string | undefined, signal: AbortSignal) {
  if (name !== undefined) return readLedger(cluster, name, signal);
  const ours = (await findInstances(cluster, signal)).filter(({ kind }) => kind === 'ours');
  const [only, second] = ours;
  return only && !second ? readLedger(cluster, only.name, signal) : undefined;
}
