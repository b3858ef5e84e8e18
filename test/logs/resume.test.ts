/** A stream that is cut anywhere, any number of times, gives every line once. */
import { describe, expect, test } from 'vitest';
import { secondsAt } from '../../source/logs/stamp.ts';
import { cutIn, Framing, longestLine } from '../../source/logs/tail/framing.ts';
import { Given } from '../../source/logs/tail/resume.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';

const stampOf = (ms: number, nanos = 0, zone = 'Z') =>
  `${new Date(ms).toISOString().slice(0, 19)}.${String((ms % 1000) * 1_000_000 + nanos).padStart(9, '0')}${zone}`;

interface Kind {
  /** Milliseconds from one line to the next. */
  readonly step: (random: () => number) => number;
  readonly text: (random: () => number, index: number) => string;
}

const kinds: Readonly<Record<string, Kind>> = {
  usual: { step: (random) => random() * 400, text: (_, index) => `line ${index}` },
  'equal times': { step: (random) => (random() < 0.9 ? 0 : 900), text: (_, index) => `line ${index}` },
  'equal lines': { step: (random) => (random() < 0.8 ? 0 : 500), text: () => 'again' },
  'a clock that goes back': { step: (random) => (random() < 0.97 ? 300 : -2000), text: (_, index) => `line ${index}` },
  'long pauses': { step: (random) => (random() < 0.7 ? 10 : 60_000), text: (_, index) => `line ${index}` },
  'characters of several bytes': {
    step: () => 50,
    text: (random, index) => `${'长日志'.repeat(random() * 5)}${index}`,
  },
};

function logOf({ step, text }: Kind, lines: number, random: () => number): readonly Buffer[] {
  let ms = Date.UTC(2026, 10, 23, 12);
  return Array.from({ length: lines }, (_, index) => {
    ms += Math.floor(step(random));
    return Buffer.from(`${stampOf(ms)} ${text(random, index)}\n`);
  });
}

/** What a server sends that takes whole seconds only and looks at each line's time. */
const since = (log: readonly Buffer[], seconds: number | undefined): Buffer =>
  Buffer.concat(seconds === undefined ? log : log.filter((line) => secondsAt(line, 0) >= seconds));

/**
 * Reads a log that grows and is cut at any byte, from its line `begin` on: the last lines were asked for, or those since a time.
 * @returns all that was given, and how often a line was missing
 */
function readCut(log: readonly Buffer[], random: () => number, begin: number, keptBytes?: number) {
  const given = new Given(keptBytes);
  const told: Buffer[] = [];
  let missing = 0;
  let written = begin;
  const give = (bytes: Buffer | undefined) => {
    if (!bytes || bytes.length === 0) return;
    told.push(bytes);
    given.add(bytes);
  };
  for (;;) {
    // What the server has by now, and how much of it comes before the connection is cut.
    written = Math.min(log.length, written + Math.floor(random() * 40));
    const stream = given.isEmpty ? Buffer.concat(log.slice(begin, written)) : since(log.slice(0, written), given.since);
    const isLast = written === log.length && random() < 0.3;
    const end = isLast ? stream.length : Math.floor(random() * (stream.length + 1));
    const framing = new Framing();
    let resume = given.isEmpty ? undefined : given.resume();
    for (let at = 0; at < end; ) {
      const size = 1 + Math.floor(random() * 300);
      const blocks = framing.add(stream.subarray(at, Math.min(end, at + size)));
      at += size;
      for (const lines of blocks) {
        if (!resume) {
          give(lines);
          continue;
        }
        const resumed = resume.add(lines);
        if (resumed.type === 'waiting') continue;
        resume = undefined;
        if (resumed.type === 'missing') missing += 1;
        give(resumed.bytes);
      }
    }
    if (!isLast) continue;
    // The server has nothing more to say.
    const resumed = resume?.conclude();
    if (resumed?.type === 'found') give(resumed.bytes);
    return { told: Buffer.concat(told).toString(), missing };
  }
}

describe('a log that is cut', () => {
  const each = Object.keys(kinds).flatMap((kind) => [undefined, 500].map((kept) => [kind, kept] as const));
  test.each(each)('%s: nothing is lost and nothing doubled (%s bytes are kept)', (kind, keptBytes) => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = numbersFrom(seed);
      const log = logOf(kinds[kind] as Kind, 300, random);
      // Lines that are the same in all, time too, cannot be told apart from those before them that nobody asked for.
      const begin = kind === 'equal lines' ? 0 : Math.floor(random() * 3) * 40;
      const { told, missing } = readCut(log, random, begin, keptBytes);
      expect(told, `seed ${seed}`).toBe(Buffer.concat(log.slice(begin)).toString());
      expect(missing).toBe(0);
    }
  });
});

test('a clock that went back by an hour among the lines that were given', () => {
  let lines = 0;
  const step = () => (++lines === 150 ? -3_600_000 : 100);
  const log = logOf({ step, text: (_, index) => `line ${index}` }, 300, numbersFrom(1));
  for (const until of [150, 151, 200, 299]) {
    const given = new Given();
    for (const line of log.slice(0, until)) given.add(line);
    const resume = given.resume();
    const resumed = since(log, given.since)
      .toString()
      .split(/(?<=\n)/)
      .map((line) => resume.add(Buffer.from(line)))
      .find(({ type }) => type !== 'waiting');
    expect(resumed).toEqual({ type: 'found', bytes: undefined });
  }
});

