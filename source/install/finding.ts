/** What a preflight check is given and what it finds. */
import type { Say } from '../messages/index.ts';
import type { Answers } from '../stack/answers.ts';
import type { RenderedObject } from '../stack/types.ts';
import type { Outside } from './contract.ts';
import type { Verdict } from './events.ts';
import type { Ledger } from './ledger.ts';
import type { FoundPlatform } from './platform.ts';

export interface PreflightSubject {
  readonly answers: Answers;
  readonly host: string | undefined;
  /** Whether the user named the host; then what cannot be resolved only warns. */
  readonly hostGiven: boolean;
  readonly platform: FoundPlatform;
  readonly objects: readonly RenderedObject[];
  readonly ledger: Ledger | undefined;
  readonly dryRun: boolean;
  /** Whether this run would change anything. Asks the server, once. */
  readonly changes: () => Promise<boolean>;
}

export interface Finding {
  readonly verdict: Verdict;
  readonly message: Say;
  readonly hint?: Say;
}
export type Check = (outside: Outside, subject: PreflightSubject, signal: AbortSignal) => Promise<Finding>;

export const pass = (message: Say): Finding => ({ verdict: 'pass', message });
export const warn = (message: Say, hint?: Say): Finding => ({ verdict: 'warn', message, ...(hint ? { hint } : {}) });
export const fail = (message: Say, hint?: Say): Finding => ({ verdict: 'fail', message, ...(hint ? { hint } : {}) });
