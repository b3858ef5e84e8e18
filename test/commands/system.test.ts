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

test('an output whose reader has gone away is quiet, and says so once', () => {
  const stream = new FakeStream();
  let gone = 0;
  const output = outputOf(stream, () => gone++);
  output.write('a');
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  output.write('b');
  expect(stream.written).toEqual(['a']);
  expect(gone).toBe(1);
  expect(output.isTTY).toBe(true);
});

test('any other error of an output is not hidden', () => {
  const stream = new FakeStream();
  outputOf(stream, () => {});
  expect(() => stream.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toThrow('no space');
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
