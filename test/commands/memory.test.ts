import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetAnswers, recall, remember } from '../../source/commands/console/memory.ts';

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memory-'));
  home = join(folder, 'posthog-sealos');
  mkdirSync(home);
});
afterEach(() => rmSync(folder, { recursive: true }));

const env = () => ({ XDG_STATE_HOME: folder });
const file = () => join(home, 'console.json');
const answers = (name: string) => ({ texts: { name }, switches: {}, size: 'small' as const });

test('what is remembered comes back', async () => {
  await remember(env(), { language: 'zh', answers: { 'ns-1': answers('hub') } });
  expect(await recall(env())).toEqual({ language: 'zh', answers: { 'ns-1': answers('hub') } });
});

test('two consoles remember beside each other', async () => {
  await remember(env(), { answers: { 'ns-1': answers('one') } });
  await remember(env(), { answers: { 'ns-2': answers('two') } });
  await remember(env(), { language: 'en' });
  expect(await recall(env())).toEqual({
    language: 'en',
    answers: { 'ns-1': answers('one'), 'ns-2': answers('two') },
  });
});

test('what a newer program wrote is kept, and what of it is understood is used', async () => {
  writeFileSync(file(), JSON.stringify({ language: 'fr', kubeconfig: '/k', theme: 'dark' }));
  expect(await recall(env())).toEqual({ kubeconfig: '/k' });
  await remember(env(), { language: 'zh' });
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ language: 'zh', kubeconfig: '/k', theme: 'dark' });
});

test.each(['', 'not json', '[]', 'null'])('%j remembers nothing', async (content) => {
  writeFileSync(file(), content);
  expect(await recall(env())).toEqual({});
});

test('a pipe in its place is not waited for', async () => {
  execFileSync('mkfifo', [file()]);
  expect(await recall(env())).toEqual({});
});

test('where it cannot be written, nothing is left behind', async () => {
  mkdirSync(file());
  await remember(env(), { language: 'zh' });
  expect(readdirSync(home)).toEqual(['console.json']);
});

test('answers of a place that begins anew are forgotten, and nothing else', async () => {
  await remember(env(), { language: 'zh', answers: { 'ns-1': answers('one'), 'ns-2': answers('two') } });
  await forgetAnswers(env(), 'ns-1');
  expect(await recall(env())).toEqual({ language: 'zh', answers: { 'ns-2': answers('two') } });
});
