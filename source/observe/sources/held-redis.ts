/** One connection to Redis, held from question to question and opened anew when it broke. */
import type { Duplex } from 'node:stream';
import { encode, parseReplies, type Reply } from './resp.ts';

/** Nothing that is asked has a longer answer. */
const answerLimit = 2 ** 20;

type Commands = readonly (readonly string[])[];

export class HeldRedis {
  readonly #open: (signal: AbortSignal) => Promise<Duplex>;
  #stream: Duplex | undefined;

  /** @param open a connection on which nobody has said a password yet */
  constructor(open: (signal: AbortSignal) => Promise<Duplex>) {
    this.#open = open;
  }

  get isOpen(): boolean {
    return this.#stream !== undefined;
  }

  /**
   * One reply a command, in order; a refused command is an Error among them. One question at a time.
   * @throws what opening throws, what broke the connection, and the signal's reason: the next question opens another.
   */
  async ask(commands: Commands, signal: AbortSignal): Promise<readonly Reply[]> {
    const stream = this.#stream ?? this.#keep(await this.#open(signal));
    const { promise, resolve, reject } = Promise.withResolvers<readonly Reply[]>();
    let received = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      try {
        const replies = parseReplies(received, commands.length);
        if (replies) resolve(replies);
        else if (received.length > answerLimit) reject(new Error('redis: EPROTO'));
      } catch (error) {
        reject(error);
      }
    };
    const onEnd = () => reject(new Error('redis: ECONNRESET'));
    const onAbort = () => reject(signal.reason);
    stream.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', reject);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      stream.write(commands.map(encode).join(''));
      return await promise;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      stream.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', reject);
    }
  }

  close(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  #keep(stream: Duplex): Duplex {
    const forget = () => {
      if (this.#stream === stream) this.#stream = undefined;
    };
    // Nobody else may be listening when it breaks between two questions.
    stream
      .once('close', forget)
      .on('error', forget)
      .once('end', () => stream.destroy());
    // Flows on without a reader, or its end would never be noticed.
    stream.resume();
    this.#stream = stream;
    return stream;
  }
}
