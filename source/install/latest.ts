/** What somebody goes on asking: the latest answer, and when another one has come. */
export class Latest<T> {
  /** Resolves at the first answer, or when none will come. */
  readonly first: Promise<void>;
  #value: T | undefined;
  #wake = Promise.withResolvers<void>();

  /** @param answers whatever ends them, what they said last stays. */
  constructor(answers: AsyncIterable<T> | Iterable<T>) {
    const first = Promise.withResolvers<void>();
    this.first = first.promise;
    void this.#hear(answers, first.resolve)
      .catch(() => {})
      .finally(first.resolve);
  }

  /** Undefined before the first one. */
  get value(): T | undefined {
    return this.#value;
  }

  /** Resolves at the next answer. */
  next(): Promise<void> {
    return this.#wake.promise;
  }

  async #hear(answers: AsyncIterable<T> | Iterable<T>, onFirst: () => void): Promise<void> {
    for await (this.#value of answers) {
      onFirst();
      this.#wake.resolve();
      this.#wake = Promise.withResolvers<void>();
    }
  }
}
