/** A fix is confirmed, and then applied by the install that goes on, or begins again for it. */
import { emptyRun } from '../../console/screens/install/run.ts';
import { previewFix } from '../../install/fixes.ts';
import { asStarted } from '../../messages/started.ts';
import type { Cause, CauseId } from '../../observe/types.ts';
import { type Around, asked } from './around.ts';
import { saidOf, shownError } from './errors.ts';

export interface Fixer {
  /** Applied when its cause is seen. */
  fix(cause: CauseId): void;
  /** Goes on with the install that was begun here, whatever became of it. */
  look(): Promise<void>;
}

export async function confirmFix(
  cause: Cause,
  around: Around,
  then: (use: (fixer: Fixer) => void) => void,
): Promise<void> {
  const { store, toast, instance } = around;
  try {
    const preview = await asked(around, async ({ cluster }) => previewFix(cause, instance, cluster.namespace));
    if (!preview) return toast((t) => t.console.install.noFix);
    const { screen, home, started } = store.read();
    const commands = preview.commands.map((each) => asStarted(each, started));
    const isOurs = home.choices.some(({ name, kind }) => name === instance && kind === 'ours');
    if (screen !== 'install' && !isOurs) {
      const text = commands.join('\n');
      return store.change((state) => ({ ...state, overlay: { type: 'command', text } }), true);
    }
    const onYes = () =>
      then((fixer) => {
        fixer.fix(cause.id);
        if (store.read().screen === 'install') return toast((t) => t.console.install.fixAsked(cause.component));
        store.change((state) => ({
          ...state,
          screen: 'install',
          install: { ...state.install, run: emptyRun, mode: 'run', chosen: cause.component },
        }));
        void fixer.look();
      });
    const overlay = { type: 'confirm', question: preview.say, commands, onYes } as const;
    store.change((state) => ({ ...state, overlay }), true);
  } catch (error) {
    toast(saidOf(shownError(error)));
  }
}
