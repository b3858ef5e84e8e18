/**
 * Counts what vitest's JSON report says, for `.ci/run`: `node count-tests.ts REPORT` prints `passed failed skipped`, and
 * below it each failure by name, with what was wrong.
 */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The part of the report that is read. */
export interface Report {
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly status: string;
    /** Why the file failed outside of its tests. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each failure as `file: test`, with the first lines of its message below. */
  readonly failures: readonly string[];
}

/** Lines of a message that are told: a difference of texts takes a few. */
const messageLines = 12;

/** A file that could not be loaded has no tests in the report; it counts as one failure. */
export function countTests(report: Report): Counts {
  let passed = 0;
  let skipped = 0;
  const failures: string[] = [];
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((each) => each.status === 'failed');
    const ownPassed = assertionResults.filter((each) => each.status === 'passed').length;
    passed += ownPassed;
    skipped += assertionResults.length - ownPassed - failed.length;
    for (const { fullName, failureMessages } of failed) {
      failures.push(told(`${file}: ${fullName}`, failureMessages?.join('\n')));
    }
    if (status === 'failed' && failed.length === 0) failures.push(told(file, message));
  }
  return { passed, failed: failures.length, skipped, failures };
}

function told(title: string, message = ''): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return [title, ...lines.slice(0, messageLines).map((line) => `    ${line}`)].join('\n');
}

const [, script, file] = process.argv;
if (script === fileURLToPath(import.meta.url) && file !== undefined) {
  const { passed, failed, skipped, failures } = countTests(JSON.parse(await readFile(file, 'utf8')) as Report);
  process.stdout.write([`${passed} ${failed} ${skipped}`, ...failures, ''].join('\n'));
}
