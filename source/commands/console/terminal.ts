/** What the console asks of the terminal beside drawing on it. */
import type { Terminal } from '../../console/start.tsx';

/** Into the clipboard of whoever sits at the terminal, also through SSH and tmux (OSC 52). */
export function copy(text: string, { stdout }: Terminal): void {
  stdout.write(`\x1b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\x07`);
}

/** Stops the whole group, so that the npm that started this stops with it and the shell notices; resolves after `fg`. */
export async function suspend(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGCONT', () => resolve());
    process.kill(0, 'SIGTSTP');
  });
}

/** @returns whether a browser was started. */
export async function browse(url: string): Promise<boolean> {
  const { execa } = await import('execa');
  const [command, ...words] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  try {
    await execa(command as string, [...words, url], { stdio: 'ignore', timeout: 5_000, detached: true });
    return true;
  } catch {
    return false;
  }
}
