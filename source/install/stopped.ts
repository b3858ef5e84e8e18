/** When a part that does not become ready is given up, and what is said then. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import type { Cause } from '../observe/types.ts';
import { componentOf, objectName } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';

/** A first image pull of several gigabytes tells nothing while it runs; less than this is no standstill. */
export const standstillMs = 30 * 60_000;

interface Stopped {
  readonly app: string;
  readonly component: ComponentId;
  readonly cause: Cause | undefined;
  /** Failed for good, or made no progress for `standstillMs`. */
  readonly how: 'failed' | 'standstill';
}

export function stoppedError({ app, component, cause, how }: Stopped): UserError {
  const why: Say = (t) => cause?.message(t) ?? t.install.run.noCause;
  return new UserError({
    code: cause?.id ?? how,
    exit: exitCodes.failed,
    say: (t) =>
      how === 'failed'
        ? t.install.run.failed(component, why(t))
        : t.install.run.standstill(component, Math.round(standstillMs / 60_000), why(t)),
    hint: (t) => (cause?.fix ? t.install.run.fixHint(cause.id) : t.install.run.hint(component)),
    object: `${componentOf(component).kind}/${objectName(component, app)}`,
  });
}
