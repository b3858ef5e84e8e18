/** The first admin's password, which the cluster keeps until somebody says that it is saved. */
import type { State } from '../../console/state.ts';
import type { Store } from '../../console/store.ts';
import type { Say } from '../../messages/index.ts';
import type { OpenOutside } from '../session.ts';
import { saidOf, shownError } from './errors.ts';

export interface Kept {
  readonly store: Store<State>;
  open(): Promise<OpenOutside>;
  readonly instance: string;
  toast(say: Say): void;
  readonly signal: AbortSignal;
}

/** Shows it, or hides it again. */
export async function togglePassword(kept: Kept): Promise<void> {
  const { store, open, instance, toast, signal } = kept;
  if (store.read().install.password !== undefined) return show(kept, undefined);
  try {
    const { keptPassword } = await import('../../install/kept-password.ts');
    const password = await keptPassword((await open()).cluster, instance, signal);
    if (password === undefined) toast((t) => t.console.install.done.noPassword);
    else show(kept, password);
  } catch (error) {
    toast(saidOf(shownError(error)));
  }
}

/** Removes it from the cluster. */
export async function giveUp(kept: Kept): Promise<void> {
  const { open, instance, toast, signal } = kept;
  try {
    const { giveUpPassword } = await import('../../install/kept-password.ts');
    await giveUpPassword((await open()).cluster, instance, signal);
    show(kept, undefined);
    toast((t) => t.console.install.done.savedDone);
  } catch (error) {
    toast(saidOf(shownError(error)));
  }
}

const show = ({ store }: Kept, password: string | undefined): void =>
  store.change((state) => ({ ...state, install: { ...state.install, password } }), true);
