import { expect, test } from 'vitest';
import { escapeControls, escapeJson, escapeLines, readableLine } from '../../source/text/escape.ts';

test.each([
  ['plain text, 简体中文, 😀 and é', 'plain text, 简体中文, 😀 and é'],
  ['a family 👨\u200d👩\u200d👧', 'a family 👨\u200d👩\u200d👧'],
  ['line\nbreak\ttab\rback', String.raw`line\nbreak\ttab\rback`],
  // A window title, a link, a clipboard.
  ['\u001b]0;title\u0007', String.raw`\x1b]0;title\x07`],
  ['\u001b]8;;https://evil\u001b\\', '\\x1b]8;;https://evil\\x1b\\'],
  ['\u001b]52;c;ZXZpbA==\u009c', String.raw`\x1b]52;c;ZXZpbA==\x9c`],
  // Colours, clearing, moving; with one byte, too.
  ['\u001b[31m\u001b[2J', String.raw`\x1b[31m\x1b[2J`],
  ['\u009b2J\u0090x\u009d', String.raw`\x9b2J\x90x\x9d`],
  ['\u0000\u0008\u007f', String.raw`\x00\x08\x7f`],
  // Direction and what cannot be seen.
  ['\u202eabc\u2066def\u2069\u200f', String.raw`\u{202e}abc\u{2066}def\u{2069}\u{200f}`],
  ['zero\u200bwidth\ufeff', String.raw`zero\u{200b}width\u{feff}`],
  ['tags\u{e0041}', String.raw`tags\u{e0041}`],
  ['\u2028\u2029', String.raw`\u{2028}\u{2029}`],
])('%j becomes visible', (text, visible) => {
  expect(escapeControls(text)).toBe(visible);
});

test('lines stay lines where a text may have several', () => {
  expect(escapeLines('a\u001b\nb\r\nc')).toBe('a\\x1b\nb\\r\nc');
});

test('JSON keeps its data', () => {
  const data = { a: 'x\u009b31m\u202e\u{e0041}\n', b: '简体' };
  const escaped = escapeJson(JSON.stringify(data));
  expect(escaped).not.toMatch(/[\x7f-\x9f\u202e]|[\u{e0041}]/u);
  expect(JSON.parse(escaped)).toEqual(data);
});

test.each([
  ['\u001b[31mred\u001b[0m and \u001b[1;38;5;9mbold\u001b[m', 'red and bold'],
  ['\tindented\r', '  indented'],
  ['\u001b]0;title\u0007\u001b[2J', String.raw`\x1b]0;title\x07\x1b[2J`],
])('the line %j of a log is read as %j', (line, read) => {
  expect(readableLine(line)).toBe(read);
});
