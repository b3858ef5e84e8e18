/** The marks of the screens. Each is one cell wide where "ambiguous" characters are narrow; elsewhere ASCII stands for them. */
export const glyphs = {
  ready: '✔',
  waiting: '·',
  warning: '▲',
  failed: '✖',
  running: '…',
  stopped: '=',
  selected: '❯',
  on: '◉',
  off: '○',
  rule: '─',
  folded: '▸',
  unfolded: '▾',
  sorted: '↓',
  mask: '•',
} as const;

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** One of the pictures of something that moves. @param beat counts up while it does */
export const spin = (beat: number): string => spinner[beat % spinner.length] as string;

/** `████░░░░`, from 0 to 1; what is more than full stays full. */
export function bar(share: number, cells: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * cells);
  return '█'.repeat(filled) + '░'.repeat(cells - filled);
}

/** The last values as a line of blocks, the largest of them full. */
export function sparkline(values: readonly number[], cells: number): string {
  const shown = values.slice(-cells);
  const largest = Math.max(...shown, 0);
  return shown
    .map((value) => blocks[largest === 0 ? 0 : Math.round((Math.max(0, value) / largest) * (blocks.length - 1))])
    .join('');
}

const spinnerAscii = ['|', '/', '-', '\\'];
const asciiOf: ReadonlyMap<string, string> = new Map([
  ...Object.entries({
    '✔': '+',
    '·': '-',
    '▲': '!',
    '✖': 'x',
    '❯': '>',
    '◉': '*',
    '○': 'o',
    '─': '-',
    '•': '*',
    '…': '~',
    '↑': '^',
    '↓': 'v',
    '←': '<',
    '→': '>',
    '▸': '>',
    '▾': 'v',
    '│': '|',
    '█': '#',
    '░': '-',
  }),
  ...blocks.slice(0, -1).map((block, index): [string, string] => [block, '.:-=+*#'[index] as string]),
  ...spinner.map((each, index): [string, string] => [each, spinnerAscii[index % spinnerAscii.length] as string]),
]);

/** The same in ASCII, cell by cell; other characters stay. */
export const toAscii = (text: string): string =>
  text.replace(/[^\x00-\x7f]/gu, (character) => asciiOf.get(character) ?? character);
