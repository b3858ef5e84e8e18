/** What is kept of logs: how much of a core it takes to keep it, and how long a search over all of it. */

import { LogRecord } from '../../source/logs/log-record.ts';
import { Merge } from '../../source/logs/merge.ts';
import { LogSearch } from '../../source/logs/search.ts';
import { everything, Selection } from '../../source/logs/selection.ts';
import type { Run } from '../../source/logs/types.ts';
import type { Row } from './measure.ts';

const linesPerSecond = 20_000;
const linesAtOnce = 533;
const tickMs = 80;
const [firstMs, allMs] = [150, 1000];
const coreShare = 40;

/** Budgets of the logs' screen, for a million lines of three pods. */
export function measureRecord(lines: number): readonly Row[] {
  const record = new LogRecord(256 * 2 ** 20);
  const log = record.of('web');
  const selection = new Selection(log, everything);
  const merge = new Merge();
  const runs = ['a', 'b', 'c'].map(
    (pod): Run => ({ component: 'web', pod, container: 'web', kind: 'app', restart: 0 }),
  );
  for (const run of runs) merge.open(run);
  let busy = 0;
  const timed = (work: () => void) => {
    const started = performance.now();
    work();
    busy += performance.now() - started;
  };
  for (let tick = 0, written = 0; written < lines; tick += 1) {
    for (const run of runs) {
      const bytes = blockOf(tick, written);
      written += linesAtOnce;
      timed(() => merge.add(run, bytes, tick * tickMs));
    }
    timed(() => {
      for (const { run, bytes } of merge.take(tick * tickMs + 1000, 250)) if (bytes) log.add(run, bytes);
      record.shrink();
      selection.update(linesPerSecond);
    });
  }
  const share = (busy / log.end) * (linesPerSecond / 10);
  const search = new LogSearch('/projects/77"', log, selection);
  const started = performance.now();
  let first = Number.NaN;
  while (!search.isComplete) {
    const until = performance.now() + 8;
    search.update(() => performance.now() < until);
    if (search.count > 0 && Number.isNaN(first)) first = performance.now() - started;
  }
  const all = performance.now() - started;
  return [
    {
      what: `logs: merging and keeping ${linesPerSecond} lines/s of three pods`,
      measured: `${share.toFixed(1)} % of a core`,
      budget: `<= ${coreShare} % with the screen`,
      ok: share <= coreShare,
    },
    {
      what: `logs: search of ${(log.end / 1e6).toFixed(1)} M lines, in slices of 8 ms: first hit, all`,
      measured: `${first.toFixed(0)} ms, ${all.toFixed(0)} ms`,
      budget: `<= ${firstMs} ms, <= ${allMs} ms`,
      ok: first <= firstMs && all <= allMs,
    },
  ];
}

function blockOf(tick: number, from: number): Buffer {
  const second = String(tick % 60).padStart(2, '0');
  const line = (index: number) =>
    `2026-11-23T10:00:${second}.${String(index * 1000 + 100_000).padStart(9, '0')}Z {"event": "GET /api/projects/${(from + index) % 90}", "level": "info", "pid": 7, "ms": ${index}}\n`;
  return Buffer.from(Array.from({ length: linesAtOnce }, (_, index) => line(index)).join(''));
}
