/** The console while its cluster changes without a pause: how long a key takes, and what it writes when nothing is to be seen. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IPty, spawn } from '@lydell/node-pty';
import { changesPerSecond } from './changes.ts';
import { quantile, type Row } from './measure.ts';
import { loadOf, program, withSandbox } from './own-sandbox.ts';
import { type Place, placeOf } from './requests.ts';

const namespace = 'ns-sandbox1';
const pods = `/api/v1/namespaces/${namespace}/pods`;
/** Synchronized updates (DEC 2026) end with it: the whole frame is there. */
const frameEnd = '\x1b[?2026l';
const keyEveryMs = 100;
const latestMs = 50;
const busiestIdle = 1;
const growthAllowed = 1.2;

/** Home of a finished small install, for `seconds` in each state. */
export function measureConsoleUnderLoad(seconds: number): Promise<readonly Row[]> {
  return withSandbox(['--scenario', 'running', '--speed', '1'], async ({ env, kubeconfig }) => {
    const screen = new Home(join(kubeconfig, '../kubeconfig'), env);
    try {
      await screen.shows(/1\/1/);
      await sleep(2000);
      const idle = await screen.rest(seconds);
      const place = await placeOf(kubeconfig);
      const stop = new AbortController();
      const changing = changePods(place, stop.signal);
      await sleep(500);
      const busy = await screen.rest(seconds);
      // Until the heap is as large as it wants to be.
      const warm = await screen.press(seconds);
      const before = await screen.bytes();
      const keys = [...warm, ...(await screen.press(seconds))];
      const after = await screen.bytes();
      stop.abort();
      const changes = await changing;
      place.close();
      const p99 = quantile(keys, 0.99);
      return [
        {
          what: `console at rest for ${seconds} s: written, processor`,
          measured: `${idle.bytes} bytes, ${idle.cpu.toFixed(1)} % of a core`,
          budget: `0 bytes, <= ${busiestIdle} %`,
          ok: idle.bytes === 0 && idle.cpu <= busiestIdle,
        },
        {
          what: `console at rest for ${seconds} s while ${changesPerSecond} pods/s change unseen: written`,
          measured: `${busy.bytes} bytes, ${busy.cpu.toFixed(1)} % of a core`,
          budget: '0 bytes',
          ok: busy.bytes === 0,
        },
        {
          what: `key to frame, ${keys.length} keys while ${Math.round(changes / (3 * seconds + 0.5))} pods/s change`,
          measured: `p50 ${quantile(keys, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
          budget: `p99 <= ${latestMs} ms`,
          ok: p99 <= latestMs,
        },
        {
          what: `console's memory half-way through these keys, and after them`,
          measured: `${(before / 1e6).toFixed(0)} MB, then ${(after / 1e6).toFixed(0)} MB`,
          budget: `<= ${growthAllowed} x`,
          ok: after <= before * growthAllowed,
        },
      ];
    } finally {
      screen.end();
    }
  });
}

/** Changes what no screen shows of the install's own pods. @returns how many changes were acknowledged */
async function changePods(place: Place, signal: AbortSignal): Promise<number> {
  const list = JSON.parse((await place.send('GET', pods)).toString('utf8')) as {
    items: { metadata: { name: string } }[];
  };
  const names = list.items.map(({ metadata }) => metadata.name);
  const changing: Promise<unknown>[] = [];
  const started = performance.now();
  while (!signal.aborted) {
    const due = ((performance.now() - started) / 1000) * changesPerSecond;
    for (; changing.length < due; ) {
      const annotations = { 'bench/number': String(changing.length) };
      changing.push(
        place.send('PATCH', `${pods}/${names[changing.length % names.length]}`, { metadata: { annotations } }),
      );
    }
    await sleep(5);
  }
  return (await Promise.all(changing)).length;
}

class Home {
  readonly #pty: IPty;
  #written = '';
  #heard: () => void = () => {};

  constructor(kubeconfig: string, env: NodeJS.ProcessEnv) {
    this.#pty = spawn(process.execPath, [program, '--kubeconfig', kubeconfig], {
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
      this.#pty.write(times.length % 2 === 0 ? 'j' : 'k');
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
