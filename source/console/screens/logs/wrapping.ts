/** Lines of a log that are wider than their pane, on several lines of it. Pure. */
import { beginning, head } from '../../../text/clip.ts';
import { cellsOf, clipLine, type Line, type Span, textOf } from '../../draw/line.ts';

/** Characters as people see them have few units; of those that have more, less is seen. */
export const unitsPerCell = 4;

/** Broken where it is full, onto so many lines at most: the spans keep their tones. */
export function wrapLine(line: Line, columns: number, most: number): readonly Line[] {
  const lines: (string | Span)[][] = [[]];
  let left = columns;
  for (const part of line)
    for (let rest = textOf(part); rest !== ''; ) {
      const withText = (text: string) => (typeof part === 'string' ? text : { ...part, text });
      const piece = head(beginning(rest, unitsPerCell * left), left);
      if (piece === '' && left === columns) break;
      if (piece === '' && lines.length === most)
        return lines.with(-1, [...clipLine([...(lines.at(-1) ?? []), withText(beginning(rest, columns))], columns)]);
      if (piece === '') {
        lines.push([]);
        left = columns;
        continue;
      }
      lines.at(-1)?.push(withText(piece));
      left -= cellsOf([piece]);
      rest = rest.slice(piece.length);
    }
  return lines;
}
