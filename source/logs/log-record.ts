/** What has been read of all components, within one budget. */
import type { ComponentId } from '../stack/types.ts';
import { ComponentLog } from './record.ts';

export class LogRecord {
  readonly #logs = new Map<ComponentId, ComponentLog>();
  readonly #budgetBytes: number;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  of(component: ComponentId): ComponentLog {
    const known = this.#logs.get(component);
    if (known) return known;
    const made = new ComponentLog(component);
    this.#logs.set(component, made);
    return made;
  }

  /** Lets a component's lines go. */
  forget(component: ComponentId): void {
    this.#logs.delete(component);
  }

  get bytes(): number {
    return [...this.#logs.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Keeps the budget: whoever has the most loses its oldest, so that one that talks much cannot push out what another has
   * said once (Tilt's rule).
   */
  shrink(): void {
    for (let over = this.bytes - this.#budgetBytes; over > 0; ) {
      const [heaviest] = [...this.#logs.values()].sort((one, other) => other.bytes - one.bytes);
      const freed = heaviest?.dropOldest() ?? 0;
      if (freed === 0) return;
      over -= freed;
    }
  }
}
