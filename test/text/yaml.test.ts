import { describe, expect, test } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { defaultPlatform } from '../../source/stack/model.ts';
import { render } from '../../source/stack/render.ts';
import { sizeNames } from '../../source/stack/types.ts';
import { toYaml } from '../../source/text/yaml.ts';

/** As a reader of this version of YAML understands it. */
function read(text: string, version: '1.1' | '1.2'): unknown {
  const document = parseDocument(text, { version, merge: true });
  expect(document.errors).toEqual([]);
  expect(document.warnings).toEqual([]);
  return document.toJS();
}

const texts = [
  ...[
    '',
    ' ',
    'a',
    'a b',
    ' a',
    'a ',
    'a:b',
    'a: b',
    'a:',
    ':a',
    'a #b',
    '#a',
    '- a',
    '-',
    '---',
    '...',
    '?',
    '? a',
    '!a',
    '&a',
    '*a',
    '%a',
    '@a',
    '`a',
    '|',
    '>',
    "'",
    '"',
    '\\',
  ],
  ...[
    'null',
    'Null',
    '~',
    'true',
    'TRUE',
    'yes',
    'No',
    'on',
    'OFF',
    'y',
    'N',
    '=',
    '<<',
    '.inf',
    '.nan',
    '[]',
    '{}',
    '[a',
    '{a',
    'a, b',
    'a]',
  ],
  ...[
    '0',
    '1',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x1f',
    '0o17',
    '017',
    '1_000',
    '12:30',
    '12:30:45',
    '2026-09-01',
    '2026-09-01T00:00:00Z',
    '1.2.3',
    '500m',
    '4Gi',
    '10.0.0.1',
  ],
  ...[
    'docker.io/a/b:tag@sha256:00',
    'https://posthog.example.com/a?b=c&d',
    '$(NAME)',
    '${name}',
    'a=b,c',
    '/scripts/a.sh',
    'key: [value]',
  ],
  ...[
    'a\nb',
    'a\nb\n',
    'a\n\nb\n',
    'a\nb\n\n',
    '\na',
    ' a\nb',
    'a\n b\n',
    'a\n  \nb',
    'a \nb',
    'a\n\tb',
    '\ta\nb',
    'a\r\nb',
    'a\rb',
    '\n',
    '\n\n',
    'a: b\n- c\n',
    '#!/bin/sh\nexit 0\n',
    '# a\n',
  ],
  ...[
    '简体中文',
    '第一行\n第二行',
    'a\u2028b',
    'a\u0085b',
    'a\u0000b',
    'a\u001b[31mb',
    'a\u009bb',
    '\ufeffa',
    'a\u007f',
    '😀',
    'a\nb\u2029c',
  ],
];

describe('a text', () => {
  test.each(texts)('%j is read again as it was', (text) => {
    for (const value of [text, { key: text }, [text], { a: [{ b: text, c: [text] }] }, { [text]: 1 }]) {
      expect(read(toYaml(value), '1.2')).toEqual(value);
    }
    expect(read(toYaml({ key: text }), '1.1')).toEqual({ key: text });
  });

  test.each(texts)('%j shows no control character', (text) => {
    expect(toYaml({ key: text })).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/);
  });
});

test.each([
  [{}, '{}\n'],
  [[], '[]\n'],
  [null, 'null\n'],
  [{ a: {}, b: [], c: null, d: true, e: 1.5 }, 'a: {}\nb: []\nc: null\nd: true\ne: 1.5\n'],
  [{ a: undefined, b: 1 }, 'b: 1\n'],
  [[[1, 2], [{ a: 1, b: 2 }]], '- - 1\n  - 2\n- - a: 1\n    b: 2\n'],
  [{ a: { b: ['c', 'd'] } }, 'a:\n  b:\n    - c\n    - d\n'],
  [{ 'x.sh': '#!/bin/sh\n\nexit 0\n' }, 'x.sh: |\n  #!/bin/sh\n\n  exit 0\n'],
  [['a\nb'], '- |-\n  a\n  b\n'],
])('%j is written as a person would', (value, text) => {
  expect(toYaml(value)).toBe(text);
});

test.each(sizeNames)('every object of %s is read as the library reads its own', (size) => {
  const objects = render({
    answers: { ...defaultAnswers, size },
    namespace: 'ns-example',
    host: 'posthog.example.com',
    platform: defaultPlatform,
    migrate: 'install',
    urls: 'composed',
  });
  for (const { object } of objects) {
    expect(read(toYaml(object), '1.1')).toEqual(read(stringify(object, { version: '1.1' }), '1.1'));
    expect(read(toYaml(object), '1.2')).toEqual(object);
  }
});
