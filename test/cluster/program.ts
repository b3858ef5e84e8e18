/** The built program as a user runs it, in JSON, with its events as they come. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as sandbox from './on-sandbox.ts';

export interface Line {
  readonly v: number;
  readonly at: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

const launcher = fileURLToPath(new URL('../../bin/posthog-sealos.js', import.meta.url));

/** What leads a program to the cluster of the tests. */
export const here = sandbox.isSandbox ? { words: ['--sandbox'], env: sandbox.environment } : { words: [], env: {} };

export class Program {
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #stderr = '';
  readonly #wake: (() => void)[] = [];

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, stdin = '') {
    this.#child = spawn(process.execPath, [launcher, ...args, '-o', 'json', ...here.words], {
      env: { ...process.env, ...here.env, LANG: 'C.UTF-8', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdin?.end(stdin);
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#stderr += data.toString();
    });
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line);
      for (const wake of this.#wake.splice(0)) wake();
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        resolve(code ?? (signal === 'SIGKILL' ? 137 : 128));
        for (const wake of this.#wake.splice(0)) wake();
      });
    });
  }

  /** The exit code, once everything it wrote has been read. */
  get ended(): Promise<number> {
    return this.#ended;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The first line that fits, of those that came and those to come. Fails with what it said when it ends without one. */
  async until(fits: (line: Line) => boolean): Promise<Line> {
    for (let seen = 0; ; ) {
      for (; seen < this.lines.length; seen++) if (fits(this.lines[seen] as Line)) return this.lines[seen] as Line;
      if (!this.running) {
        await this.#ended;
        if (seen === this.lines.length) throw new Error(`it ended without that line:\n${this.#tail()}`);
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  of(type: string): Line[] {
    return this.lines.filter((line) => line.type === type);
  }

  #tail(): string {
    return `${this.lines
      .slice(-15)
      .map((line) => JSON.stringify(line))
      .join('\n')}\n${this.#stderr}`;
  }

  /** Fails, with what it said last, unless it ends with this code. */
  async endsWith(code: number): Promise<void> {
    const ended = await this.#ended;
    if (ended !== code) throw new Error(`it ended with ${ended} instead of ${code}:\n${this.#tail()}`);
  }
}

export const install = (...args: readonly string[]): Program => new Program(['install', '--yes', ...args]);
