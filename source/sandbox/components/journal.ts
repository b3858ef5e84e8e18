/** A store's volume: one JSON value a line, in the order in which they were kept. */
import type { Host } from './host.ts';

export interface Journal<Kept> {
  /** Resolves when it is written; values of one store never overtake each other. */
  keep(value: Kept): Promise<void>;
}

/** Reads a journal back, each value in turn, and goes on with it. */
export async function openJournal<Kept>(
  host: Host,
  path: string,
  replay: (value: Kept) => void,
): Promise<Journal<Kept>> {
  const content = (await host.read(path)) ?? '';
  const lines = content.split('\n');
  // What follows the last line break was cut short by a kill: nobody was told that it is kept.
  const torn = lines.pop() !== '';
  for (const line of lines) {
    const value = parsed<Kept>(line);
    if (value !== undefined) replay(value);
  }
  if (torn) await host.append(path, '\n');
  let last: Promise<void> = Promise.resolve();
  return {
    keep(value) {
      const written = last.then(() => host.append(path, `${JSON.stringify(value)}\n`));
      last = written.catch(() => {});
      return written;
    },
  };
}

/** A torn line that was closed by the next start is left out. */
function parsed<Value>(line: string): Value | undefined {
  try {
    return JSON.parse(line) as Value;
  } catch {
    return undefined;
  }
}
