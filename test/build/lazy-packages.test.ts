import { expect, test } from 'vitest';
import { namesTaken } from '../../source/build/lazy-packages.ts';

test.each([
  ["const { parse } = await import('yaml');", ['parse']],
  ["const { parse, stringify: print } = await import('yaml');", ['parse', 'stringify']],
  ["const { b } = await import('yaml');\nconst { a } = await import('yaml');", ['a', 'b']],
  ["const {\n  a,\n  b,\n} = await import('yaml');", ['a', 'b']],
  ["const { a } = await import('yaml');\nconst { c } = await import('undici');", ['a']],
])('the names taken from a package are found in %j', (text, names) => {
  expect(namesTaken(text, 'yaml')).toEqual(names);
});

test.each([
  "const yaml = await import('yaml');",
  "const { a } = await import('yaml');\nconst all = await import('yaml');",
])('an import that keeps the whole package is refused in %j', (text) => {
  expect(() => namesTaken(text, 'yaml')).toThrow("const { a, b } = await import('yaml')");
});
