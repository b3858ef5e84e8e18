/** What somebody goes on asking. */
import { News } from '../observe/news.ts';

/** The latest answer, and when another one has come. */
export class Latest<T> {
  /** Resolves at the first answer that is whole, or when none will come. */
  readonly first: Promise<void>;
  #value: T | undefined;
  readonly #news = new News();

  /** @param answers whatever ends them, what they said last stays. @param isWhole of an answer; each is unless told */
  constructor(answers: AsyncIterable<T> | Iterable<T>, isWhole: (answer: T) => boolean = () => true) {
    const first = Promise.withResolvers<void>();
    this.first = first.promise;
    void this.#hear(answers, (answer) => isWhole(answer) && first.resolve())
      .catch(() => {})
      .finally(first.resolve);
  }

  /** Undefined before the first one. */
  read(): T | undefined {
    this.#news.read();
    return this.#value;
  }

  /** Resolves at the first answer that has not been read. */
  next(): Promise<void> {
    return this.#news.next();
  }

  async #hear(answers: AsyncIterable<T> | Iterable<T>, onAnswer: (answer: T) => void): Promise<void> {
    for await (const answer of answers) {
      this.#value = answer;
      onAnswer(answer);
      this.#news.tell();
    }
  }
}
