/** Lines that are chosen, with those that belong to them: as on the screen, in their order, none lost and none late. */
import { describe, expect, test } from 'vitest';
import { Chosen } from '../../source/commands/logs/chosen.ts';
import { Continuations } from '../../source/logs/continuation.ts';
import { Fit, type Wanted } from '../../source/logs/fits.ts';
import type { Level } from '../../source/logs/formats.ts';
import { SlowPattern } from '../../source/logs/guarded.ts';
import type { Run } from '../../source/logs/types.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';

const runOf = (pod: string): Run => ({ component: 'web', pod, container: 'web', kind: 'app', restart: 0 });
const [a, b] = [runOf('a'), runOf('b')];
const levelIn = (text: string): Level => (text.includes('ERROR') ? 'error' : 'info');
const grep = (...only: readonly RegExp[]): Wanted => ({ only, not: [], level: undefined });
const without = (...not: readonly RegExp[]): Wanted => ({ only: [], not, level: undefined });

interface Line {
  readonly text: string;
  readonly parsed: { readonly level: Level };
}

function choosing(wanted: Wanted, isPatient = false) {
  let written: string[] = [];
  let now = 0;
  const chosen = new Chosen<Line>({
    wanted,
    isPatient,
    write: ({ pod }, { text }) => void written.push(`${pod} ${text}`),
    lost: ({ pod }, lines) => void written.push(`${pod} (${lines} lost)`),
    between: (text) => void written.push(text),
  });
  return {
    chosen,
    add: (run: Run, ...texts: readonly string[]) =>
      chosen.add(
        run,
        Buffer.from(texts.map((text) => `${text}\n`).join('')),
        texts.map((text) => ({ text, parsed: { level: levelIn(text) } })),
        now,
      ),
    /** Whoever did not look for a while. */
    later(ms: number): void {
      now += ms;
    },
    /** What has been written since it was asked the last time. */
    at(when: number): readonly string[] {
      now = when;
      chosen.flush(now);
      const own = written;
      written = [];
      return own;
    },
    ended(): readonly string[] {
      chosen.end();
      return written;
    },
  };
}

const trace = ['Traceback (most recent call last):', '  File "x.py", line 3', 'KeyError: 5'];
const of = (run: Run, ...texts: readonly string[]) => texts.map((text) => `${run.pod} ${text}`);

describe('lines that belong together', () => {
  test('are written whole where the last of them fits', () => {
    const { add, ended } = choosing(grep(/KeyError/));
    add(a, 'before', ...trace, 'after', '  more of it');
    expect(ended()).toEqual(of(a, ...trace));
  });

  test('are left out whole where one of them has what must not be there', () => {
    const { add, ended } = choosing(without(/KeyError/));
    add(a, 'before', ...trace, 'after', '  more of it');
    expect(ended()).toEqual(of(a, 'before', 'after', '  more of it'));
  });

  test('are as grave as the gravest of them', () => {
    const { add, ended } = choosing({ ...grep(), level: 'error' });
    add(a, 'one', '  an ERROR', 'two', '  nothing');
    expect(ended()).toEqual(of(a, 'one', '  an ERROR'));
  });

  test('are those of one run, whatever others write meanwhile, and all keep their order', () => {
    const { add, ended } = choosing(grep(/KeyError/, /other/));
    add(a, trace[0] as string);
    add(b, 'other 1', 'no');
    add(a, trace[1] as string);
    add(b, '  of no', 'other 2');
    add(a, trace[2] as string);
    expect(ended()).toEqual([
      'a Traceback (most recent call last):',
      'b other 1',
      'a   File "x.py", line 3',
      'b other 2',
      'a KeyError: 5',
    ]);
  });

  test('end at a mark: nothing continues what was before it', () => {
    const { chosen, add, ended } = choosing(grep(/of the next/));
    add(a, 'one');
    chosen.mark(a, '-- ended --');
    add(a, '  of the next');
    expect(ended()).toEqual(['-- ended --', 'a   of the next']);
  });

  test('begin with what there is of them', () => {
    const { add, ended } = choosing(grep(/two/));
    add(a, '  one', '  two', 'three');
    expect(ended()).toEqual(of(a, '  one', '  two'));
  });
});

