/** A text to be read: a log, a description, events. */
import type { Say } from '../../messages/index.ts';
import { wrap } from '../../text/clip.ts';
import { diffLine } from '../components/diff.ts';
import { type Pager, page, scroll } from '../components/pager.ts';
import { dim, type Line, type Picture, strong } from '../draw/line.ts';
import type { View } from '../screen.ts';

export interface Reader {
  readonly type: 'text';
  readonly title: Say;
  readonly format: 'plain' | 'diff';
  /** Undefined while it is being fetched; untrusted. */
  readonly lines: readonly string[] | undefined;
  readonly pager: Pager;
}

const headRows = 2;

export function drawText({ title, format, lines, pager }: Reader, view: View): Picture {
  const head: readonly Line[] = [[' ', strong(title(view.t))], []];
  if (lines === undefined) return { lines: [...head, [dim(` ${view.t.console.loading}`)]] };
  if (lines.length === 0) return { lines: [...head, [dim(` ${view.t.console.empty}`)]] };
  return { lines: [...head, ...page(wrapped(lines, view, format), pager, view.rows - headRows)] };
}

export function pressText({ lines, pager }: Reader, press: string, view: View): Pager | undefined {
  return lines && scroll(pager, press, wrapped(lines, view).length, view.rows - headRows);
}

/** Where a log is read: at its end. */
export const endOf = (lines: readonly string[], view: View): Pager => ({
  top: Math.max(0, wrapped(lines, view).length - (view.rows - headRows)),
});

const toned = { plain: (_: string, piece: string): Line => [piece], diff: diffLine } as const;

const wrapped = (lines: readonly string[], { columns }: View, format: Reader['format'] = 'plain'): readonly Line[] =>
  lines.flatMap((line) => wrap(line, columns - 2).map((piece): Line => [' ', ...toned[format](line, piece)]));
