/** Home on a terminal, as a bench sees it, and what changes the cluster below it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changesPerSecond } from './changes.ts';
import { OnTerminal } from './on-terminal.ts';
import type { OwnSandbox } from './own-sandbox.ts';
import type { Place } from './requests.ts';

const namespace = 'ns-sandbox1';
const pods = `/api/v1/namespaces/${namespace}/pods`;
const keyEveryMs = 100;

/** Changes what no screen shows of the install's own pods. @returns how many changes were acknowledged */
export async function changePods(
  place: Place,
  signal: AbortSignal,
  perSecond: number = changesPerSecond,
): Promise<number> {
  const list = JSON.parse((await place.send('GET', pods)).toString('utf8')) as {
    items: { metadata: { name: string } }[];
  };
  const names = list.items.map(({ metadata }) => metadata.name);
  let made = 0;
  let last: Promise<unknown> = Promise.resolve();
  const started = performance.now();
  while (!signal.aborted) {
    const due = ((performance.now() - started) / 1000) * perSecond;
    for (; made < due; made += 1) {
      const annotations = { 'bench/number': String(made) };
      const change = place.send('PATCH', `${pods}/${names[made % names.length]}`, { metadata: { annotations } });
      last = Promise.all([last, change]);
    }
    await sleep(5);
  }
  await last;
  return made;
}

/** The console of a finished install on a terminal. */
export class Home {
  readonly #terminal: OnTerminal;
  #isBelow = false;

  /** Of a sandbox's user, whose kubeconfig lies beside the administrator's. */
  constructor({ kubeconfig, env }: Pick<OwnSandbox, 'kubeconfig' | 'env'>) {
    this.#terminal = new OnTerminal(['--kubeconfig', join(kubeconfig, '../kubeconfig')], env);
  }

  shows(pattern: RegExp): Promise<number> {
    return this.#terminal.shows(pattern);
  }

  rest(seconds: number): Promise<{ readonly bytes: number; readonly cpu: number }> {
    return this.#terminal.rest(seconds);
  }

  type(key: string): void {
    this.#terminal.type(key);
  }

  bytes(): Promise<number> {
    return this.#terminal.load.bytes();
  }

  /** @returns milliseconds from each key to the end of its frame */
  async press(seconds: number): Promise<readonly number[]> {
    const times: number[] = [];
    for (const ending = performance.now() + seconds * 1000; performance.now() < ending; ) {
      times.push(await this.#terminal.answers(this.#isBelow ? 'k' : 'j'));
      this.#isBelow = !this.#isBelow;
      await sleep(keyEveryMs);
    }
    return times;
  }

  end(): void {
    this.#terminal.end();
  }
}
