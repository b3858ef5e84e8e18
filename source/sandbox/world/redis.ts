/** Redis as far as the components and `redis-cli` speak to it. Values are kept in a file of its volume. */
import type { Redis } from '../components/host.ts';
import type { Folder } from './files.ts';

type Value = string | string[];
type Verb = (args: readonly string[]) => unknown;

export interface RedisServer {
  /** @throws Error in Redis' words when the password is wrong. */
  connect(url: string): Redis;
  /** A connection on which nobody has said a password yet. @returns what runs a command. @throws Error in Redis' words. */
  session(): (words: readonly string[]) => unknown;
}

const dump = 'dump.json';
const emptyBytes = 2 * 2 ** 20;
const bytesPerTask = 1_500;
const queues = ['celery', 'analytics_queries', 'long_running', 'stats', 'email'];

export function openRedis(options: {
  readonly password: () => string;
  readonly version: string;
  readonly folder: Folder;
  /** Elements of a list that were never pushed one by one. */
  readonly waiting: (list: string) => number;
  /** In bytes. */
  readonly maxMemory: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): RedisServer {
  const values = new Map<string, Value>(Object.entries(JSON.parse(options.folder.read(dump) ?? '{}')));
  const save = () => options.folder.write(dump, JSON.stringify(Object.fromEntries(values)));
  const list = (key = ''): string[] => {
    const value = values.get(key) ?? [];
    if (typeof value === 'string') throw wrongType();
    return value;
  };
  const push = (key: string, next: string[]): number => {
    values.set(key, next);
    save();
    return next.length;
  };
  const verbs: Readonly<Record<string, Verb>> = {
    PING: ([text = 'PONG']) => text,
    GET: ([key = '']) => {
      const value = values.get(key) ?? null;
      if (Array.isArray(value)) throw wrongType();
      return value;
    },
    SET: ([key = '', value = '']) => {
      values.set(key, value);
      save();
      return 'OK';
    },
    DEL: (keys) => {
      const gone = keys.filter((key) => values.delete(key)).length;
      save();
      return gone;
    },
    EXISTS: (keys) => keys.filter((key) => values.has(key)).length,
    KEYS: ([pattern = '*']) => [...values.keys()].filter((key) => globbed(pattern).test(key)),
    DBSIZE: () => values.size,
    TIME: () => [String(Math.floor(options.now() / 1000)), String((options.now() % 1000) * 1000)],
    SELECT: () => 'OK',
    LLEN: ([key = '']) => list(key).length + options.waiting(key),
    LPUSH: ([key = '', ...more]) => push(key, [...more.reverse(), ...list(key)]),
    RPUSH: ([key = '', ...more]) => push(key, [...list(key), ...more]),
    LRANGE: ([key, from = '0', to = '-1']) => list(key).slice(Number(from), to === '-1' ? undefined : Number(to) + 1),
    INFO: ([wanted = '']) =>
      Object.entries(sections())
        .filter(([name]) => ['', name, 'all', 'everything', 'default'].includes(wanted.toLowerCase()))
        .map(([name, fields]) =>
          [`# ${name[0]?.toUpperCase()}${name.slice(1)}`, ...fields.map((field) => field.join(':')), ''].join('\r\n'),
        )
        .join('\r\n'),
  };
  const sections = (): Readonly<Record<string, readonly (readonly [string, string | number])[]>> => {
    const used = emptyBytes + bytesPerTask * queues.reduce((sum, queue) => sum + options.waiting(queue), 0);
    return {
      server: [
        ['redis_version', options.version],
        ['redis_mode', 'standalone'],
      ],
      clients: [['connected_clients', 12]],
      memory: [
        ['used_memory', used],
        ['used_memory_human', `${(used / 2 ** 20).toFixed(2)}M`],
        ['maxmemory', options.maxMemory],
        ['maxmemory_policy', 'volatile-lru'],
      ],
      replication: [
        ['role', 'master'],
        ['connected_slaves', 0],
      ],
      keyspace: [['db0', `keys=${values.size},expires=0,avg_ttl=0`]],
    };
  };
  const command = (...[verb = '', ...args]: readonly string[]): unknown => {
    const run = verbs[verb.toUpperCase()];
    if (!run)
      throw new Error(
        `ERR unknown command '${verb}', with args beginning with: ${args.map((each) => `'${each}' `).join('')}`,
      );
    return run(args);
  };
  const session: RedisServer['session'] = () => {
    let known = false;
    return ([verb = '', ...args]) => {
      if (verb.toUpperCase() === 'AUTH') {
        if (args.at(-1) !== options.password())
          throw new Error('WRONGPASS invalid username-password pair or user is disabled.');
        known = true;
        return 'OK';
      }
      if (!known) throw new Error('NOAUTH Authentication required.');
      return command(verb, ...args);
    };
  };
  return {
    session,
    connect(url) {
      const run = session();
      const password = decodeURIComponent(new URL(url).password);
      if (password !== '') run(['AUTH', password]);
      return { command: async (...words) => run(words), close: () => {} };
    },
  };
}

const globbed = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

const wrongType = () => new Error('WRONGTYPE Operation against a key holding the wrong kind of value');
