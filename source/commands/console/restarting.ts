/** Starts the pods of a part anew, from the screens. How far that is, its row shows. */
import { restart } from '../../operate/restart.ts';
import type { ComponentId } from '../../stack/types.ts';
import { type Around, asked, readyWithinMs } from './around.ts';
import { saidOf, shownError } from './errors.ts';

export async function restartPart(part: ComponentId, around: Around): Promise<void> {
  const { store, instance, toast, signal } = around;
  const readOnly = store.read().isReadOnly;
  const request = { name: instance, components: [part], wait: true, timeoutMs: readyWithinMs, readOnly };
  toast((t) => t.scale.restart.asked(part));
  try {
    await asked(around, async (outside) => {
      // What it tells on its way is seen on the screens.
      for await (const _ of restart(request, outside, signal));
    });
    toast((t) => t.scale.restart.done(part));
  } catch (error) {
    if (!signal.aborted) toast(saidOf(shownError(error)));
  }
}
