/** The real outside: this process's streams, clock, randomness and host. */
import { hostname } from 'node:os';
import type { Clock, Context } from '../context.ts';
import type { Io, Output } from './session.ts';

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
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      }, ms);
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

export function systemIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  const output = (stream: NodeJS.WriteStream): Output => {
    // A reader that has gone away is no error of ours: nobody is left to be told.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
    return { write: (text) => void stream.write(text), isTTY: stream.isTTY === true };
  };
  return {
    stdout: output(stdout),
    stderr: output(stderr),
    interactive: stdin.isTTY === true && stdout.isTTY === true && !env['CI'],
    async readStdin() {
      const pieces: Buffer[] = [];
      for await (const piece of stdin as AsyncIterable<Buffer>) pieces.push(piece);
      return Buffer.concat(pieces).toString('utf8');
    },
    async ask(question, signal) {
      const { createInterface } = await import('node:readline/promises');
      const terminal = createInterface({ input: stdin, output: stdout });
      try {
        return await terminal.question(question, { signal });
      } finally {
        terminal.close();
      }
    },
    env,
  };
}
