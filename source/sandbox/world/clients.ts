/** The databases' own clients, as `exec` and scripts call them; each in the words and the format of the real one. */
import type { Redis, Sql } from '../components/host.ts';
import { type Command, linesOf } from './programs.ts';

/** Values of flags; short ones may stand together, as in `-tAc`. */
function flagsOf(
  args: readonly string[],
  valued: string,
): { has(flag: string): boolean; value(flag: string): string | undefined } {
  const found = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const long = /^--([\w-]+)(?:=(.*))?$/s.exec(word);
    if (long) found.set(long[1] ?? '', long[2] ?? '');
    else if (word.startsWith('-'))
      for (const letter of word.slice(1)) found.set(letter, valued.includes(letter) ? (args[++at] ?? '') : '');
  }
  return { has: (flag) => found.has(flag), value: (flag) => found.get(flag) };
}

const pgIsReady: Command = async ({ host, args, out }) => {
  const flags = flagsOf(args, 'hpUdt');
  const [at, port] = [flags.value('h') ?? host.env['PGHOST'], Number(flags.value('p') ?? host.env['PGPORT'] ?? 5432)];
  const answers = await host.text(at ?? 'localhost', port).then(
    () => true,
    () => false,
  );
  if (!flags.has('q'))
    out(`${at ?? '/var/run/postgresql'}:${port} - ${answers ? 'accepting connections' : 'no response'}`);
  return answers ? 0 : 2;
};

const psql: Command = async ({ host, args, stdin, out, err }) => {
  const flags = flagsOf(args, 'cdUhpvFf');
  const { PGHOST = 'localhost', PGPORT = '5432', PGUSER = 'postgres', PGDATABASE = 'postgres' } = host.env;
  // In the database's own pod nobody asks for a password.
  const password = host.env['PGPASSWORD'] ?? host.env['PGPASSWORD_SUPERUSER'] ?? '';
  const [at, user] = [flags.value('h') ?? PGHOST, flags.value('U') ?? PGUSER];
  const port = flags.value('p') ?? PGPORT;
  const url = `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${at}:${port}/${flags.value('d') ?? PGDATABASE}`;
  let sql: Sql;
  try {
    sql = await host.sql(url);
  } catch (error) {
    err(`psql: error: ${connectionError((error as Error).message, at, port)}`);
    return 2;
  }
  const statement = flags.value('c') ?? stdin;
  try {
    const rows = await sql.query(statement);
    const shown = { bare: flags.has('t'), unaligned: flags.has('A'), separator: flags.value('F') ?? '|' };
    for (const line of /^\s*(SELECT|SHOW|WITH)\b/i.test(statement)
      ? tableOf(rows, shown)
      : [await tagOf(statement, sql)])
      out(line);
    return 0;
  } catch (error) {
    err(`ERROR:  ${(error as Error).message}`);
    return 1;
  }
};

function connectionError(message: string, host: string, port: string): string {
  if (message.includes('ENOTFOUND'))
    return `could not translate host name "${host}" to address: Name or service not known`;
  const why = message.includes('ECONNREFUSED')
    ? 'Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?'
    : `FATAL:  ${message}`;
  return `connection to server at "${host}", port ${port} failed: ${why}`;
}

/** What psql says of a statement without rows. */
async function tagOf(statement: string, sql: Sql): Promise<string> {
  const [verb = '', noun = ''] = statement.trim().toUpperCase().split(/\s+/);
  if (!/^(INSERT|UPDATE|DELETE)$/.test(verb))
    return verb === 'CREATE' || verb === 'ALTER' || verb === 'DROP' ? `${verb} ${noun}` : verb;
  const [changed] = await sql.query('SELECT changes() AS count');
  return `${verb}${verb === 'INSERT' ? ' 0' : ''} ${changed?.['count']}`;
}

interface Shown {
  readonly bare: boolean;
  readonly unaligned: boolean;
  readonly separator: string;
}

