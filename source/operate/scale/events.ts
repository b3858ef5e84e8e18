/** What scaling tells while it runs, beside what every use case tells. */

import type { LogErrors } from '../../logs/log-errors.ts';
import type { QuotaRoom } from '../../observe/room.ts';
import type { Demand } from '../../stack/demand.ts';
import type { ComponentId } from '../../stack/types.ts';
import type { Change, Finding } from './types.ts';

/** Before anything is changed. */
export interface ReviewEvent {
  readonly type: 'review';
  readonly app: string;
  readonly namespace: string;
  /** In the order in which they are applied; empty when all is so already. */
  readonly changes: readonly Change[];
  /** What is as it is asked for already, and still on its way. */
  readonly already: readonly ComponentId[];
  readonly findings: readonly Finding[];
  /** More than now: in the end, and at most meanwhile, with what is still ending. */
  readonly after: Demand;
  readonly peak: Demand;
  readonly room: QuotaRoom;
  /** The same by kubectl, a command each. */
  readonly kubectl: readonly string[];
  /** Whether the program made the instance, and keeps what is changed with it. */
  readonly isRecorded: boolean;
}

/** All of it is applied. */
export interface ScaledEvent {
  readonly type: 'scaled';
  readonly app: string;
  readonly changes: readonly Change[];
  /** What was as it was asked for already, and was still on its way. */
  readonly already: readonly ComponentId[];
  /** Whether everything has been waited for, and is ready. */
  readonly isSettled: boolean;
}

/** What waits for a component that was changed has not become less, and its log complains. */
export interface LogErrorsEvent {
  readonly type: 'log-errors';
  readonly component: ComponentId;
  readonly errors: LogErrors;
}
