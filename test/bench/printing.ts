/** A measured program that prints JSON lines and is told what to do by lines. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Printing {
  next<T>(): Promise<T>;
  tell(): void;
  /** Closes its stdin and waits for its end. */
  end(): Promise<void>;
}

export function printing(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Printing {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async next<T>() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`${args.join(' ')} ended early`);
      return JSON.parse(line.value) as T;
    },
    tell: () => void child.stdin.write('go\n'),
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
