/**
 * What can go wrong, in the one shape that every front knows how to show: what happened, why, what to do next,
 * and the object it is about. Anything else that is thrown is a bug in this program.
 */
import { dictionaries, type Say } from './messages/index.ts';

/** DESIGN section 5. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  needsConfirmation: 4,
  timedOut: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface UserErrorOptions {
  /** A stable, kebab-case id that scripts may test. */
  readonly code: string;
  readonly exit: ExitCode;
  readonly say: Say;
  /** What the user can do next. */
  readonly hint?: Say;
  /** `Kind/name` of the object it is about. */
  readonly object?: string;
  readonly cause?: unknown;
}

/** What anything that was thrown says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An error that the user can understand and act upon. Its `message` is English, for logs and stack traces. */
export class UserError extends Error {
  readonly code: string;
  readonly exit: ExitCode;
  readonly say: Say;
  readonly hint: Say | undefined;
  readonly object: string | undefined;

  constructor(options: UserErrorOptions) {
    super(options.say(dictionaries.en), { cause: options.cause });
    this.name = 'UserError';
    this.code = options.code;
    this.exit = options.exit;
    this.say = options.say;
    this.hint = options.hint;
    this.object = options.object;
  }
}
