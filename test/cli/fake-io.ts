/** The streams of a run, in memory. */
import type { Io } from '../../source/commands/session.ts';

export interface FakeIoOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a person sits there, on both streams. */
  readonly isTTY?: boolean;
  /** What they answer when asked. */
  readonly answer?: string;
}

export class FakeIo implements Io {
  readonly terminal = undefined;
  out = '';
  err = '';
  readonly asked: string[] = [];
  readonly stdout: Io['stdout'];
  readonly stderr: Io['stderr'];
  readonly interactive: boolean;
  readonly env: Io['env'];
  readonly #stdin: string;
  readonly #answer: string;

  constructor({ stdin = '', env = { LANG: 'en_US.UTF-8' }, isTTY = false, answer = '' }: FakeIoOptions = {}) {
    this.stdout = {
      write: (text) => {
        this.out += text;
      },
      drained: async () => {},
      isTTY,
    };
    this.stderr = {
      write: (text) => {
        this.err += text;
      },
      drained: async () => {},
      isTTY,
    };
    this.interactive = isTTY;
    this.env = env;
    this.#stdin = stdin;
    this.#answer = answer;
  }

  async readStdin(): Promise<string> {
    return this.#stdin;
  }

  async ask(question: string): Promise<string> {
    this.asked.push(question);
    return this.#answer;
  }
}
