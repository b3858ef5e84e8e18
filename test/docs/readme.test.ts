/** The READMEs say what the program is today: commands parse, flags and files are all there, generated parts are fresh. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../source/build/paths.ts';
import { pathOf, pictured, pictureOf } from '../../source/build/pictures.ts';
import { readmes, refreshed } from '../../source/build/readme.ts';
import { manifestFiles } from '../../source/build/readme-manifests.ts';
import { globalFlags } from '../../source/commands/flags.ts';
import { jsonFront } from '../../source/commands/fronts/json.ts';
import { commands } from '../../source/commands/index.ts';
import { parse } from '../../source/commands/parse.ts';
import { exitCodes } from '../../source/errors.ts';
import { dictionaries, type Language } from '../../source/messages/index.ts';
import { states } from '../../source/observe/types.ts';
import { answerKeys } from '../../source/stack/answers.ts';
import { failure, script } from '../commands/events.ts';

const languages = Object.keys(readmes) as Language[];
const textOf = (language: Language): string => readFileSync(join(root, readmes[language]), 'utf8');

describe.each(languages)('the README in %s', (language) => {
  const readme = textOf(language);

  test('shows the two commands', () => {
    expect(readme).toContain('npm ci && npm start');
    expect(readme).toContain('npm ci && npm test');
  });

  test('has fresh generated parts (node source/build/readme.ts)', async () => {
    expect(await refreshed(readme, language)).toBe(readme);
  });

  test('shows commands that parse', () => {
    const lines = commandLines(readme);
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(() => parse(line), line.join(' ')).not.toThrow();
  });

  test('names no flag that does not exist', () => {
    const known = new Set(
      [...globalFlags, ...commands.flatMap(({ flags }) => flags)].map(({ long }) => long as string),
    );
    // Of the launcher, of npm's scripts and of other programs.
    for (const other of ['--version', '--existing', '--write', '--silent']) known.add(other);
    const ours = readme.replaceAll(/^kubectl .*$/gm, '');
    const named = [...ours.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag);
    expect(named.filter((flag) => !known.has(flag))).toEqual([]);
  });

  test.each(commands)('has every flag of $name in its own section', ({ name, flags }) => {
    const section = readme.split(`<!-- begin:help ${name} -->`)[1]?.split('<!-- end:')[0] ?? '';
    expect([...flags, ...globalFlags].filter(({ long }) => !section.includes(long))).toEqual([]);
  });

  test('lists every answer', () => {
    const listed = answerKeys.map((key) =>
      key.replace(/^components\.[^.]+\./, 'components.ID.').replace(/^mirror$/, 'mirror.REGISTRY'),
    );
    expect([...new Set(listed)].filter((key) => !readme.includes(`\`${key}\``))).toEqual([]);
  });

  test('lists every manifest file', async () => {
    const files = await manifestFiles();
    expect(files.filter((file) => !readme.includes(`(${file})`))).toEqual([]);
  });

  test('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, target = '']) => target);
    expect(links.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  test('lists every exit code', () => {
    for (const code of Object.values(exitCodes)) expect(readme).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
  });

  test('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm (?:run (?:--silent )?([a-z:-]+)|(start|test)\b)/g)].map(
      ([, run, own]) => run ?? own ?? '',
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test.each(jsonLines())('documents every field of $type', ({ type, fields }) => {
    const row = new RegExp(`^\\| \`${type}\` \\|(.*)$`, 'm').exec(readme)?.[1] ?? '';
    expect(fields.filter((field) => !row.includes(`\`${field}\``))).toEqual([]);
  });

  test('names every state', () => {
    for (const state of states) expect(readme).toContain(`\`${state}\``);
  });
});

/** Arguments of every `posthog-sealos ...` in the text, in code blocks and between backticks, without the launcher's own. */
function commandLines(text: string): string[][] {
  const lines = [...text.matchAll(/(?:npx |bin\/|^ {2}|`)posthog-sealos(?:\.js)?((?: [^`\n|]+)?)/gm)].map(
    ([, rest = '']) => words(rest.split(/ {2,}/)[0] ?? ''),
  );
  return lines.filter(
    (line) => line[0] !== undefined && /^[a-z]/.test(line[0]) && !line.some((word) => /^[[<]/.test(word)),
  );
}

/** Splits as a shell does, as far as the README goes. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** What measures something holds more than one level. */
const nested = new Set(['figures', 'concerns', 'sources']);
const fieldsIn = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([field, within]) => [
        ...(Array.isArray(value) ? [] : [field]),
        ...fieldsIn(within),
      ]);

/** Each type that the JSON front writes, with its fields. */
function jsonLines(): { type: string; fields: readonly string[] }[] {
  const written = new Map<string, Set<string>>();
  const front = jsonFront(
    (line) => {
      const { v, at, type, ...rest } = JSON.parse(line) as { v: number; at: string; type: string };
      const fields = nested.has(type) ? fieldsIn(rest) : Object.keys(rest);
      written.set(type, new Set([...(written.get(type) ?? []), ...fields]));
    },
    dictionaries.en,
    () => 0,
  );
  for (const { event } of script) front.event(event);
  front.error(failure);
  return [...written].map(([type, fields]) => ({ type, fields: [...fields] }));
}

describe('the pictures of the screens', () => {
  test.each(pictured)('%s is fresh (node source/build/pictures.ts)', async (name) => {
    expect(readFileSync(pathOf(name), 'utf8')).toBe(await pictureOf(name));
  });

  test.each(languages)('that the README in %s shows are there', (language) => {
    const shown = [...textOf(language).matchAll(/!\[.+\]\((.+\.svg)\)/g)].map(([, path = '']) => path);
    expect(shown).toHaveLength(pictured.length / 2);
    for (const path of shown) expect(existsSync(join(root, path)), path).toBe(true);
  });
});
