import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLogBook } from '../../../source/sandbox/world/log-book.ts';

const directory = mkdtempSync(join(tmpdir(), 'logs-'));
afterAll(() => rmSync(directory, { recursive: true }));

const still = { now: () => 1_000 };
const mebibyte = 'x'.repeat(2 ** 20 - 1);

test('keeps the last 4 MiB of a run, and counts all of it', () => {
  const book = createLogBook(still);
  for (let line = 0; line < 40; line++) book.append('pod', 'main', 0, `${line} ${mebibyte}`);
  expect(book.count('pod', 'main', 0)).toBe(40);
  const kept = book.read('pod', 'main', 0, 0) ?? [];
  expect(kept.length).toBeLessThanOrEqual(4);
  expect(kept.at(-1)?.text.slice(0, 2)).toBe('39');
  expect(book.read('pod', 'main', 0, 39)).toHaveLength(1);
  expect(book.read('pod', 'main', 1, 0)).toBeUndefined();
});

test('no two lines of a log have the same time, and none an earlier one', () => {
  let now = 5;
  const book = createLogBook({ now: () => now });
  book.append('pod', 'main', 0, 'one\ntwo');
  now = 3;
  book.append('pod', 'main', 0, 'three');
  const times = (book.read('pod', 'main', 0, 0) ?? []).map(({ at, nanos }) => at * 1e6 + nanos);
  expect(times).toEqual([5e6, 5e6 + 1_000, 5e6 + 2_000]);
});

test('what cannot be written now is written later, and ends nobody', () => {
  const full = join(mkdtempSync(join(tmpdir(), 'full-')), 'full');
  writeFileSync(full, 'a file where the folder should be');
  const book = createLogBook(still, full);
  book.append('pod', 'main', 0, 'one');
  expect(() => book.flush()).not.toThrow();
  rmSync(full);
  book.append('pod', 'main', 0, 'two');
  book.flush();
  const again = createLogBook(still, full);
  expect(again.read('pod', 'main', 0, 0)?.map(({ text }) => text)).toEqual(['one', 'two']);
});

test('tells who listens, until they do not', () => {
  const book = createLogBook(still);
  let heard = 0;
  const stop = book.onLine('pod', 'main', 0, () => heard++);
  book.append('pod', 'main', 0, 'one');
  book.append('pod', 'main', 1, 'of another run');
  stop();
  book.append('pod', 'main', 0, 'two');
  expect(heard).toBe(1);
});

test('is read back by the next one, and forgotten with its pod', () => {
  const book = createLogBook(still, directory);
  book.append('pod', 'main', 0, 'one\n\ntwo');
  book.append('other', 'main', 0, 'stays');
  book.flush();
  const next = createLogBook(still, directory);
  next.append('pod', 'main', 0, 'three');
  expect(next.read('pod', 'main', 0, 0)?.map(({ text }) => text)).toEqual(['one', '', 'two', 'three']);
  next.forget('pod');
  next.flush();
  expect(readdirSync(directory)).toEqual(['other']);
  expect(createLogBook(still, directory).read('pod', 'main', 0, 0)).toBeUndefined();
});

test('keeps the run that is on and the one before', () => {
  const book = createLogBook(still, directory);
  for (let run = 0; run < 5; run++) {
    book.append('restarts', 'main', run, `run ${run}`);
    book.flush();
  }
  expect([0, 1, 2, 3, 4].map((run) => book.count('restarts', 'main', run))).toEqual([0, 0, 0, 1, 1]);
  expect(readdirSync(join(directory, 'restarts'))).toHaveLength(2);
});

test('its file does not grow for ever', () => {
  const book = createLogBook(still, directory);
  for (let line = 0; line < 100; line++) {
    book.append('big', 'main', 0, mebibyte);
    if (line % 5 === 0) book.flush();
  }
  book.flush();
  const { size } = statSync(join(directory, 'big', readdirSync(join(directory, 'big'))[0] ?? ''));
  expect(size).toBeLessThan(15 * 2 ** 20);
  book.forget('big');
});
