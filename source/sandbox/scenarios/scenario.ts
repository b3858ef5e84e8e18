/** What a sandbox begins with: what its platform is like, what goes wrong, and what has happened before. */
import type { SizeName } from '../../stack/types.ts';
import type { KubeblocksVersion } from '../controllers/index.ts';
import type { Objects, User } from '../types.ts';
import type { Traffic, Troubles } from '../world/index.ts';

/** Where a scenario changes something. */
export interface Site {
  readonly objects: Objects;
  /** The cluster's administrator. */
  readonly user: User;
  /** The workspace. */
  readonly namespace: string;
  readonly traffic: Traffic;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Setting {
  readonly kubeblocks?: KubeblocksVersion;
  /** What the platform's password of Redis ends with. */
  readonly redisPasswordEnd?: string;
  /** Images from registries that cannot be reached. */
  readonly unreachable?: RegExp;
  /** Before anybody uses it; done twice, it changes nothing more. */
  readonly prepare?: (site: Site) => void;
  /** A finished install of that size, under the usual name; what follows comes when it is there. */
  readonly installed?: SizeName;
  /** Once, when it is there. */
  readonly begin?: (site: Site) => Promise<void> | void;
  readonly troubles?: Troubles;
  /** What is left on the account, in its currency. */
  readonly balance?: number;
}
