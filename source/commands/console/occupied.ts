/** What the console needs of terminal and process for as long as it is there, and gives back when it goes. */
import type { Terminal } from '../../console/start.tsx';
import { withoutWrap, withWrap } from './terminal.ts';

export interface Occupied {
  /** Rejects with what went wrong where nobody waited for it. */
  readonly crashed: Promise<never>;
  /** Stops the program as the shell's Ctrl-Z does it; resolves after `fg`. */
  suspend(): Promise<void>;
  free(): void;
}

const crashes = ['uncaughtException', 'unhandledRejection'] as const;

/** @param lend gives the terminal away for as long as something else takes */
export function occupy(terminal: Terminal, lend: (run: () => Promise<void>) => Promise<void>): Occupied {
  const { stdout } = terminal;
  const suspend = async () => {
    process.off('SIGTSTP', suspend);
    await lend(() => stopped(terminal));
    process.on('SIGTSTP', suspend);
    // Who is stopped does not hear of another size.
    process.emit('SIGWINCH', 'SIGWINCH');
  };
  process.on('SIGTSTP', suspend);
  let crash: (error: unknown) => void = () => {};
  const crashed = new Promise<never>((_, reject) => {
    crash = reject;
  });
  // Whoever races for it gets the error; nobody has to.
  crashed.catch(() => {});
  for (const each of crashes) process.on(each, crash);
  const stopEnding = endPastes(terminal);
  // The window's title; the one it had comes back.
  stdout.write(`\x1b[22;2t\x1b]2;posthog-sealos\x07${withoutWrap}`);
  return {
    crashed,
    suspend,
    free() {
      stdout.write(`\x1b[23;2t${withWrap}`);
      stopEnding();
      for (const each of crashes) process.off(each, crash);
      process.off('SIGTSTP', suspend);
    },
  };
}

/** Stops the whole group, so that the npm that started this stops with it and the shell notices; resolves after `fg`. */
async function stopped({ stdout }: Terminal): Promise<void> {
  stdout.write(withWrap);
  await new Promise<void>((resolve) => {
    process.once('SIGCONT', () => resolve());
    process.kill(0, 'SIGTSTP');
  });
  stdout.write(withoutWrap);
}

/** How long the end of a paste may keep us waiting, in milliseconds. */
const pasteMs = 1_000;
const [begins, ends] = ['\x1b[200~', '\x1b[201~'];

/** Ends pastes whose end never comes, because a connection was cut: all keys would be part of them for ever. */
function endPastes({ stdin }: Terminal): () => void {
  let tail = '';
  let isOpen = false;
  let timer: NodeJS.Timeout | undefined;
  const listen = (data: Buffer | string) => {
    clearTimeout(timer);
    const heard = tail + data.toString('latin1');
    const [begun, ended] = [heard.lastIndexOf(begins), heard.lastIndexOf(ends)];
    if (begun >= 0 || ended >= 0) isOpen = begun > ended;
    // A mark may come in two pieces.
    tail = heard.slice(1 - ends.length);
    if (isOpen) timer = setTimeout(() => stdin.unshift(ends), pasteMs);
  };
  stdin.on('data', listen);
  return () => {
    clearTimeout(timer);
    stdin.off('data', listen);
  };
}
