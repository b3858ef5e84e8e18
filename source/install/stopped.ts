/** What an install says when a part has failed, or has stood still for too long. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import type { Cause } from '../observe/types.ts';
import type { ComponentId } from '../stack/types.ts';

export function stoppedError(id: ComponentId, cause: Cause | undefined, code: 'failed' | 'standstill'): UserError {
  const why: Say = (t) => cause?.message(t) ?? t.install.run.noCause;
  return new UserError({
    code: cause?.id ?? code,
    exit: exitCodes.failed,
    say: (t) =>
      code === 'failed'
        ? t.install.run.failed(id, why(t))
        : t.install.run.standstill(id, Math.round(standstillMs / 60_000), why(t)),
    hint: (t) => (cause?.fix ? t.install.run.fixHint(cause.id) : t.install.run.hint(id)),
    object: `${componentOf(id).kind}/${objectName(id, this.#ledger.app)}`,
  });
}
