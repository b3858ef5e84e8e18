/** Golden frames: a screen as a person sees it, in a file beside the tests. `vitest -u` writes them anew. */
import { expect } from 'vitest';
import { consoleOn, type Options } from './console.ts';

/** Compares what is shown, and how it looks, with `frames/NAME.txt`. @param presses keys that lead there */
export async function expectFrame(name: string, options: Options, ...presses: readonly string[]): Promise<void> {
  const shown = consoleOn(options);
  if (presses.length > 0) await shown.press(...presses);
  const text = await shown.text();
  const looks = await shown.looks();
  await shown.stop();
  const frame = `${text}\n${'='.repeat(options.columns ?? 80)}\n${looks}\n`;
  await expect(frame).toMatchFileSnapshot(`../screens/frames/${name}.txt`);
}
