import { describe, expect, test } from 'vitest';
import { keyTable } from '../../source/console/app.ts';
import { type InkKey, keyOf, pressesOf } from '../../source/console/keys/press.ts';
import { dictionaries } from '../../source/messages/index.ts';

const none: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageUp: false,
  pageDown: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  tab: false,
  backspace: false,
  delete: false,
  ctrl: false,
  shift: false,
  meta: false,
};

describe('a press', () => {
  test.each([
    ['a', {}, ['a']],
    ['jjj', {}, ['j', 'j', 'j']],
    ['j\r', {}, ['j', 'enter']],
    ['中文', {}, ['中', '文']],
    ['👩‍👩‍👧‍👦e\u0301', {}, ['👩‍👩‍👧‍👦', 'e\u0301']],
    ['', { upArrow: true }, ['up']],
    ['', { return: true }, ['enter']],
    ['', { tab: true, shift: true }, ['shift-tab']],
    ['', { leftArrow: true, ctrl: true }, ['ctrl-left']],
    ['c', { ctrl: true }, ['ctrl-c']],
    ['b', { meta: true }, ['alt-b']],
    ['', {}, []],
    ['\x1b[31m', {}, ['[', '3', '1', 'm']],
    ['\x15hub', {}, ['ctrl-u', 'h', 'u', 'b']],
    ['\x00\x1b', {}, []],
  ])('%j with %j is %j', (input, more, wanted) => {
    expect(pressesOf(input, { ...none, ...more })).toEqual(wanted);
  });

  test.each([
    ['：', ':'],
    ['／', '/'],
    ['？', '?'],
    ['￥', '$'],
    ['k', 'k'],
  ])('%s counts as %s where no text is typed', (typed, key) => {
    expect(keyOf(typed)).toBe(key);
  });
});

describe('the keys', () => {
  const [everywhere] = keyTable;

  /** In the checks, Enter means one thing or the other, by what is chosen; so does Tab or an arrow in the prompts. */
  const instead: readonly (readonly string[])[] = [
    ['install.answer', 'install.go-on'],
    ['install.choose', 'install.field'],
  ];

  test.each(keyTable.map(({ name, bindings }) => [name(dictionaries.en), bindings] as const))(
    'of %s mean one thing each',
    (_, bindings) => {
      const scope = [...bindings, ...(bindings === everywhere?.bindings ? [] : (everywhere?.bindings ?? []))];
      const twice = scope.flatMap((one, index) =>
        scope
          .slice(index + 1)
          .filter((other) => other.keys.some((key) => one.keys.includes(key)))
          .map((other) => [one.id, other.id].sort()),
      );
      expect(twice.filter((pair) => !instead.some((each) => [...each].sort().join() === pair.join()))).toEqual([]);
    },
  );

  test('are told in both languages', () => {
    for (const { bindings } of keyTable)
      for (const { label, description = label } of bindings)
        for (const t of Object.values(dictionaries)) expect(description(t)).not.toBe('');
  });
});
