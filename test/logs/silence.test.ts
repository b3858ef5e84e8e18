/** A stream that is listened to while the end of its log is asked for. */
import { expect, onTestFinished, test } from 'vitest';
import { type Listening, listening } from '../../source/logs/tail/silence.ts';
import { TestClock } from '../support/test-clock.ts';

/** A stream of lines that are given as they come. */
function listeningTo(probe: Listening['probe']) {
  const clock = new TestClock();
  const stop = new AbortController();
  onTestFinished(() => stop.abort(new Error('over')));
  const given: string[] = [];
  let hear = (_: string) => {};
  async function* open(signal: AbortSignal) {
    for (;;)
      yield await new Promise<Buffer>((resolve, reject) => {
        hear = (line) => resolve(Buffer.from(line));
        signal.addEventListener('abort', () => reject(signal.reason));
      });
  }
  const isGiven = (line: Buffer) => given.at(-1) === line.toString();
  const read = async () => {
    const stream = listening(open, { clock, signal: stop.signal, probe, isGiven });
    for await (const piece of stream) given.push(piece.toString());
  };
  const over = read();
  over.catch(() => {});
  return { clock, given, over, hear: (line: string) => hear(line) };
}

test('what was written a moment ago may be on its way', async () => {
  const { clock, given, hear } = listeningTo(async function* () {
    yield Buffer.from('one\n');
  });
  await clock.pass(21_000);
  hear('one\n');
  await clock.pass(120_000);
  expect(given).toEqual(['one\n']);
  // It is listened to still.
  hear('two\n');
  await clock.pass(100);
  expect(given).toEqual(['one\n', 'two\n']);
});

test('what does not come is on no way', async () => {
  const { clock, over } = listeningTo(async function* () {
    yield Buffer.from('one\n');
  });
  await clock.pass(23_000);
  await expect(over).rejects.toMatchObject({ fault: 'timeout' });
});

test('who does not answer is asked again', async () => {
  let asked = 0;
  const { clock, over } = listeningTo(async function* (signal) {
    asked += 1;
    if (asked === 1) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    yield Buffer.from('one\n');
  });
  await clock.pass(60_000);
  expect(asked).toBe(2);
  await expect(over).rejects.toMatchObject({ fault: 'timeout' });
});
