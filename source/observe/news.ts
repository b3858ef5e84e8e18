/** Whether there is something that nobody has looked at: what comes while nobody waits is not missed. */
export class News {
  #isRead = true;
  #wake = Promise.withResolvers<void>();

  /** Something has come. */
  tell(): void {
    this.#isRead = false;
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** All that has come by now is looked at. */
  read(): void {
    this.#isRead = true;
  }

  get isRead(): boolean {
    return this.#isRead;
  }

  /** Resolves when there is something that has not been read. */
  next(): Promise<void> {
    return this.#isRead ? this.#wake.promise : Promise.resolve();
  }
}
