/** The built program in a real pseudo-terminal, and what a person sees there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { Terminal as Xterm } from '@xterm/headless';
import { onTestFinished } from 'vitest';
import { root } from '../../source/build/paths.ts';

export interface Seen {
  readonly pid: number;
  /** Lines of the screen, or of the scrollback and the screen when the program has given it back. */
  text(): string;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  kill(signal: string): void;
  /** Resolves with the text as soon as it matches; rejects, showing it, after `patienceMs` or when the program ends before. */
  until(pattern: RegExp, patienceMs?: number): Promise<string>;
  /** Exit code. */
  readonly ended: Promise<number>;
  /** Whether the alternate screen, the mode for pastes and that for long lines have been taken back. */
  isSane(): boolean;
}

/** A state folder that is gone after the test. */
export function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface Run {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  readonly command?: readonly [string, ...string[]];
  /** Where it is started. */
  readonly folder?: string;
}

export function open({ argv, env = {}, columns = 80, rows = 24, command, folder = root }: Run): Seen {
  const [file, ...before] = command ?? [process.execPath, join(root, 'bin/posthog-sealos.js')];
  const pty = spawn(file, [...before, ...argv], {
    cols: columns,
    rows,
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', TERM: 'xterm-256color', LANG: 'en_US.UTF-8', ...env },
  });
  const xterm = new Xterm({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  const watchers = new Set<() => void>();
  let exit: number | undefined;
  const changed = () => {
    for (const watcher of [...watchers]) watcher();
  };
  pty.onData((data) => xterm.write(data, changed));
  // What the terminal answers to the program's questions.
  xterm.onData((data) => pty.write(data));
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      exit = exitCode;
      xterm.write('', () => {
        resolve(exitCode);
        changed();
      });
    });
  });
  onTestFinished(async () => {
    if (exit === undefined) pty.kill('SIGKILL');
    await ended;
  });
  const text = () => {
    const { active } = xterm.buffer;
    return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '')
      .join('\n')
      .trimEnd();
  };
  return {
    pid: pty.pid,
    text,
    type: (typed) => pty.write(typed),
    resize(toColumns, toRows) {
      xterm.resize(toColumns, toRows);
      pty.resize(toColumns, toRows);
    },
    kill: (signal) => process.kill(pty.pid, signal),
    until: (pattern, patienceMs = 60_000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const now = text();
          if (pattern.test(now)) settle(() => resolve(now));
          else if (exit !== undefined) settle(() => reject(new Error(`ended with ${exit} before ${pattern}:\n${now}`)));
        };
        const timer = setTimeout(
          () => settle(() => reject(new Error(`${pattern} did not come:\n${text()}`))),
          patienceMs,
        );
        const settle = (how: () => void) => {
          clearTimeout(timer);
          watchers.delete(look);
          how();
        };
        watchers.add(look);
        look();
      }),
    ended,
    isSane: () =>
      xterm.buffer.active.type === 'normal' && !xterm.modes.bracketedPasteMode && xterm.modes.wraparoundMode,
  };
}