describe('while more comes', () => {
  test('what fits is written at once', () => {
    const { add, at } = choosing(grep(/fits/));
    add(a, 'not', 'fits');
    expect(at(0)).toEqual(of(a, 'fits'));
    add(a, '  with it');
    expect(at(1)).toEqual(of(a, '  with it'));
    add(a, 'not', 'fits, too');
    expect(at(2)).toEqual(of(a, 'fits, too'));
  });

  test('what may still be left out waits for the next line, or for a moment', () => {
    const { add, at } = choosing(without(/bad/));
    add(a, 'one');
    expect(at(0)).toEqual([]);
    add(a, 'two');
    expect(at(100)).toEqual(of(a, 'one'));
    expect(at(349)).toEqual([]);
    expect(at(350)).toEqual(of(a, 'two'));
    add(a, '  with two');
    expect(at(400)).toEqual(of(a, '  with two'));
    // Nobody can take back what has been written, but what must not be there does not come.
    add(a, '  bad', '  and what comes behind it', 'three', 'four');
    expect(at(500)).toEqual(of(a, 'three'));
  });

  test('what comes late, too, brings its beginning with it', () => {
    const { add, at, ended } = choosing(grep(/KeyError/, /other/));
    add(a, trace[0] as string);
    add(b, 'other 1', 'other 2');
    expect(at(0)).toEqual([]);
    expect(at(250)).toEqual(of(b, 'other 1', 'other 2'));
    add(a, trace[1] as string);
    add(b, 'other 3');
    expect(at(300)).toEqual([]);
    add(a, trace[2] as string);
    expect(at(400)).toEqual([...of(a, trace[0] as string, trace[1] as string), 'b other 3', 'a KeyError: 5']);
    add(a, 'next', 'KeyError: 6');
    expect(ended()).toEqual(of(a, 'KeyError: 6'));
  });

  test('what has only just come waits, however much came at once, and however long ago something was written', () => {
    const { add, at, later, ended } = choosing(without(/bad/));
    at(0);
    later(10_000);
    add(a, ...Array.from({ length: 2_500 }, (_, line) => `line ${line}`), 'head');
    expect(at(10_000).slice(-1)).toEqual(of(a, 'line 2499'));
    add(a, '  bad', 'next');
    expect(ended()).toEqual(of(a, 'next'));
  });

  test('marks wait for what stands before them', () => {
    const { chosen, add, at } = choosing(without(/bad/));
    add(a, 'one');
    chosen.mark(b, '-- away --');
    expect(at(0)).toEqual([]);
    expect(at(250)).toEqual(['a one', '-- away --']);
  });
});

describe('whoever is patient', () => {
  test('waits for the end, however long that takes', () => {
    const { add, at, ended } = choosing(grep(/KeyError/, /other/), true);
    add(a, trace[0] as string, trace[1] as string);
    add(b, 'other');
    expect(at(0)).toEqual([]);
    expect(at(1e9)).toEqual([]);
    add(a, trace[2] as string);
    expect(ended()).toEqual([...of(a, trace[0] as string, trace[1] as string), 'b other', 'a KeyError: 5']);
  });

  test('has no more waiting than can be held: what comes behind it brings its beginning with it', () => {
    const { add, at, ended } = choosing(grep(/KeyError/, /other/), true);
    add(a, trace[0] as string, trace[1] as string);
    for (let block = 0; block < 6; block += 1) add(b, ...Array.from({ length: 1000 }, () => 'other'));
    expect(at(0).length).toBeGreaterThan(3_000);
    add(a, trace[2] as string);
    expect(ended().slice(-3)).toEqual(of(a, ...trace));
  });

  test('keeps the end of what is longer than anybody keeps, and tells how much came before it', () => {
    const { add, at, ended } = choosing(grep(/KeyError/), true);
    const long = `  ${'x'.repeat(2 ** 20)}`;
    add(a, 'head');
    for (let line = 0; line < 30; line += 1) {
      add(a, long);
      expect(at(line)).toEqual([]);
    }
    add(a, '  KeyError');
    const lines = ended();
    expect(lines.at(-1)).toBe('a   KeyError');
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.length).toBeLessThan(30);
    // With its head and its end there were 32, and one line tells of the others.
    expect(lines[0]).toBe(`a (${32 - (lines.length - 1)} lost)`);
    expect(lines.filter((line) => line.endsWith('lost)'))).toHaveLength(1);
    expect(lines).not.toContain('a head');
  });
});

