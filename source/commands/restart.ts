/** `restart`: the pods of components, anew. */
import { type ExitCode, exitCodes } from '../errors.ts';
import type { restart } from '../operate/restart.ts';
import { components, restartable } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';
import { nearest } from '../text/nearest.ts';
import { durationOf } from './duration-flag.ts';
import { type FlagValues, isSet, many, text } from './flags.ts';
import type { Session } from './session.ts';
import { show } from './show.ts';
import { usageError } from './usage.ts';

const defaultTimeout = '10m';

export async function restartCommand(values: FlagValues, session: Session, given?: typeof restart): Promise<ExitCode> {
  const asked = componentsOf(many(values, 'words'));
  const name = text(values, 'name');
  const request = {
    ...(name === undefined ? {} : { name }),
    components: asked,
    wait: !isSet(values, 'noWait'),
    timeoutMs: durationOf(values, 'timeout', defaultTimeout),
    readOnly: isSet(values, 'readOnly'),
  };
  const useCase = given ?? (await import('../operate/restart.ts')).restart;
  await show(values, session, (outside) => useCase(request, outside, session.signal));
  return exitCodes.done;
}

function componentsOf(words: readonly string[]): readonly ComponentId[] {
  const known = components.map(({ id }) => id);
  if (words.length === 0)
    throw usageError(
      (t) => t.scale.restart.none,
      (t) => t.scale.restart.noneHint(restartable.join(', ')),
    );
  return words.map((word) => {
    const id = known.find((each) => each === word);
    if (id) return id;
    throw usageError((t) => t.scale.errors.unknown(word, nearest(word, known), restartable.join(', ')));
  });
}
