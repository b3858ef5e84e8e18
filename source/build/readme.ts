/**
 * The parts of the READMEs that the program itself knows: help, answers, sizes, files. `node source/build/readme.ts`
 * writes them between `<!-- begin:NAME -->` and `<!-- end:NAME -->`; a test says when they are stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandHelp, programHelp } from '../commands/help.ts';
import { commands } from '../commands/index.ts';
import { dictionaries, type Language } from '../messages/index.ts';
import { removal } from '../stack/removal.ts';
import { root } from './paths.ts';
import { answersTable } from './readme-answers.ts';
import { keysTable } from './readme-keys.ts';
import { manifestsTable } from './readme-manifests.ts';
import { sizesTable } from './readme-sizes.ts';

export const readmes: Readonly<Record<Language, string>> = { en: 'README.md', zh: 'README.zh-CN.md' };

type Block = (language: Language) => string | Promise<string>;

const removed = removal('ns-1a2b3c4d', 'posthog');
const blocks: Readonly<Record<string, Block>> = {
  help: (language) => fenced(programHelp(dictionaries[language])),
  ...Object.fromEntries(
    commands.map((command) => [
      `help ${command.name}`,
      (language: Language) => fenced(commandHelp(command, dictionaries[language])),
    ]),
  ),
  answers: answersTable,
  sizes: sizesTable,
  keys: keysTable,
  manifests: manifestsTable,
  'remove app': () => fenced(removed.app.join('\n'), 'sh'),
  'remove data': () => fenced(removed.data.join('\n'), 'sh'),
};

/** Names of all parts; each must be in every README. */
const blockNames: readonly string[] = Object.keys(blocks);

/** The text with every part made anew. Throws an Error when a part is missing, or a marker names none. */
export async function refreshed(text: string, language: Language): Promise<string> {
  const marked = [...text.matchAll(/<!-- begin:(.+) -->/g)].map(([, name = '']) => name);
  const wrong = [
    ...marked.filter((name) => blocks[name] === undefined),
    ...blockNames.filter((name) => !marked.includes(name)),
  ];
  if (wrong.length > 0) throw new Error(`${readmes[language]}: markers unknown or missing: ${wrong.join(', ')}`);
  let whole = text;
  for (const name of blockNames) {
    const [begin, end] = [`<!-- begin:${name} -->`, `<!-- end:${name} -->`];
    const from = whole.indexOf(begin) + begin.length;
    const to = whole.indexOf(end, from);
    if (to < 0) throw new Error(`${readmes[language]}: ${end} is missing`);
    whole = `${whole.slice(0, from)}\n${await blocks[name]?.(language)}\n${whole.slice(to)}`;
  }
  return whole;
}

function fenced(text: string, language = ''): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

async function writeReadmes(): Promise<void> {
  for (const [language, file] of Object.entries(readmes) as [Language, string][]) {
    const path = join(root, file);
    await writeFile(path, await refreshed(await readFile(path, 'utf8'), language));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeReadmes();
