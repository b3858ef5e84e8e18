import { expect, test } from 'vitest';
import { countTests } from '../../source/build/count-tests.ts';

const file = (status: string, ...statuses: string[]) => ({
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});

test.each([
  ['nothing', [], [0, 0, 0]],
  ['files that pass', [file('passed', 'passed', 'passed'), file('passed', 'passed')], [3, 0, 0]],
  ['a failed test', [file('failed', 'passed', 'failed')], [1, 1, 0]],
  ['tests left out in any way', [file('passed', 'passed', 'skipped', 'pending', 'todo')], [1, 0, 3]],
  ['a file that could not be loaded', [file('failed'), file('passed', 'passed')], [1, 1, 0]],
  ['a file that failed after its tests', [file('failed', 'passed')], [1, 1, 0]],
])('%s is counted', (_, testResults, [passed, failed, skipped]) => {
  expect(countTests({ testResults })).toEqual({ passed, failed, skipped });
});
