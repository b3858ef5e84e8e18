/** A unified diff, line by line: what comes and what goes is told by its sign, and by colour where there is one. */
import { bad, dim, good, type Line } from '../draw/line.ts';

const tones = { '+': good, '-': bad, '@': dim } as const;

/** @param line begins with `+`, `-`, `@@` or a space. `text` is a piece of it, where it is too long for one line. */
export function diffLine(line: string, text: string): Line {
  const tone = tones[line[0] as keyof typeof tones];
  return [tone ? tone(text) : text];
}
