import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { outputOf, systemClock } from '../../source/commands/system.ts';

class FakeStream extends EventEmitter {
  readonly written: string[] = [];
  readonly isTTY = true;
  write(text: string): void {
    this.written.push(text);
  }
}

test.each(['EPIPE', 'ENOSPC'])('an output that fails with %s is quiet from then on, and says so once', (code) => {
  const stream = new FakeStream();
  const failures: unknown[] = [];
  const output = outputOf(stream, (error) => failures.push(error.code));
  output.write('a');
  for (let time = 0; time < 2; time++) stream.emit('error', Object.assign(new Error(`write ${code}`), { code }));
  output.write('b');
  expect(stream.written).toEqual(['a']);
  expect(failures).toEqual([code]);
  expect(output.isTTY).toBe(true);
});

test('a sleep ends with its signal, and one of 25 days does not end at once', async () => {
  const interrupt = new AbortController();
  const sleeping = systemClock.sleep(2 ** 31 + 1, interrupt.signal);
  const first = await Promise.race([sleeping.then(() => 'woke'), systemClock.sleep(20).then(() => 'still asleep')]);
  expect(first).toBe('still asleep');
  interrupt.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
  await expect(systemClock.sleep(1, interrupt.signal)).rejects.toThrow('enough');
});
