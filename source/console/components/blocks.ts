/** Entries of several lines, as many as fit, so that the chosen one is seen whole. */
import type { Line } from '../draw/line.ts';

export function windowOf(blocks: readonly (readonly Line[])[], chosen: number, rows: number): readonly Line[] {
  const lines = blocks.flat();
  if (lines.length <= rows) return lines;
  const before = blocks.slice(0, chosen).reduce((sum, block) => sum + block.length, 0);
  const own = blocks[chosen]?.length ?? 0;
  const start = Math.max(0, Math.min(before - Math.floor((rows - own) / 2), lines.length - rows));
  return lines.slice(start, start + rows);
}