test('a pattern that never ends is stopped', () => {
  const { add, at, ended } = choosing(grep(/(a+)+$b/));
  add(a, 'a'.repeat(40));
  expect(() => at(0)).toThrow(SlowPattern);
  // It has been told: whatever is written at the end does not tell it again.
  expect(ended()).toEqual([]);
});

test('what a pattern that never ends was to look at does not count as waiting any more', () => {
  const { add, at } = choosing(without(/(a+)+$b/));
  add(a, 'a'.repeat(40), ...Array.from({ length: 5 }, () => 'x'.repeat(2 ** 20)));
  expect(() => at(0)).toThrow(SlowPattern);
  add(b, 'one');
  expect(at(1)).toEqual([]);
  expect(at(251)).toEqual(of(b, 'one'));
});

/** What is wanted of a run as a whole, in the words of the rule. */
function wantedOf(run: Run, texts: readonly string[], wanted: Wanted): readonly string[] {
  const continuations = new Continuations();
  const records: string[][] = [];
  for (const text of texts) {
    const bytes = Buffer.from(`${text}\n`);
    if (continuations.continues(run, bytes, 0, bytes.length) && records.length > 0) records.at(-1)?.push(text);
    else records.push([text]);
  }
  return records.flatMap((record) => {
    const fit = new Fit(wanted);
    for (const text of record) fit.add(text, () => levelIn(text));
    return fit.fits ? record : [];
  });
}

test.each<[string, Wanted]>([
  ['what must be there', grep(/7/, /ERROR/)],
  ['what must not be there', without(/7/)],
  ['both', { only: [/1/, /2/], not: [/7/], level: undefined }],
  ['how grave it is', { only: [/1/], not: [], level: 'error' }],
])('however it comes, each run is what it is as a whole: %s', (_, wanted) => {
  const random = numbersFrom(26);
  const any = (most: number) => Math.floor(random() * most);
  const words = ['line', '  deeper', '\tdeeper', 'Traceback (most recent call last):', 'KeyError: x', 'an ERROR'];
  for (let round = 0; round < 60; round += 1) {
    // Who may have to take back what is written must not be hurried.
    const isPatient = wanted.not.length > 0 || round % 2 === 0;
    const { add, at, ended } = choosing(wanted, isPatient);
    const all = new Map<Run, string[]>([
      [a, []],
      [b, []],
    ]);
    const written: string[] = [];
    for (let step = 0, now = 0; step < 60; step += 1) {
      const run = any(2) === 0 ? a : b;
      const texts = Array.from({ length: any(4) }, () => `${words[any(words.length)]} ${any(20)}`);
      all.get(run)?.push(...texts);
      add(run, ...texts);
      now += any(400);
      if (any(2) === 0) written.push(...at(now));
    }
    written.push(...ended());
    for (const [run, texts] of all)
      expect(written.filter((line) => line.startsWith(`${run.pod} `))).toEqual(
        of(run, ...wantedOf(run, texts, wanted)),
      );
  }
});
