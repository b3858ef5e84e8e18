import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { countTests } from '../../source/build/count-tests.ts';

const file = (status: string, ...statuses: string[]) => ({
  name: resolve('test/one.test.ts'),
  status,
  message: 'Cannot find module',
  assertionResults: statuses.map((each) => ({
    status: each,
    fullName: 'a thing is so',
    failureMessages: each === 'failed' ? [`expected 1\n\n${'    at somewhere\n'.repeat(20)}`] : [],
  })),
});

test.each([
  ['nothing', [], [0, 0, 0]],
  ['files that pass', [file('passed', 'passed', 'passed'), file('passed', 'passed')], [3, 0, 0]],
  ['a failed test', [file('failed', 'passed', 'failed')], [1, 1, 0]],
  ['tests left out in any way', [file('passed', 'passed', 'skipped', 'pending', 'todo')], [1, 0, 3]],
  ['a file that could not be loaded', [file('failed'), file('passed', 'passed')], [1, 1, 0]],
  ['a file that failed after its tests', [file('failed', 'passed')], [1, 1, 0]],
])('%s is counted', (_, testResults, [passed, failed, skipped]) => {
  expect(countTests({ testResults })).toMatchObject({ passed, failed, skipped });
});

test('a failure is named, with the beginning of what was wrong', () => {
  const [test, load] = countTests({ testResults: [file('failed', 'failed'), file('failed')] }).failures;
  expect(test?.split('\n').slice(0, 2)).toEqual(['test/one.test.ts: a thing is so', '    expected 1']);
  expect(test?.split('\n')).toHaveLength(13);
  expect(load).toBe('test/one.test.ts\n    Cannot find module');
});
