/** What the console asks of the terminal beside drawing on it. */
import type { Terminal } from '../../console/start.tsx';

/**
 * What a terminal draws wider than it counts (emoji of several parts, mostly) is cut at the edge: wrapped, it would push the
 * whole picture up.
 */
export const withoutWrap = '\x1b[?7l';
export const withWrap = '\x1b[?7h';

export function ring({ stdout }: Terminal): void {
  stdout.write('\x07');
}

/** How long a terminal is waited for that may not answer at all, in milliseconds. */
const answerMs = 100;

/**
 * Whether this terminal draws characters of "ambiguous" width, such as box lines, two cells wide: many Chinese ones can
 * be set so, and nothing but the cursor tells. No answer means narrow.
 */
export function drawsWide({ stdin, stdout }: Terminal): Promise<boolean> {
  return new Promise((resolve) => {
    const wasRaw = stdin.isRaw;
    let heard = '';
    const settle = (isWide: boolean) => {
      clearTimeout(timer);
      stdin.off('data', listen);
      stdin.pause();
      stdin.setRawMode(wasRaw);
      resolve(isWide);
    };
    const listen = (data: Buffer) => {
      heard += data.toString('latin1');
      const column = /\x1b\[\d+;(\d+)R/.exec(heard)?.[1];
      if (column !== undefined) settle(Number(column) > 2);
    };
    const timer = setTimeout(() => settle(false), answerMs);
    stdin.setRawMode(true);
    stdin.on('data', listen);
    // Drawn at the line's beginning, measured, and wiped away.
    stdout.write('\r\u2500\x1b[6n\r\x1b[K');
  });
}

/** Into the clipboard of whoever sits at the terminal, also through SSH and tmux (OSC 52). */
export function copy(text: string, { stdout }: Terminal): void {
  stdout.write(`\x1b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\x07`);
}

/** A program that is gone after so long has not started anything, in milliseconds. */
const startedMs = 1_000;

/** @returns whether a browser was started; it goes on when we end, whether it was the one that was started or not. */
export async function browse(url: string): Promise<boolean> {
  const { spawn } = await import('node:child_process');
  const [command = '', ...words] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(command, [...words, url], { stdio: 'ignore', detached: true });
    const timer = setTimeout(() => resolve(true), startedMs);
    const settle = (isOpen: boolean) => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.on('error', () => settle(false));
    child.on('exit', (code) => settle(code === 0));
    child.unref();
  });
}
