/** Counts what vitest's JSON report says, for `.ci/run`: `node count-tests.ts REPORT` prints `passed failed skipped`. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The part of the report that is read. */
export interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A file that could not be loaded has no tests in the report; it counts as one failure. */
export function countTests(report: Report): Counts {
  const statuses = report.testResults.flatMap(({ status, assertionResults }) => {
    const own = assertionResults.map((each) => each.status);
    return status === 'failed' && !own.includes('failed') ? [...own, 'failed'] : own;
  });
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  return { passed, failed, skipped: statuses.length - passed - failed };
}

const [, script, file] = process.argv;
if (script === fileURLToPath(import.meta.url) && file !== undefined) {
  const { passed, failed, skipped } = countTests(JSON.parse(await readFile(file, 'utf8')) as Report);
  process.stdout.write(`${passed} ${failed} ${skipped}\n`);
}
