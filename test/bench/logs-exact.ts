/**
 * Whether followed logs are whole when everything goes wrong, here and with the tools that people use: the same pods, the
 * same faults, each tool by itself. `node test/bench/logs-exact.ts SECONDS LINES_PER_SECOND [TOOL...]`; `--write` keeps the
 * table in test/bench/README.md. Needs a build. Ends with 1 when ours lost or doubled a line.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { hardWay } from '../support/hard-way.ts';
import { commandOf, cutNowAndThen, readWith, type Tool, type Tried, tableOf, tools } from '../support/log-readers.ts';
import { withTown } from './log-town.ts';

const pods = 12;

/** Follows the pods with one tool for so long. */
export function tryTool(tool: Tool, seconds: number, rate: number): Promise<Tried> {
  return withTown({ pods, rate, seconds }, async (town) => {
    const way = await hardWay(town.url);
    const kubeconfig = await town.kubeconfig(way.port);
    const env = { ...process.env, HOME: town.folder, XDG_STATE_HOME: town.folder };
    const reading = readWith(commandOf(tool, kubeconfig), env);
    const over = new AbortController();
    try {
      await sleep(2000);
      const cutting = cutNowAndThen(way, over.signal, seconds);
      const written = await town.write();
      const endedAfterS = reading.endedAfterS();
      await reading.settle(written);
      over.abort();
      await cutting;
      return { tool, ...reading.tally.against(written), endedAfterS };
    } finally {
      over.abort();
      await reading.end();
      await way.close();
    }
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();

async function main(): Promise<void> {
  const [seconds = 60, rate = 5000] = process.argv.slice(2, 4).map(Number);
  const chosen = tools.filter((tool) => process.argv.slice(4).includes(tool));
  const tried: Tried[] = [];
  for (const tool of chosen.length > 0 ? chosen : (['ours'] as const)) tried.push(await tryTool(tool, seconds, rate));
  const table = tableOf(tried);
  process.stdout.write(`${table.join('\n')}\n`);
  if (process.argv.includes('--write')) {
    const readme = new URL('./README.md', import.meta.url);
    const said = `${pods} pods, ${rate} lines/s each, for ${seconds} s.`;
    const block = ['<!-- begin:exact -->', said, '', ...table, '<!-- end:exact -->'].join('\n');
    const text = await readFile(readme, 'utf8');
    await writeFile(
      readme,
      text.replace(/<!-- begin:exact -->[\s\S]*<!-- end:exact -->/, () => block),
    );
  }
  const ours = tried.find(({ tool }) => tool === 'ours');
  process.exitCode = ours && ours.lost + ours.doubled + ours.disordered > 0 ? 1 : 0;
}
