/** The logs' screen while much is written: how long a key takes, what it uses, and how soon the first lines are there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Town, withTown } from './log-town.ts';
import { medians, quantile, type Row, ratioRow, timeProcess } from './measure.ts';
import { OnTerminal } from './on-terminal.ts';

const linesPerSecond = 20_000;
const parts = ['capture', 'ingestion', 'clickhouse', 'web', 'worker', 'plugins'] as const;
const wide = [160, 45] as const;
const keyEveryMs = 100;
const [latestMs, coreShare, firstLines] = [50, 40, 8];
/** So small that it is full before memory is looked at. */
const bufferMegabytes = 16;
const growthAllowed = 1.2;
const containers = 60;

/** A key, and what is seen of it when it has done its work, whatever else is drawn meanwhile. */
const keys: readonly (readonly [key: string, seen: RegExp])[] = [
  ['f', /Lines that fit/],
  ['\r', /zoom/],
  ['?', /Show all of the line/],
  ['\x1b', /zoom/],
  ['/', /Enter/],
  ['\x1b', /zoom/],
];

/** Budgets of the logs' screen. Needs a build. */
export async function measureLogsScreen(rounds: number, seconds: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const panes of [4, 6]) rows.push(...(await measurePanes(panes, seconds)));
  return [...rows, await measureFirstLines(rounds), await measureMany(seconds)];
}

/** The logs' screen of some parts while they write. */
export interface Panes {
  readonly screen: OnTerminal;
  /** Presses each key in turn. @returns how long each took to be seen, in milliseconds */
  press(seconds: number): Promise<readonly number[]>;
}

/** @param seconds how long the pods write */
export function withPanes<T>(panes: number, seconds: number, use: (panes: Panes) => Promise<T>): Promise<T> {
  const shown = parts.slice(0, panes);
  const rate = Math.ceil(linesPerSecond / panes);
  return withTown(
    { pods: panes, rate, seconds, parts: shown, isCalm: true },
    async ({ url, folder, kubeconfig, write }) => {
      const env = { ...process.env, HOME: folder, XDG_STATE_HOME: folder };
      const words = ['logs', ...shown, '--buffer', String(bufferMegabytes), '--kubeconfig', await kubeconfig(url.port)];
      const screen = new OnTerminal(words, env, wide);
      const writing = write();
      try {
        await screen.shows(/INFO/);
        await sleep(2000);
        return await use({
          screen,
          async press(forSeconds) {
            const times: number[] = [];
            for (const ending = performance.now() + forSeconds * 1000; performance.now() < ending; )
              for (const [key, seen] of keys) {
                times.push(await screen.answers(key, (written) => seen.test(written)));
                await sleep(keyEveryMs);
              }
            return times;
          },
        });
      } finally {
        screen.end();
        await writing;
      }
    },
  );
}

function measurePanes(panes: number, seconds: number): Promise<readonly Row[]> {
  // They write for longer than is measured.
  return withPanes(panes, 3 * seconds + 10, async ({ screen, press }) => {
    const { cpu } = await screen.rest(seconds);
    const times = await press(seconds);
    const before = await screen.load.bytes();
    await screen.rest(seconds);
    const after = await screen.load.bytes();
    const p99 = quantile(times, 0.99);
    const what = `logs screen: ${panes} panes, ${linesPerSecond} lines/s:`;
    return [
      {
        what: `${what} key to frame, ${times.length} keys`,
        measured: `p50 ${quantile(times, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
        budget: `p99 <= ${latestMs} ms`,
        ok: p99 <= latestMs,
      },
      {
        what: `${what} processor`,
        measured: `${cpu.toFixed(0)} % of a core`,
        budget: `<= ${coreShare} %`,
        ok: cpu <= coreShare,
      },
      {
        what: `${what} memory with a full buffer of ${bufferMegabytes} MB, and ${seconds} s later`,
        measured: `${(before / 1e6).toFixed(0)} MB, then ${(after / 1e6).toFixed(0)} MB`,
        budget: `<= ${growthAllowed} x`,
        ok: after <= before * growthAllowed,
      },
    ];
  });
}

/** Each of the pods has written before. */
function measureFirstLines(rounds: number): Promise<Row> {
  return withTown({ pods: 4, rate: 1000, seconds: 1, parts: parts.slice(0, 4), isCalm: true }, async (town) => {
    await town.write();
    const path = await town.kubeconfig(town.url.port);
    const env = { ...process.env, HOME: town.folder, XDG_STATE_HOME: town.folder };
    const times = await medians(rounds, {
      nothing: () => timeProcess(process.execPath, ['-e', '0']),
      lines: async () => {
        const screen = new OnTerminal(['logs', '--kubeconfig', path], env);
        try {
          return await screen.shows(/INFO/);
        } finally {
          screen.end();
        }
      },
    });
    return ratioRow('first lines of logs on the screen against `node -e 0`', times.lines, times.nothing, firstLines);
  });
}

/** All of them are followed at once when each has shown its own last line. */
function measureMany(seconds: number): Promise<Row> {
  const town: Town = { pods: containers, rate: 20, seconds, parts: ['web'], isCalm: true };
  return withTown(town, async ({ url, folder, kubeconfig, write }) => {
    const env = { ...process.env, HOME: folder, XDG_STATE_HOME: folder };
    const screen = new OnTerminal(['logs', 'web', '--kubeconfig', await kubeconfig(url.port)], env, wide);
    try {
      const ms = await screen.shows(new RegExp(`${containers} pods`));
      await write();
      return {
        what: `logs screen: ${containers} containers followed at once, from the program's start`,
        measured: `${(ms / 1000).toFixed(1)} s`,
        budget: 'all',
        ok: true,
      };
    } finally {
      screen.end();
    }
  });
}
