/** What a log complains of, out of lines as the components write them. */
import { expect, test } from 'vitest';
import { type LogErrors, logErrorsIn } from '../../source/logs/log-errors.ts';
import type { ComponentId } from '../../source/stack/types.ts';

const node = (level: string, msg: string, more: object = {}) => JSON.stringify({ level, time: 1, ...more, msg });
const stamped = (lines: readonly string[], from = 0) =>
  lines.map((line, index) => `2026-11-23T20:55:${String(from + index).padStart(2, '0')}.000000000Z ${line}\n`).join('');
const found = (component: ComponentId, ...lines: readonly string[]) =>
  logErrorsIn(component, [{ pod: 'p', container: component, text: stamped(lines) }]);

const refused = 'connect ECONNREFUSED 10.96.0.12:5432';
const django = (more: object) => JSON.stringify({ event: 'Task failed', level: 'error', logger: 'posthog', ...more });

test.each<readonly [string, ComponentId, readonly string[], LogErrors | undefined]>([
  ['nothing', 'ingestion', [], undefined],
  ['nothing grave', 'ingestion', [node('info', 'error rate is 0'), node('warn', 'slow')], undefined],
  [
    'one',
    'ingestion',
    [node('info', 'x'), node('error', `[MAIN] ${refused}`)],
    { count: 1, alike: 1, message: refused },
  ],
  ['worse than an error', 'ingestion', [node('fatal', 'gone')], { count: 1, alike: 1, message: 'gone' }],
  [
    'what comes most often is named, as it was said last',
    'ingestion',
    ['batch 1 failed', refused, 'batch 2 failed', 'batch 31 failed', 'once'].map((msg) => node('error', msg)),
    { count: 5, alike: 3, message: 'batch 31 failed' },
  ],
  [
    'of two that come as often, the later',
    'ingestion',
    ['one', 'other'].map((msg) => node('error', msg)),
    { count: 2, alike: 1, message: 'other' },
  ],
  [
    'with what was wrong, where that stands beside it',
    'ingestion',
    [node('error', 'Batch failed', { error: { code: 'X', message: refused } })],
    { count: 1, alike: 1, message: `Batch failed: ${refused}` },
  ],
  [
    'of a traceback in a field, its end',
    'worker',
    [django({ exception: 'Traceback (most recent call last):\n  File "x"\nValueError: no such team' })],
    { count: 1, alike: 1, message: 'Task failed: ValueError: no such team' },
  ],
  [
    'a traceback in lines is one record, told by its end',
    'worker',
    ['Traceback (most recent call last):', '  File "x", line 1', 'ValueError: no such team', '[INFO] next'],
    { count: 1, alike: 1, message: 'ValueError: no such team' },
  ],
  [
    'of a line that acts on a terminal, what it says',
    'web',
    ['[ERROR] \u001b[31mred\u001b[0m \u001b]2;title\u0007 end'],
    { count: 1, alike: 1, message: 'red \\x1b]2;title\\x07 end' },
  ],
  [
    'nothing secret',
    'ingestion',
    [node('error', 'no answer of postgres://posthog:hunter2@pg:5432/posthog')],
    { count: 1, alike: 1, message: 'no answer of postgres://posthog:(hidden)@pg:5432/posthog' },
  ],
])('%s', (_, component, lines, errors) => {
  expect(found(component, ...lines)).toEqual(errors);
});

test('the logs of several pods are one, in the order of time', () => {
  const log = (pod: string, from: number, ...messages: readonly string[]) => ({
    pod,
    container: 'ingestion',
    text: stamped(
      messages.map((msg) => node('error', msg)),
      from,
    ),
  });
  const logs = [log('a', 30, 'batch 9 failed'), log('b', 10, 'batch 4 failed', 'other')];
  expect(logErrorsIn('ingestion', logs)).toEqual({ count: 3, alike: 2, message: 'batch 9 failed' });
});

test('a last line that was cut says nothing', () => {
  const text = `${stamped([node('info', 'fine')])}2026-11-23T20:55:59Z {"level":"info","msg":"Exception handling is`;
  expect(logErrorsIn('ingestion', [{ pod: 'p', container: 'c', text }])).toBeUndefined();
});

test('a long message is told short, and no secret shows because it was cut', () => {
  const long = found('ingestion', node('error', `too long: ${'postgres://u:hunter2@h '.repeat(400)}`));
  expect(long?.message.length).toBe(120);
  expect(long?.message).not.toContain('hunter');
  const one = found('ingestion', node('error', `postgres://u:${'hunter2'.repeat(400)}@h`));
  expect(one).toEqual({ count: 1, alike: 1, message: '…' });
});
