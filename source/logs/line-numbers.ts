/** Numbers of lines in their order, each once. Most come at one of the ends, and the smallest ones go first. */
export class LineNumbers {
  /** The smaller ones, backwards. */
  readonly #front: number[] = [];
  /** The larger ones. */
  #back: number[] = [];
  /** Of the larger ones: those before it have gone. */
  #gone = 0;

  get length(): number {
    return this.#front.length + this.#back.length - this.#gone;
  }

  at(index: number): number | undefined {
    if (index < 0) return undefined;
    const { length } = this.#front;
    return index < length ? this.#front[length - 1 - index] : this.#back[this.#gone + index - length];
  }

  /** Index of the number, or of the first one behind it. */
  indexOf(number: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.at(middle) as number) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  has(number: number): boolean {
    return this.at(this.indexOf(number)) === number;
  }

  add(number: number): void {
    const index = this.#isLast(number) ? this.length : this.indexOf(number);
    if (this.at(index) !== number) this.#splice(index, 0, number);
  }

  delete(number: number): void {
    const index = this.indexOf(number);
    if (this.at(index) === number) this.#splice(index, 1);
  }

  /** @returns those that have gone */
  dropBefore(first: number): readonly number[] {
    const count = this.indexOf(first);
    const gone = Array.from({ length: count }, (_, index) => this.at(index) as number);
    const ofFront = Math.min(count, this.#front.length);
    this.#front.length -= ofFront;
    this.#gone += count - ofFront;
    if (this.#gone > 10_000 && this.#gone > this.#back.length / 2) {
      this.#back = this.#back.slice(this.#gone);
      this.#gone = 0;
    }
    return gone;
  }

  #isLast(number: number): boolean {
    const last = this.at(this.length - 1);
    return last === undefined || last < number;
  }

  #splice(index: number, removed: number, ...added: readonly number[]): void {
    const { length } = this.#front;
    // What comes before all others is put in front of them; what there is nothing before begins behind.
    const isFront = index < length || (index === 0 && added.length > 0 && this.length > 0);
    if (isFront) this.#front.splice(length - index - removed, removed, ...added);
    else this.#back.splice(this.#gone + index - length, removed, ...added);
  }
}
