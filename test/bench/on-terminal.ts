/** The program on a terminal, as a bench sees it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type IPty, spawn } from '@lydell/node-pty';
import { type Load, loadOf, program } from './own-sandbox.ts';

/** Synchronized updates (DEC 2026) end with it: the whole frame is there. */
const frameEnd = '\x1b[?2026l';

export class OnTerminal {
  readonly load: Load;
  readonly #pty: IPty;
  readonly #started = performance.now();
  #written = '';
  #heard: () => void = () => {};

  constructor(words: readonly string[], env: NodeJS.ProcessEnv, [columns, rows]: readonly [number, number] = [80, 24]) {
    this.#pty = spawn(process.execPath, [program, ...words], {
      cols: columns,
      rows,
      env: { ...env, LANG: 'en_US.UTF-8', TERM: 'xterm-256color' },
    });
    this.load = loadOf(this.#pty.pid);
    this.#pty.onData((data) => {
      // Where a terminal that is asked says that its cursor stands.
      if (data.includes('\x1b[6n')) this.#pty.write('\x1b[1;2R');
      this.#written += data;
      this.#heard();
    });
  }

  #until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = () => {
        if (isSo()) resolve();
      };
      this.#heard();
    });
  }

  /** @returns milliseconds from the program's start until it is written */
  async shows(pattern: RegExp): Promise<number> {
    await this.#until(() => pattern.test(this.#written));
    return performance.now() - this.#started;
  }

  type(key: string): void {
    this.#pty.write(key);
  }

  /** @returns milliseconds from the key until that is written, and the frame that it is in ended */
  async answers(key: string, isShown: (written: string) => boolean = () => true): Promise<number> {
    this.#written = '';
    const pressed = performance.now();
    this.#pty.write(key);
    await this.#until(() => this.#written.includes(frameEnd) && isShown(this.#written));
    return performance.now() - pressed;
  }

  /** What it writes and uses of a core, in percent, while nobody does anything. */
  async rest(seconds: number): Promise<{ readonly bytes: number; readonly cpu: number }> {
    this.#written = '';
    const before = await this.load.cpuMs();
    await sleep(seconds * 1000);
    return { bytes: Buffer.byteLength(this.#written), cpu: ((await this.load.cpuMs()) - before) / seconds / 10 };
  }

  end(): void {
    this.#pty.kill('SIGKILL');
  }
}
