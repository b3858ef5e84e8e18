/** What no file of the project may hold, and how long a source file may be. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../source/build/paths.ts';

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '');
const sources = tracked.filter((file) => /^source\/.*\.tsx?$/.test(file));

// Put together here, or this file would hold them itself.
const registries = [
  ['registry', 'npmjs'],
  ['registry', 'yarnpkg'],
  ['proxy', 'golang'],
  ['sum', 'golang'],
  ['deb', 'debian'],
  ['pypi', 'org'],
  ['files', 'pythonhosted'],
  ['repo1', 'maven'],
].map((parts) => parts.join('.'));
const folders = ['work', 'farm', 'root', 'tmp/brief'].map((name) => `/${name}/`);

/** Lines of all tracked files that hold one of the words, as `file:line`. */
function linesWith(words: readonly string[]): string[] {
  return tracked.flatMap((file) => {
    const lines = textOf(file).split('\n');
    return lines.flatMap((line, index) => (words.some((word) => line.includes(word)) ? [`${file}:${index + 1}`] : []));
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    // Deleted here, not yet in the index.
    return '';
  }
}

describe('the project', () => {
  test('names no package registry', () => {
    expect(linesWith(registries)).toEqual([]);
  });

  test('names no folder of one machine', () => {
    expect(linesWith(folders)).toEqual([]);
  });

  test('has no source file of more than 350 lines', () => {
    expect(sources.filter((file) => textOf(file).split('\n').length > 351)).toEqual([]);
  });

  test('has no default export in source', () => {
    expect(sources.filter((file) => /^export default\b/m.test(textOf(file)))).toEqual([]);
  });

  test('keeps tests that run and can fail', () => {
    const weak = new RegExp(['\\b(it|test|describe)\\.(only|todo)\\b', 'expect\\(true\\)'].join('|'));
    expect(tracked.filter((file) => file.endsWith('.test.ts') && weak.test(textOf(file)))).toEqual([]);
  });
});
