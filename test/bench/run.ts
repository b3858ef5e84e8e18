/**
 * `npm run bench`: measures what DESIGN section 10 has budgets for, as ratios within this run. `--write` keeps the
 * result in test/bench/README.md, `--quick` takes a tenth of the time. Ends with 1 when a budget is exceeded.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { measureApply } from './apply.ts';
import { withPrograms } from './bundled.ts';
import { measureConsole } from './console.ts';
import { measureConsoleUnderLoad } from './console-load.ts';
import { measureCrowd, measurePicture } from './crowd.ts';
import { measureLogs } from './logs.ts';
import { measureLogsScreen } from './logs-screen.ts';
import type { Row } from './measure.ts';
import { measurePackage } from './package.ts';
import { measureRecord } from './record.ts';
import { measureSandboxIdle, measureSandboxInstall, measureSandboxList, measureSandboxStart } from './sandbox.ts';
import { measureSandboxChanges, measureSandboxLogs } from './sandbox-load.ts';
import { measureStart } from './start.ts';
import { measureBusyNamespace, measureReadiness } from './watch.ts';

const readme = new URL('./README.md', import.meta.url);
const run = promisify(execFile);
const quick = process.argv.includes('--quick');
const kubectl = process.env['KUBECTL'] ?? 'kubectl';

await run('npm', ['run', '--silent', 'build']);
const rows: Row[] = [];
const add = (more: readonly Row[]): void => {
  rows.push(...more);
  for (const row of more)
    process.stdout.write(`${row.ok ? 'ok  ' : 'OVER'}  ${row.what}: ${row.measured}  (${row.budget})\n`);
};
add(await measureStart(quick ? 3 : 21));
add(await measureConsole(quick ? 3 : 11));
add(await measureConsoleUnderLoad(quick ? 5 : 30));
add(await measurePicture(quick ? 50 : 500));
add(await measureCrowd(quick ? 3 : 11, quick ? 5 : 30));
add(await measureLogs(kubectl, quick ? 1 : 7, quick ? 400_000 : 6_000_000));
add(await measureLogsScreen(quick ? 3 : 11, quick ? 5 : 30));
add(measureRecord(quick ? 100_000 : 1_000_000));
await withPrograms(async (programs) => {
  add(await measureApply(programs, kubectl, quick ? 2 : 9));
  add(await measureReadiness(programs, quick ? 5 : 50));
  add(await measureBusyNamespace(programs, quick ? 6 : 60));
  add(await measureSandboxList(programs, quick ? 5 : 51));
  add(await measureSandboxLogs(programs, quick ? 3 : 30));
});
add(await measureSandboxStart(quick ? 3 : 21));
add(await measureSandboxChanges(quick ? 6 : 60));
add(await measureSandboxInstall(quick ? 1 : 5));
add(await measureSandboxIdle(quick ? 6 : 60));
add(await measurePackage());

if (process.argv.includes('--write')) {
  const text = await readFile(readme, 'utf8');
  const table = [
    '| what | measured | budget | |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.what} | ${row.measured} | ${row.budget} | ${row.ok ? 'ok' : 'over'} |`),
  ];
  const block = ['<!-- begin:result -->', await machine(), '', ...table, '<!-- end:result -->'].join('\n');
  await writeFile(
    readme,
    text.replace(/<!-- begin:result -->[\s\S]*<!-- end:result -->/, () => block),
  );
}
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;

async function machine(): Promise<string> {
  const [cpu] = cpus();
  const { stdout } = await run(kubectl, ['version', '--client', '-o', 'json']);
  const client = (JSON.parse(stdout) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion;
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `Measured on ${cpus().length} x ${cpu?.model.trim() ?? 'CPU'}, ${memory}, ${platform()} ${release()} ${arch()}, Node ${process.versions.node}, kubectl ${client}.`;
}
