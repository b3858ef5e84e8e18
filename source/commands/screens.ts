/** When a command shows screens instead of lines. */
import type { Terminal } from '../console/start.tsx';
import { type FlagValues, isSet, text } from './flags.ts';
import type { Session } from './session.ts';

/** The terminal to draw on. Undefined where nobody looks, or lines were asked for; a screen reader reads lines. */
export function wantsScreen(values: FlagValues, { io }: Pick<Session, 'io'>): Terminal | undefined {
  const asksForLines = isSet(values, 'plain') || text(values, 'output') !== undefined || isSet(values, 'dryRun');
  return asksForLines || io.env['INK_SCREEN_READER'] === 'true' ? undefined : io.terminal;
}
