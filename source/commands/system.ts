/** The real outside: this process's streams, clock, randomness and host. */
import { hostname } from 'node:os';
import type { Clock, Context } from '../context.ts';
import type { Io, Output } from './session.ts';

/** A timer for longer would go off at once; nobody waits for 24 days. */
const longestTimer = 2 ** 31 - 1;

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const aborted = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
        Math.min(ms, longestTimer),
      );
      signal?.addEventListener('abort', aborted, { once: true });
    }),
};

export function systemContext(version: string): Context {
  return {
    env: process.env,
    clock: systemClock,
    randomBytes,
    random: Math.random,
    holder: { host: hostname(), pid: process.pid, alive },
    version,
  };
}

/** From the platform's own generator; the module node:crypto would cost every start 5 ms. */
function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** Whether a process of this host still runs. One of another user counts: it may not be signalled, but it is there. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What an output needs of a stream. */
interface Stream {
  readonly isTTY?: boolean;
  /** What waits to be passed on. */
  readonly writableLength?: number;
  write(text: string | Uint8Array, done?: () => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Quiet once it has failed (its reader has gone away, the disk is full), which `onFailed` is told. */
export function outputOf(stream: Stream, onFailed: (error: NodeJS.ErrnoException) => void): Output {
  let gone = false;
  stream.on('error', (error) => {
    if (!gone) onFailed(error);
    gone = true;
  });
  return {
    write(text) {
      if (!gone) stream.write(text);
      return gone || stream.writableLength === 0;
    },
    drained: () =>
      gone || stream.writableLength === 0 ? Promise.resolve() : new Promise((resolve) => stream.write('', resolve)),
    isTTY: stream.isTTY === true,
  };
}

/**
 * Streams are opened when they are first used: opening all of them would cost every start some milliseconds.
 * @param onFailed called when the output fails: whoever read it (`| head`) has gone away, or its disk is full.
 */
export function systemIo(onFailed: (error: NodeJS.ErrnoException) => void): Io & Pick<Output, 'drained'> {
  let stdout: Output | undefined;
  let stderr: Output | undefined;
  return {
    get stdout() {
      stdout ??= outputOf(process.stdout, onFailed);
      return stdout;
    },
    get stderr() {
      // Errors that nobody reads are no reason to stop.
      stderr ??= outputOf(process.stderr, () => {});
      return stderr;
    },
    drained: async () => {
      await stdout?.drained();
      await stderr?.drained();
    },
    get interactive() {
      return process.stdin.isTTY === true && process.stdout.isTTY === true && !process.env['CI'];
    },
    get terminal() {
      return this.interactive && process.env['TERM'] !== 'dumb'
        ? { stdin: process.stdin, stdout: process.stdout }
        : undefined;
    },
    readStdin,
    ask,
    env: process.env,
  };
}

async function readStdin(limit: number, signal: AbortSignal): Promise<string> {
  const { stdin } = process;
  const stop = () => stdin.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  const pieces: Buffer[] = [];
  try {
    for await (const piece of stdin as AsyncIterable<Buffer>) {
      pieces.push(piece);
      if (pieces.reduce((sum, { length }) => sum + length, 0) > limit) break;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return Buffer.concat(pieces).toString('utf8');
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  // The terminal keeps its own line editing, so that Ctrl-C stays the signal that it is everywhere else.
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => {
      lines.once('close', () => resolve(''));
    });
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}
