/** What can be called in a container besides its component: a few programs of every image, and the databases' own clients. */
import { Exit } from '../components/host.ts';
import { runComponent } from '../components/index.ts';
import type { ContainerHost } from './container-host.ts';
import { knownScript } from './scripts.ts';
import { type CommandIo, runShell } from './shell.ts';

export interface CommandPlace {
  /** Name in the release's list of images. */
  readonly image: string;
  /** A host of its own for each command. */
  hostFor(argv: readonly string[], log: (line: string) => void): ContainerHost;
  /** Tells the container's own program to end. */
  terminate(): void;
}

type Command = (io: CommandIo & { readonly args: readonly string[]; readonly host: ContainerHost }) => Promise<number>;

const printing =
  (lines: (host: ContainerHost, args: readonly string[]) => readonly string[]): Command =>
  async ({ host, args, out }) => {
    for (const line of lines(host, args)) out(line);
    return 0;
  };
const words = (args: readonly string[]) => args.filter((arg) => !arg.startsWith('-'));
const linesOf = (text: string) => text.replace(/\n$/, '').split('\n');

const commands: Readonly<Record<string, Command>> = {
  true: async () => 0,
  false: async () => 1,
  echo: printing((_, args) => linesOf(args.filter((arg, index) => index > 0 || arg !== '-n').join(' '))),
  env: printing(({ env }) => Object.entries(env).map(([name, value]) => `${name}=${value}`)),
  hostname: printing(({ env }) => [env['HOSTNAME'] ?? '']),
  whoami: printing(() => ['root']),
  id: printing(() => ['uid=0(root) gid=0(root) groups=0(root)']),
  date: printing((host) => [`${new Date(host.now()).toUTCString().replace(',', '').replace('GMT', 'UTC')}`]),
  async sleep({ host, args }) {
    await host.sleep(Number.parseFloat(args[0] ?? '0') * 1000);
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
  async pg_isready({ host, args, out }) {
    const name = args[args.indexOf('-h') + 1];
    const [at, port] = [args.includes('-h') ? name : host.env['PGHOST'], Number(host.env['PGPORT'] ?? 5432)];
    const answers = await host.text(at ?? 'localhost', port).then(
      () => true,
      () => false,
    );
    if (!args.includes('-q'))
      out(`${at ?? '/var/run/postgresql'}:${port} - ${answers ? 'accepting connections' : 'no response'}`);
    return answers ? 0 : 2;
  },
  async psql({ host, args, out, err }) {
    const { PGHOST = 'localhost', PGPORT = '5432', PGUSER = 'postgres', PGDATABASE = 'postgres' } = host.env;
    const password = host.env['PGPASSWORD'] ?? host.env['PGPASSWORD_SUPERUSER'] ?? '';
    const after = (flag: string) => args[args.findIndex((arg) => arg.endsWith(flag) && arg.startsWith('-')) + 1];
    const place = `${PGHOST}:${PGPORT}/${args.includes('-d') ? after('d') : PGDATABASE}`;
    try {
      const sql = await host.sql(`postgresql://${encodeURIComponent(PGUSER)}:${encodeURIComponent(password)}@${place}`);
      const rows = await sql.query(after('c') ?? '');
      for (const row of rows) out(Object.values(row).join('|'));
      return 0;
    } catch (error) {
      err(`ERROR:  ${(error as Error).message}`);
      return 1;
    }
  },
  async 'redis-cli'({ host, args, out, err }) {
    const password = host.env['REDISCLI_AUTH'] ?? host.env['REDIS_PASSWORD'] ?? '';
    const flags = args.findIndex((arg) => !arg.startsWith('-'));
    const redis = await host.redis(`redis://:${encodeURIComponent(password)}@localhost:6379`);
    const answer = await redis.command(...args.slice(flags)).catch((error: Error) => error);
    if (answer instanceof Error) {
      err(answer.message);
      return 1;
    }
    for (const line of [answer].flat())
      out(line === null ? '' : String(line).includes('\r\n') ? String(line).replaceAll('\r\n', '\n') : String(line));
    return 0;
  },
  async 'clickhouse-client'({ host, args, out, err }) {
    const value = (flag: string) => args.find((_, index) => args[index - 1] === flag);
    const headers = {
      'x-clickhouse-user': value('--user') ?? host.env['CLICKHOUSE_USER'] ?? 'default',
      'x-clickhouse-key': value('--password') ?? host.env['CLICKHOUSE_PASSWORD'] ?? '',
    };
    const body = value('--query') ?? value('-q') ?? '';
    const { status, body: text } = await host.fetch('http://localhost:8123/', { method: 'POST', headers, body });
    for (const line of text === '' ? [] : linesOf(text)) (status === 200 ? out : err)(line);
    return status === 200 ? 0 : 1;
  },
};

/** Runs a command to its end. A command that is not there ends with 127, as a shell says it. */
export async function runCommand(place: CommandPlace, argv: readonly string[], io: CommandIo): Promise<number> {
  const name = argv[0]?.split('/').at(-1) ?? '';
  const host = place.hostFor(argv, io.out);
  try {
    if (name === 'kill') {
      place.terminate();
      return 0;
    }
    const script = await scriptOf(host, name, argv);
    if (script !== undefined) return await runScript(place, host, script, io);
    const command = commands[name];
    if (command) return await command({ ...io, args: argv.slice(1), host });
    await runComponent(host, place.image);
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    io.err((error as Error).message);
    return 1;
  }
}

/** Whether `name` is one of the programs above, which need no component. */
export const isCommand = (name: string): boolean => name in commands || /^(ba)?sh$/.test(name) || name === 'kill';

/** Of `sh -c TEXT` and `sh FILE`. */
async function scriptOf(host: ContainerHost, name: string, argv: readonly string[]): Promise<string | undefined> {
  if (!/^(ba)?sh$/.test(name)) return undefined;
  if (argv[1] === '-c') return argv[2] ?? '';
  const text = await host.read(argv[1] ?? '');
  if (text !== undefined) return text;
  host.log(`${name}: ${argv[1]}: No such file or directory`);
  throw new Exit(127);
}

function runScript(place: CommandPlace, host: ContainerHost, script: string, io: CommandIo): Promise<number> {
  const run = (argv: readonly string[], its: CommandIo) => runCommand(place, argv, its);
  const known = knownScript(script);
  if (known) return known({ host, io, run: (argv, out = io.out) => run(argv, { ...io, out }) });
  return runShell({ env: host.env, run, read: host.read, write: host.write }, script, io);
}
