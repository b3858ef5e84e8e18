/** The table of the files of `manifests/` for the READMEs. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Language } from '../messages/index.ts';
import { componentOf } from '../stack/components.ts';
import { type ComponentId, componentIds } from '../stack/types.ts';
import { root } from './paths.ts';
import { markdownTable } from './table.ts';

/** Paths from the root of every manifest file, in the order an install needs them. */
export async function manifestFiles(): Promise<string[]> {
  const order = ['manifests/instance.yaml', ...componentIds.map((id) => fileOf(id))];
  const found = (await readdir(join(root, 'manifests'), { recursive: true }))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `manifests/${name}`);
  const rank = (file: string): number => (order.includes(file) ? order.indexOf(file) : order.length);
  return found.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** English: every file with its kind and its own first sentence. Chinese: the files by folder, because their comments are English. */
export async function manifestsTable(language: Language): Promise<string> {
  const files = await manifestFiles();
  if (language === 'zh') {
    const folders = Map.groupBy(files, (file) => dirname(file));
    return markdownTable(
      ['目录', '文件'],
      [...folders].map(([folder, inside]) => [`\`${folder}/\``, inside.map(link).join(' ')]),
    );
  }
  const rows = files.map(async (file) => [
    link(file),
    kindOf(file),
    firstSentence(await readFile(join(root, file), 'utf8')),
  ]);
  return markdownTable(['file', 'kind', 'what it is'], await Promise.all(rows));
}

function link(file: string): string {
  return `[${file.replace('manifests/', '')}](${file})`;
}

function kindOf(file: string): string {
  const id = componentIds.find((each) => fileOf(each) === file);
  return id === undefined ? '' : componentOf(id).kind;
}

function fileOf(id: ComponentId): string {
  return `manifests/${componentOf(id).phase}/${id}.yaml`;
}

function firstSentence(text: string): string {
  const comment =
    /^(?:# ?.*\n)+/
      .exec(text)?.[0]
      .replaceAll(/^# ?/gm, '')
      .replaceAll('\n', ' ')
      .replace(/ \((?:stack-spec|posthog-stack)[^)]*\)/, '') ?? '';
  return /^.*?[.:](?=\s|$)/.exec(comment)?.[0].replace(/[.:]$/, '') ?? comment.trim();
}
