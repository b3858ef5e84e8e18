/** What those have around them who do something for the console's screens. */
import type { State } from '../../console/state.ts';
import type { Store } from '../../console/store.ts';
import type { Say } from '../../messages/index.ts';
import type { OpenOutside } from '../session.ts';

export interface Around {
  readonly store: Store<State>;
  open(): Promise<OpenOutside>;
  /** The instance that is shown. */
  readonly instance: string;
  /** Says one sentence at the foot of the screen. */
  toast(say: Say): void;
  readonly signal: AbortSignal;
}

/** So long, in milliseconds, parts that are changed from a screen may take to become ready. */
export const readyWithinMs = 15 * 60_000;

/** @throws UserError that says what the cluster refused, as a user understands it */
export async function asked<T>({ open }: Around, use: (outside: OpenOutside) => Promise<T>): Promise<T> {
  const outside = await open();
  try {
    return await use(outside);
  } catch (error) {
    const { asUserError } = await import('../../install/explain.ts');
    throw asUserError(error, outside);
  }
}
