/** Whatever a word holds, a shell gives it back as it was. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quoted } from '../../source/text/shell.ts';

test.each([
  'web',
  'ns-1',
  'a/b.yaml',
  'key=value',
  '',
  'two words',
  "it's",
  '$HOME `id` "x"',
  '~',
  '*',
  '=ls',
  'a\nb',
  '中文',
])('%j', (word) => {
  expect(execFileSync('sh', ['-c', `printf %s ${quoted(word)}`], { encoding: 'utf8' })).toBe(word);
});

test('plain words stay as they are', () => {
  expect(['web', 'ns-1a2b', 'mail.host=smtp.example.com', '/a/b'].map(quoted).join(' ')).toBe(
    'web ns-1a2b mail.host=smtp.example.com /a/b',
  );
});
