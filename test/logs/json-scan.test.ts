/** Bytes that are one JSON object, and what is not: held against JSON.parse. */
import { describe, expect, test } from 'vitest';
import { JsonScan } from '../../source/logs/json-scan.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';

const read = (text: string, ...names: readonly string[]) => {
  const scan = new JsonScan(names);
  // What follows a line is the next one: it must not be looked at.
  const [before, behind] = ['} ', '": "x"}, 12e'];
  const bytes = Buffer.from(before + text + behind);
  const end = bytes.length - behind.length;
  if (!scan.read(bytes, before.length, end)) return undefined;
  return names.map((_, index) => {
    const from = scan.from[index] as number;
    return from < 0 ? undefined : bytes.toString('utf8', from, scan.to[index]);
  });
};

describe('values of members', () => {
  test.each<[string, readonly (string | undefined)[]]>([
    ['{"level":"info","event":"a"}', ['"info"', '"a"']],
    [' { "event" : "say \\"hi\\"" , "level" : 30 } ', ['30', '"say \\"hi\\""']],
    ['{"event":{"level":"no"},"x":[{"event":1}]}', [undefined, '{"level":"no"}']],
    ['{"level":"a","level":"b"}', ['"b"', undefined]],
    ['{"levels":1,"leve":2,"Level":3}', [undefined, undefined]],
    ['{}', [undefined, undefined]],
  ])('%s', (text, values) => expect(read(text, 'level', 'event')).toEqual(values));

  test('are none of the line before', () => {
    const scan = new JsonScan(['a']);
    expect(scan.read(Buffer.from('{"a":1}'), 0, 7)).toBe(true);
    expect(scan.read(Buffer.from('{"b":1}'), 0, 7)).toBe(true);
    expect(scan.from[0]).toBe(-1);
  });

  test('that are nested very deep are left to others', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(read(nested(60), 'a')).toBeDefined();
    expect(read(nested(100_000), 'a')).toBeUndefined();
  });
});

const isObject = (text: string): boolean => {
  try {
    return text.trimStart().startsWith('{') && typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
};

describe('whether it is an object', () => {
  test.each([
    '{"a":-0.5e+10,"b":1E9,"c":0,"d":true,"e":false,"f":null,"g":[],"h":[1,[2]],"i":{"j":{}}}',
    '{"a":"\\u00e9\\n\\t\\/ é 漢"}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":-}',
    '{"a":1e}',
    '{"a":1e+}',
    '{"a":tru}',
    '{"a":truex}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\\u123"}',
    '{"a":"\t"}',
    '{"a":1,}',
    '{,}',
    '{"a"}',
    '{"a":}',
    '{"a" 1}',
    '{a:1}',
    "{'a':1}",
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":1}}',
    '{"a":1} x',
    '{"a":"',
    '{"a',
    '{',
    '[]',
    '',
  ])('%j', (text) => expect(read(text) !== undefined).toBe(isObject(text)));

  test('whatever is changed in it', () => {
    const next = numbersFrom(7);
    const below = (count: number) => Math.floor(next() * count);
    const signs = '{}[]":,\\/ tfnulrae0123456789.+-Ebé';
    const whole = JSON.stringify({
      level: 'info',
      event: 'a "b" \\ é',
      n: [-1.5e-7, 0, true],
      o: { p: null, q: '\u0007' },
    });
    let valid = 0;
    for (let round = 0; round < 20_000; round += 1) {
      let text = whole;
      for (let changes = 1 + below(3); changes > 0; changes -= 1) {
        const at = below(text.length);
        const sign = below(3) === 0 ? '' : (signs[below(signs.length)] as string);
        text = text.slice(0, at) + sign + text.slice(at + below(2));
      }
      valid += Number(isObject(text));
      expect(read(text) !== undefined, text).toBe(isObject(text));
    }
    // As many of each that both are tried.
    expect(valid).toBeGreaterThan(1000);
    expect(valid).toBeLessThan(19_000);
  });
});
