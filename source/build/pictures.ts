/**
 * Pictures of the screens for the READMEs, made of the golden frames that the tests keep: `node source/build/pictures.ts`
 * writes them; a test says when they are stale.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { graphemes } from '../text/clip.ts';
import { width } from '../text/width.ts';
import { root } from './paths.ts';

const folder = join(root, 'test/screens');

/** Frames that the READMEs show, by the names of their files. */
export const pictured: readonly string[] = [
  'install/prompt-size',
  'install/progress-broken',
  'install/done',
  'home/problems',
  'home/behind',
  'logs/pipeline',
  'scale/drained',
].flatMap((name) => [name, `${name}-zh`]);

export const pathOf = (name: string): string => join(folder, 'pictures', `${name.replace('/', '-')}.svg`);

/** Of a cell, in pixels. */
const cell = { width: 8.4, height: 18 } as const;
const margin = 12;

/** What the letters of a golden frame mean (test/support/screen.ts), on a dark background. */
const styles: Readonly<Record<string, string>> = {
  ' ': 'fill="#d0d7de"',
  '.': 'fill="#768390"',
  B: 'fill="#ffffff" font-weight="bold"',
  r: 'fill="#f47067"',
  g: 'fill="#6bc46d"',
  y: 'fill="#daaa3f"',
  c: 'fill="#56d4dd"',
  i: 'fill="#22272e"',
};

export async function pictureOf(name: string): Promise<string> {
  const frame = await readFile(join(folder, 'frames', `${name}.txt`), 'utf8');
  const rows = frame.split('\n');
  const middle = rows.findIndex((row) => /^=+$/.test(row));
  const columns = rows[middle]?.length ?? 80;
  const [texts, looks] = [rows.slice(0, middle), rows.slice(middle + 1)];
  const [wide, high] = [columns * cell.width + 2 * margin, texts.length * cell.height + 2 * margin];
  const lines = texts.map((text, row) => line(text, looks[row] ?? '', margin + (row + 0.75) * cell.height));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" font-family="Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace" font-size="14">`,
    `<title>${escaped(texts[0]?.trim() ?? name)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="#22272e"/>`,
    ...lines.filter((each) => each !== ''),
    '</svg>',
    '',
  ].join('\n');
}

/** Characters of the same look stand together; each group has its own place, whatever font draws it. */
function line(text: string, looks: string, y: number): string {
  const groups: { x: number; cells: number; look: string; text: string }[] = [];
  let x = 0;
  for (const [index, character] of graphemes(text).entries()) {
    const look = looks[index] ?? ' ';
    const cells = width(character);
    const last = groups.at(-1);
    const isSame = last?.look === look && isWide(last.text) === isWide(character);
    if (last && isSame) {
      last.text += character;
      last.cells += cells;
    } else groups.push({ x, cells, look, text: character });
    x += cells;
  }
  return groups
    .filter((group) => group.text.trim() !== '')
    .map(
      (group) =>
        `<text x="${rounded(margin + group.x * cell.width)}" y="${y}" textLength="${rounded(group.cells * cell.width)}" xml:space="preserve" ${styles[group.look] ?? styles[' ']}>${escaped(group.text)}</text>`,
    )
    .join('');
}

const isWide = (text: string): boolean => width(graphemes(text)[0] ?? '') > 1;
const rounded = (value: number): string => value.toFixed(1).replace(/\.0$/, '');
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(join(folder, 'pictures'), { recursive: true });
  for (const name of pictured) await writeFile(pathOf(name), await pictureOf(name));
}
