/** Home on a terminal, as a bench sees it, and what changes the cluster below it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IPty, spawn } from '@lydell/node-pty';
import { changesPerSecond } from './changes.ts';
import { loadOf, type OwnSandbox, program } from './own-sandbox.ts';
import type { Place } from './requests.ts';

const namespace = 'ns-sandbox1';
const pods = `/api/v1/namespaces/${namespace}/pods`;
/** Synchronized updates (DEC 2026) end with it: the whole frame is there. */
const frameEnd = '\x1b[?2026l';
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
  readonly #pty: IPty;
  #written = '';
  #heard: () => void = () => {};

  #isBelow = false;

  /** Of a sandbox's user, whose kubeconfig lies beside the administrator's. */
  constructor({ kubeconfig, env }: Pick<OwnSandbox, 'kubeconfig' | 'env'>) {
    this.#pty = spawn(process.execPath, [program, '--kubeconfig', join(kubeconfig, '../kubeconfig')], {
      cols: 80,
      rows: 24,
      env: { ...env, LANG: 'en_US.UTF-8', TERM: 'xterm-256color' },
    });
    this.#pty.onData((data) => {
      // Where a terminal that is asked says that its cursor stands.
      if (data.includes('\x1b[6n')) this.#pty.write('\x1b[1;2R');
      this.#written += data;
      this.#heard();
    });
  }

  #until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = () => {
        if (isSo()) resolve();
      };
      this.#heard();
    });
  }

  shows(pattern: RegExp): Promise<void> {
    return this.#until(() => pattern.test(this.#written));
  }

  async rest(seconds: number): Promise<{ readonly bytes: number; readonly cpu: number }> {
    const load = loadOf(this.#pty.pid);
    this.#written = '';
    const before = await load.cpuMs();
    await sleep(seconds * 1000);
    return { bytes: Buffer.byteLength(this.#written), cpu: ((await load.cpuMs()) - before) / seconds / 10 };
  }

  bytes(): Promise<number> {
    return loadOf(this.#pty.pid).bytes();
  }

  /** @returns milliseconds from each key to the end of its frame */
  async press(seconds: number): Promise<readonly number[]> {
    const times: number[] = [];
    for (const ending = performance.now() + seconds * 1000; performance.now() < ending; ) {
      this.#written = '';
      const pressed = performance.now();
      this.#pty.write(this.#isBelow ? 'k' : 'j');
      this.#isBelow = !this.#isBelow;
      await this.#until(() => this.#written.includes(frameEnd));
      times.push(performance.now() - pressed);
      await sleep(keyEveryMs);
    }
    return times;
  }

  end(): void {
    this.#pty.kill('SIGKILL');
  }
}