function tableOf(rows: readonly Record<string, unknown>[], { bare, unaligned, separator }: Shown): readonly string[] {
  const names = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => Object.values(row).map((value) => (value === null ? '' : String(value))));
  const count = `(${rows.length} row${rows.length === 1 ? '' : 's'})`;
  if (unaligned)
    return [...(bare ? [] : [names]), ...cells].map((row) => row.join(separator)).concat(bare ? [] : count);
  const widths = names.map((name, column) =>
    Math.max(bare ? 0 : name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = names.map((_, column) => typeof Object.values(rows[0] ?? {})[column] === 'number');
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .map((cell, column) => ` ${column === row.length - 1 && !isNumber[column] ? cell.trimEnd() : cell}`)
      .join(' |');
  const heading = names.map((name, column) => {
    const room = (widths[column] ?? 0) - name.length;
    return ` ${' '.repeat(Math.floor(room / 2))}${name}${' '.repeat(Math.ceil(room / 2))} `;
  });
  const head = bare ? [] : [heading.join('|'), widths.map((width) => '-'.repeat(width + 2)).join('+')];
  return [...head, ...cells.map(line), ...(bare ? [] : [count]), ''];
}

const redisCli: Command = async ({ host, args, stdin, out, err }) => {
  const words = [...args];
  const given: Record<string, string> = {};
  while (words[0]?.startsWith('-')) {
    const flag = words.shift() ?? '';
    given[flag] = /^(-[ahpnu]|--user|--pass)$/.test(flag) ? (words.shift() ?? '') : '';
  }
  const password = given['-a'] ?? given['--pass'] ?? host.env['REDISCLI_AUTH'] ?? '';
  if (given['-a'] !== undefined && given['--no-auth-warning'] === undefined)
    err("Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.");
  const [at, port] = [given['-h'] ?? '127.0.0.1', given['-p'] ?? '6379'];
  const connect = (secret: string) => host.redis(`redis://:${encodeURIComponent(secret)}@${at}:${port}`);
  let redis: Redis;
  try {
    redis = await connect(password).catch((error: Error) => {
      if (!error.message.startsWith('WRONGPASS')) throw error;
      err(`AUTH failed: ${error.message}`);
      return connect('');
    });
  } catch (error) {
    const why = (error as Error).message.includes('ENOTFOUND') ? 'Name or service not known' : 'Connection refused';
    err(`Could not connect to Redis at ${at}:${port}: ${why}`);
    return 1;
  }
  // Without a command it reads them from its input, one a line.
  const commands = words.length > 0 ? [words] : stdin.split('\n').filter(Boolean).map(wordsIn);
  for (const command of commands) {
    // What Redis refuses is printed as any other answer, and ends with 0.
    const answer = await redis.command(...command).catch((error: Error) => `${error.message}\n`);
    for (const each of [answer].flat())
      for (const line of String(each ?? '')
        .replaceAll('\r\n', '\n')
        .split('\n'))
        out(line);
  }
  return 0;
};

/** Words of a line as redis-cli splits it: quoted ones may hold bytes by their numbers (sds, `sdssplitargs`). */
const wordsIn = (line: string): readonly string[] =>
  (line.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? []).map((word) =>
    word.startsWith('"')
      ? Buffer.from(
          word
            .slice(1, -1)
            .replace(/\\x([0-9a-f]{2})|\\(.)/gi, (_, hex, char) =>
              hex === undefined ? char : String.fromCharCode(Number.parseInt(hex, 16)),
            ),
          'latin1',
        ).toString('utf8')
      : word,
  );

const clickhouseClient: Command = async ({ host, args, stdin, out, err }) => {
  const value = (...flags: readonly string[]) =>
    args.find((_, index) => flags.includes(args[index - 1] ?? '')) ??
    args.find((arg) => flags.some((flag) => arg.startsWith(`${flag}=`)))?.replace(/^[^=]*=/, '');
  const headers = {
    'x-clickhouse-user': value('--user', '-u') ?? host.env['CLICKHOUSE_USER'] ?? 'default',
    'x-clickhouse-key': value('--password') ?? host.env['CLICKHOUSE_PASSWORD'] ?? '',
  };
  const at = value('--host', '-h') ?? 'localhost';
  const format = value('--format', '-f');
  const query = `${value('--query', '-q') ?? stdin}${format === undefined ? '' : ` FORMAT ${format}`}`;
  try {
    const { status, body } = await host.fetch(`http://${at}:8123/`, { method: 'POST', headers, body: query });
    const lines = body === '' ? [] : linesOf(body);
    if (status === 200) {
      for (const line of lines) out(line);
      return 0;
    }
    const [, code = '0', rest = body] = /^Code: (\d+)\. (.*)$/s.exec(body.trim()) ?? [];
    err(
      `Received exception from server (version 26.6.2):\nCode: ${code}. DB::Exception: Received from ${at}:9000. ${rest}`,
    );
    return Number(code) % 256;
  } catch {
    err(`Code: 210. DB::NetException: Connection refused (${at}:9000). (NETWORK_ERROR)`);
    return 210;
  }
};

export const clients: Readonly<Record<string, Command>> = {
  pg_isready: pgIsReady,
  psql,
  'redis-cli': redisCli,
  'clickhouse-client': clickhouseClient,
};
