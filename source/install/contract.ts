/** What the commands ask of the use cases, and what those need from the outside. */
import type { Cluster, HttpClient } from '../cluster/types.ts';
import type { Context } from '../context.ts';
import type { Snapshot } from '../observe/types.ts';
import type { AnswerSource } from '../stack/answers.ts';
import type { PlanEvent } from './events.ts';

/** `--resolve HOST:PORT:ADDR`, as curl has it: where a public address is to be reached instead of asking DNS. */
export interface ResolveEntry {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

export interface Outside {
  readonly cluster: Cluster;
  readonly context: Context;
  /** HTTP to a public address, such as `https://posthog.example.com`. */
  readonly publicHttp: (baseUrl: string) => HttpClient;
  /** Addresses of a host name as DNS (or `--resolve`) gives them; empty when there are none. */
  readonly lookup: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
}

/** What to do with a field that another manager holds. */
export type ConflictChoice = 'keep' | 'take';
/** One by one. `object` is `Kind/name`, `field` as the server names it. */
export type ConflictChoices = (object: string, field: string) => ConflictChoice;

export interface InstallRequest {
  /** The strongest first: flags, `--set`, values file. The ledger and the cluster are added by the install. */
  readonly sources: readonly AnswerSource[];
  /** Weaker than the ledger: what is meant when nobody has ever said anything. */
  readonly defaults?: AnswerSource;
  readonly adminPassword?: string;
  /** Whether to go on with this plan; or show it and end with exit code 4. */
  readonly consent: 'missing' | ((plan: PlanEvent) => Promise<boolean | ConflictChoices>);
  readonly dryRun: boolean;
  /** What to do with fields that another manager holds; `ask` leaves it to the consent, undefined refuses. */
  readonly conflicts?: ConflictChoice | 'ask';
  readonly timeoutMs: number;
  /** Fixes to apply when their cause appears, by cause id (`--fix redis-auth`). */
  readonly fixes: readonly string[];
  readonly readOnly: boolean;
  /** Told every picture of the instance, from when the cluster is changed. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
}
