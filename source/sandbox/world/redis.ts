/** Redis as far as the components and `redis-cli` speak to it. Values are kept in a file of its volume. */
import type { Redis } from '../components/host.ts';
import type { Folder } from './files.ts';

type Value = string | string[];
type Verb = (args: readonly string[]) => unknown;

export interface RedisServer {
  /** @throws Error in Redis' words when the password is wrong. */
  connect(url: string): Redis;
  /** @throws Error in Redis' words. */
  command(...words: readonly string[]): unknown;
}

const dump = 'dump.json';

export function openRedis(options: {
  readonly password: string;
  readonly version: string;
  readonly folder: Folder;
  readonly usedBytes: () => number;
}): RedisServer {
  const values = new Map<string, Value>(Object.entries(JSON.parse(options.folder.read(dump) ?? '{}')));
  const save = () => options.folder.write(dump, JSON.stringify(Object.fromEntries(values)));
  const list = (key = ''): string[] => {
    const value = values.get(key) ?? [];
    if (typeof value === 'string') throw new Error('WRONGTYPE Operation against a key holding the wrong kind of value');
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
      if (Array.isArray(value)) list('');
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
    LLEN: ([key]) => list(key).length,
    LPUSH: ([key = '', ...more]) => push(key, [...more.reverse(), ...list(key)]),
    RPUSH: ([key = '', ...more]) => push(key, [...list(key), ...more]),
    LRANGE: ([key, from = '0', to = '-1']) => list(key).slice(Number(from), to === '-1' ? undefined : Number(to) + 1),
    INFO: () =>
      [
        `# Server\r\nredis_version:${options.version}\r\nredis_mode:standalone`,
        `# Memory\r\nused_memory:${options.usedBytes()}`,
        '# Replication\r\nrole:master\r\nconnected_slaves:0',
        `# Keyspace\r\ndb0:keys=${values.size},expires=0,avg_ttl=0`,
      ].join('\r\n\r\n'),
  };
  const command = (...[verb = '', ...args]: readonly string[]): unknown => {
    const run = verbs[verb.toUpperCase()];
    if (!run)
      throw new Error(
        `ERR unknown command '${verb}', with args beginning with: ${args.map((each) => `'${each}' `).join('')}`,
      );
    return run(args);
  };
  return {
    command,
    connect(url) {
      const given = decodeURIComponent(new URL(url).password);
      if (given === '') throw new Error('NOAUTH Authentication required.');
      if (given !== options.password) throw new Error('WRONGPASS invalid username-password pair or user is disabled.');
      return { command: async (...words) => command(...words), close: () => {} };
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
