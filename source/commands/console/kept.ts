/** The first admin's password, which the cluster keeps until somebody says that it is saved. */
import { type Around, asked } from './around.ts';
import { shownError } from './errors.ts';

/** Shows it, or hides it again. */
export async function togglePassword(around: Around): Promise<void> {
  const { store, instance, toast, signal } = around;
  if (store.read().install.password !== undefined) return show(around, undefined);
  try {
    const { keptPassword } = await import('../../install/kept-password.ts');
    const password = await asked(around, ({ cluster }) => keptPassword(cluster, instance, signal));
    if (password === undefined) toast((t) => t.console.install.done.noPassword);
    else show(around, password);
  } catch (error) {
    toast(shownError(error).say);
  }
}

/** Removes it from the cluster. */
export async function giveUp(around: Around): Promise<void> {
  const { instance, toast, signal } = around;
  try {
    const { giveUpPassword } = await import('../../install/kept-password.ts');
    await asked(around, ({ cluster }) => giveUpPassword(cluster, instance, signal));
    show(around, undefined);
    around.store.change(({ install, ...state }) => {
      const { done } = install.run;
      return {
        ...state,
        install: { ...install, run: { ...install.run, done: done && { ...done, isPasswordKept: false } } },
      };
    });
    toast((t) => t.console.install.done.savedDone);
  } catch (error) {
    toast(shownError(error).say);
  }
}

const show = ({ store }: Around, password: string | undefined): void =>
  store.change((state) => ({ ...state, install: { ...state.install, password } }), true);
