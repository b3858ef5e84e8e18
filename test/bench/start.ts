/** How long the program takes to answer what needs no cluster, against a Node that does nothing. */
import { join } from 'node:path';
import { root } from '../../source/build/paths.ts';
import { medians, type Row, ratioRow, timeProcess } from './measure.ts';

/** Budgets of DESIGN section 10. Needs a build. */
export async function measureStart(rounds: number): Promise<readonly Row[]> {
  const program = join(root, 'bin/posthog-sealos.js');
  const run = (...args: string[]) => timeProcess(process.execPath, [program, ...args]);
  const times = await medians(rounds, {
    nothing: () => timeProcess(process.execPath, ['-e', '0']),
    version: () => run('--version'),
    help: () => run('--help'),
    render: () => run('render', '--host', 'posthog.example.com', '-n', 'ns-bench'),
  });
  return [
    ratioRow('`--version` against `node -e 0`', times.version, times.nothing, 1.3),
    ratioRow('`--help` against `node -e 0`', times.help, times.nothing, 1.6),
    ratioRow('`render` against `node -e 0`', times.render, times.nothing, 4),
  ];
}