describe('a clock that was set back by a minute', () => {
  const base = Date.UTC(2026, 10, 23, 12);
  const line = (second: number, text: string) => Buffer.from(`${stampOf(base + second * 1000)} ${text}\n`);
  const before = [0, 1, 2, 3, 4].map((second) => line(second, 'before'));
  const after = [-60, -59, -58, -57].map((second) => line(second, 'after'));
  const next = line(-56, 'next');
  const later = line(5, 'later');
  const all = [...before, ...after];

  test.each<[string, readonly Buffer[], string, readonly Buffer[] | undefined]>([
    ['nothing yet', [], 'waiting', undefined],
    ['some of what was given before', all.slice(0, 2), 'waiting', undefined],
    ['all but the last line', all.slice(0, -1), 'waiting', undefined],
    ['all that was given', all, 'found', []],
    ['lines that are not known any more, and all', [line(-60, 'unknown'), ...all], 'found', []],
    ['only those', [line(-60, 'unknown')], 'waiting', undefined],
    ['a new line', [...all, next], 'found', [next]],
    ['what a rotation has left, and a new line', [...after.slice(-1), next], 'found', [next]],
    ['a new line after a rotation', [next], 'waiting', undefined],
    ['one that is later than all', [next, later], 'missing', [next, later]],
  ])('silence after %s', (_, lines, type, bytes) => {
    const given = new Given();
    for (const each of all) given.add(each);
    const resume = given.resume();
    let resumed = resume.add(Buffer.concat(lines));
    if (resumed.type === 'waiting') resumed = resume.decide();
    const told = 'bytes' in resumed ? (resumed.bytes ?? Buffer.alloc(0)).toString() : undefined;
    expect([resumed.type, told]).toEqual([type, bytes && Buffer.concat(bytes).toString()]);
  });
});

describe('a log that was rotated', () => {
  const random = numbersFrom(7);
  const log = logOf(kinds['usual'] as Kind, 100, random);
  const givenUntil = (lines: number) => {
    const given = new Given();
    for (const line of log.slice(0, lines)) given.add(line);
    return given;
  };

  test('behind the last line that was given: all that is there is new, and that it was rotated is known', () => {
    const resume = givenUntil(50).resume();
    expect(resume.add(Buffer.concat(log.slice(55)))).toEqual({
      type: 'missing',
      bytes: Buffer.concat(log.slice(55)),
    });
  });

  test('before it: what is there of what was given is not given again', () => {
    const given = givenUntil(50);
    const resumed = given.resume().add(Buffer.concat(log.slice(48)));
    expect(resumed).toEqual({ type: 'found', bytes: Buffer.concat(log.slice(50)) });
  });

  test('when only lines have come that were never asked for, nothing is decided', () => {
    const given = new Given();
    for (const line of log.slice(50, 53)) given.add(line);
    const resume = given.resume();
    expect(resume.add(Buffer.concat(log.slice(40, 50)))).toEqual({ type: 'waiting' });
    expect(resume.decide()).toEqual({ type: 'waiting' });
    expect(resume.add(Buffer.concat(log.slice(50, 60)))).toEqual({
      type: 'found',
      bytes: Buffer.concat(log.slice(53, 60)),
    });
  });

  test('when nothing new has come, nothing is decided', () => {
    const resume = givenUntil(50).resume();
    expect(resume.conclude()).toEqual({ type: 'waiting' });
  });
});

describe('lines out of pieces', () => {
  const pieces = (text: Buffer, random: () => number) => {
    const framing = new Framing();
    const whole: Buffer[] = [];
    for (let at = 0; at < text.length; ) {
      const size = 1 + Math.floor(random() * 700_000);
      whole.push(...framing.add(text.subarray(at, at + size)));
      at += size;
    }
    const end = framing.end();
    const lines = Buffer.concat(end ? [...whole, end] : whole);
    return { text: lines, cut: cutIn(lines) };
  };
  const long = (length: number) => Buffer.alloc(length, 120);
  const newline = Buffer.from('\n');

  test.each([1, 2, 3, 4, 5, 6])('a line that is too long is kept to its limit (seed %i)', (seed) => {
    const text = Buffer.concat([
      Buffer.from('first\n'),
      long(3 * longestLine),
      newline,
      Buffer.from('between\n'),
      long(longestLine + 1),
      newline,
      long(longestLine),
      newline,
      Buffer.from('last'),
    ]);
    const { text: kept, cut } = pieces(text, numbersFrom(seed));
    expect(
      kept
        .toString()
        .split('\n')
        .map((line) => line.length),
    ).toEqual([5, longestLine, 7, longestLine, longestLine, 4, 0]);
    // One that fills the limit might have been longer.
    expect(cut).toBe(3);
  });

  test('what has no end yet is forgotten when it will come again', () => {
    const framing = new Framing();
    expect(framing.add(Buffer.from('a\nb')).map(String)).toEqual(['a\n']);
    framing.drop();
    expect(framing.add(Buffer.from('c\n')).map(String)).toEqual(['c\n']);
    expect(framing.end()).toBeUndefined();
  });
});

test('what comes again is not over before its last line, however slowly it comes', () => {
  const line = (second: number) => Buffer.from(`2026-11-23T20:55:0${second}.000000000Z line ${second}\n`);
  const given = new Given();
  for (const second of [1, 2, 3]) given.add(line(second));
  const resume = given.resume();
  expect(resume.isComing).toBe(false);
  expect(resume.add(line(1)).type).toBe('waiting');
  expect(resume.isComing).toBe(true);
  resume.add(line(2));
  expect(resume.isComing).toBe(true);
  expect(resume.add(Buffer.concat([line(3), line(4)]))).toMatchObject({ type: 'found', bytes: line(4) });
  // Where the node has begun a new file, nothing of it comes.
  const rotated = given.resume();
  rotated.add(line(3));
  expect(rotated.isComing).toBe(false);
});
