/** Entries of several lines, as many as fit, so that the chosen one is seen whole. */
import { dim, type Line } from '../draw/line.ts';

export function windowOf(blocks: readonly (readonly Line[])[], chosen: number, rows: number): readonly Line[] {
  const lines = blocks.flat();
  if (lines.length <= rows) return lines;
  const before = blocks.slice(0, chosen).reduce((sum, block) => sum + block.length, 0);
  const own = blocks[chosen]?.length ?? 0;
  const start = Math.max(0, Math.min(before - Math.floor((rows - own) / 2), lines.length - rows));
  const shown = lines.slice(start, start + rows);
  const [above, below] = [start, lines.length - start - rows];
  const isChosen = (row: number) => start + row >= before && start + row < before + own;
  return shown.map((line, row) => {
    if (row === 0 && above > 0 && !isChosen(row)) return moreLine('↑', above + 1);
    if (row === rows - 1 && below > 0 && !isChosen(row)) return moreLine('↓', below + 1);
    return line;
  });
}

/** In place of a line that would be cut off anyhow from what it belongs to. */
const moreLine = (arrow: string, count: number): Line => [dim(`   ${arrow} ${count}`)];
