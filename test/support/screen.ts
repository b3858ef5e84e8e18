/** A terminal in this process: Ink draws on it, keys are typed into it, and what a person would see is read back. */
import { EventEmitter } from 'node:events';
import { Terminal as Xterm } from '@xterm/headless';
import type { Terminal } from '../../source/console/start.tsx';

class FakeStdout extends EventEmitter {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** Bytes that were written. */
  written = 0;
  readonly #xterm: Xterm;

  constructor(xterm: Xterm) {
    super();
    this.#xterm = xterm;
    this.columns = xterm.cols;
    this.rows = xterm.rows;
  }

  write(text: string, ...rest: unknown[]): boolean {
    this.written += Buffer.byteLength(text);
    this.#xterm.write(text);
    const done = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
    if (done) queueMicrotask(done);
    return true;
  }
}

class FakeStdin extends EventEmitter {
  readonly isTTY = true;
  readonly #waiting: string[] = [];
  setEncoding(): void {}
  setRawMode(): this {
    return this;
  }
  ref(): void {}
  unref(): void {}
  resume(): void {}
  pause(): void {}
  read(): string | null {
    return this.#waiting.shift() ?? null;
  }
  type(text: string): void {
    this.#waiting.push(text);
    this.emit('readable');
  }
}

export interface Screen {
  readonly terminal: Terminal;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Lines as a person sees them, without the space at their ends. */
  text(): Promise<string>;
  /** The same lines with a letter for each cell that is not plain: bold, dim, inverse, or the first letter of a colour. */
  looks(): Promise<string>;
  cursor(): Promise<{ readonly column: number; readonly row: number }>;
  written(): number;
}

export function screenOf(columns: number, rows: number): Screen {
  const xterm = new Xterm({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const stdout = new FakeStdout(xterm);
  const stdin = new FakeStdin();
  const drawn = () => new Promise<void>((resolve) => xterm.write('', resolve));
  const lines = (of: (row: number) => string) =>
    Array.from({ length: xterm.rows }, (_, row) => of(row).trimEnd()).join('\n');
  const line = (row: number) => xterm.buffer.active.getLine(xterm.buffer.active.viewportY + row);
  return {
    terminal: { stdin, stdout } as unknown as Terminal,
    type: (text) => stdin.type(text),
    resize(toColumns, toRows) {
      xterm.resize(toColumns, toRows);
      stdout.columns = toColumns;
      stdout.rows = toRows;
      stdout.emit('resize');
    },
    async text() {
      await drawn();
      return lines((row) => line(row)?.translateToString(true) ?? '');
    },
    async looks() {
      await drawn();
      return lines((row) =>
        Array.from({ length: xterm.cols }, (_, column) => {
          const cell = line(row)?.getCell(column);
          if (!cell || cell.getWidth() === 0) return '';
          if (cell.isInverse()) return 'i';
          if (!cell.isFgDefault()) return 'krgybmcw'[cell.getFgColor()] ?? '?';
          if (cell.isBold()) return 'B';
          return cell.isDim() ? '.' : ' ';
        }).join(''),
      );
    },
    async cursor() {
      await drawn();
      return { column: xterm.buffer.active.cursorX, row: xterm.buffer.active.cursorY };
    },
    written: () => stdout.written,
  };
}
