/** Programs of every image, as far as scripts, probes and `exec` call them. */
import { readableSize } from '../components/clickhouse-select.ts';
import { table } from '../components/table.ts';
import type { ContainerHost } from './container-host.ts';
import type { CommandIo } from './shell.ts';

export type Command = (
  io: CommandIo & { readonly args: readonly string[]; readonly host: ContainerHost },
) => Promise<number>;

const printing =
  (lines: (host: ContainerHost, args: readonly string[]) => readonly string[]): Command =>
  async ({ host, args, out }) => {
    for (const line of lines(host, args)) out(line);
    return 0;
  };
const words = (args: readonly string[]) => args.filter((arg) => !arg.startsWith('-'));
export const linesOf = (text: string) => text.replace(/\n$/, '').split('\n');

/** Variables that only the simulation knows are nobody's business. */
const environment = ({ env }: ContainerHost) => Object.entries(env).filter(([name]) => !name.startsWith('STUB_'));

const shortMs = 60_000;
/** The longest that a timer can wait. */
const longestMs = 2 ** 31 - 1;

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function date(now: number, format: string | undefined): string {
  const at = new Date(now);
  const iso = at.toISOString();
  const parts: Readonly<Record<string, string>> = {
    s: String(Math.floor(now / 1000)),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    z: '+0000',
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
  };
  if (format !== undefined) return format.slice(1).replace(/%(\w)/g, (whole, letter) => parts[letter] ?? whole);
  const day = String(at.getUTCDate()).padStart(2);
  return `${days[at.getUTCDay()]} ${months[at.getUTCMonth()]} ${day} ${parts['T']} UTC ${parts['Y']}`;
}

function df(host: ContainerHost, args: readonly string[]): readonly string[] {
  const own = host.bulk?.disk();
  const rows = [
    { name: 'overlay', size: 400 * 2 ** 30, used: 90 * 2 ** 30, path: '/' },
    ...(own ? [{ name: '/dev/vdb', ...own, path: host.volume ?? '' }] : []),
  ];
  const isShort = args.some((arg) => /^-\w*h/.test(arg));
  const amount = (bytes: number) =>
    isShort ? readableSize(bytes).replace(/\.\d+ (.)(iB)?/, '$1') : String(Math.round(bytes / 1024));
  const asked = words(args);
  const shown = rows.filter(
    ({ path }) => asked.length === 0 || asked.some((each) => each.startsWith(path) && path !== '/'),
  );
  const heading = [
    'Filesystem',
    isShort ? 'Size' : '1K-blocks',
    'Used',
    isShort ? 'Avail' : 'Available',
    'Use%',
    'Mounted on',
  ];
  const cells = (shown.length > 0 ? shown : rows.slice(0, 1)).map(({ name, size, used, path }) => [
    name,
    amount(size),
    amount(used),
    amount(Math.max(0, size - used)),
    `${Math.ceil((100 * used) / size)}%`,
    path,
  ]);
  return table([heading, ...cells]);
}

/** `tail`, `head` and `wc`: of a file or of what is piped. */
const reading =
  (name: string, show: (text: string, args: readonly string[]) => string): Command =>
  async ({ host, args, stdin, out, err }) => {
    const path = args.find((arg) => !/^-|^\+?\d+$/.test(arg));
    const text = path === undefined ? stdin : await host.read(path);
    if (text === undefined) {
      err(`${name}: cannot open '${path}' for reading: No such file or directory`);
      return 1;
    }
    const shown = show(text, args);
    for (const line of shown === '' ? [] : linesOf(shown)) out(line);
    return 0;
  };

/** What `-n 5`, `-n5` or `-5` say, else 10 lines. */
const lineCount = (args: readonly string[]) => Number(/(?:^| )-n? ?(\d+)/.exec(args.join(' '))?.[1] ?? 10);
/** What `-c 5` or `-c +5` say. */
const byteCount = (args: readonly string[]) => /(?:^| )-c ?(\+?)(\d+)/.exec(args.join(' '));

const tail = reading('tail', (text, args) => {
  const [, plus, count] = byteCount(args) ?? [];
  if (count === undefined)
    return linesOf(text)
      .slice(-lineCount(args) || Number.POSITIVE_INFINITY)
      .join('\n');
  const bytes = Buffer.from(text);
  return bytes.subarray(plus ? Number(count) - 1 : Math.max(0, bytes.length - Number(count))).toString();
});

const head = reading('head', (text, args) => {
  const [, , count] = byteCount(args) ?? [];
  if (count === undefined) return linesOf(text).slice(0, lineCount(args)).join('\n');
  return Buffer.from(text).subarray(0, Number(count)).toString();
});

const wc = reading('wc', (text, args) =>
  args.includes('-c') ? String(Buffer.byteLength(text)) : String(text.split('\n').length - 1),
);

export const programs: Readonly<Record<string, Command>> = {
  true: async () => 0,
  false: async () => 1,
  echo: printing((_, args) => linesOf(args.filter((arg, index) => index > 0 || arg !== '-n').join(' '))),
  env: printing((host) => environment(host).map(([name, value]) => `${name}=${value}`)),
  hostname: printing(({ env }) => [env['HOSTNAME'] ?? '']),
  whoami: printing(() => ['root']),
  id: printing(() => ['uid=0(root) gid=0(root) groups=0(root)']),
  date: printing((host, args) => [
    date(
      host.now(),
      args.find((arg) => arg.startsWith('+')),
    ),
  ]),
  df: printing(df),
  tail,
  head,
  wc,
  async sleep({ host, args }) {
    const ms = args[0] === 'infinity' ? longestMs : Math.min(longestMs, Number.parseFloat(args[0] ?? '0') * 1000);
    // A short one belongs to some work; a long one is meant to stay, whatever the speed.
    await (ms < shortMs ? host.sleep(ms) : host.idle(ms));
    return 0;
  },
  async touch({ host, args }) {
    for (const path of words(args)) if ((await host.read(path)) === undefined) await host.write(path, '');
    return 0;
  },
  async cat({ host, args, stdin, out, err }) {
    let code = 0;
    for (const path of words(args).length > 0 ? words(args) : ['-']) {
      const text = path === '-' ? stdin : await host.read(path);
      if (text === undefined) err(`cat: ${path}: No such file or directory`);
      else if (text !== '') for (const line of linesOf(text)) out(line);
      code = text === undefined ? 1 : code;
    }
    return code;
  },
  async cp({ host, args, err }) {
    const [from = '', to = ''] = words(args);
    const text = await host.read(from);
    if (text === undefined) {
      err(`cp: cannot stat '${from}': No such file or directory`);
      return 1;
    }
    await host.write(to, text);
    return 0;
  },
  async ls({ host, args, out, err }) {
    const folder = (words(args)[0] ?? '/code').replace(/\/$/, '');
    const inside = host.files.list().filter((path) => path === folder || path.startsWith(`${folder}/`));
    if (inside.length === 0) {
      err(`ls: cannot access '${folder}': No such file or directory`);
      return 2;
    }
    const names = inside.map((path) => path.slice(folder.length + 1).split('/')[0] || path);
    for (const name of [...new Set(names)].sort()) out(name);
    return 0;
  },
  async grep({ host, args, stdin, out }) {
    const [pattern = '', path] = words(args);
    const text = path === undefined ? stdin : ((await host.read(path)) ?? '');
    const found = text === '' ? [] : linesOf(text).filter((line) => new RegExp(pattern).test(line));
    if (args.includes('-c')) out(String(found.length));
    else if (!args.includes('-q')) for (const line of found) out(line);
    return found.length > 0 ? 0 : 1;
  },
};
