/** The worker's queues and heartbeat, over a connection that is held, or by commands. */
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { ApiError } from '../../../source/cluster/index.ts';
import type { Cluster } from '../../../source/cluster/types.ts';
import { parsePrinted, parseTasks, redisAsker } from '../../../source/observe/sources/redis.ts';
import { componentOf } from '../../../source/stack/components.ts';

const { queues } = componentOf('worker');
const password = 'a "secret"\\ü';
const b64 = (text: string) => Buffer.from(text).toString('base64');

/** Answers in the protocol's form, as redis.io describes it; each command is one array of strings. */
function server(answers: (command: string) => string, onWrite: (stream: Duplex) => void = () => {}) {
  const asked: string[] = [];
  const stream: Duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      for (const [, words = ''] of chunk.toString().matchAll(/\*\d+\r\n((?:\$\d+\r\n[^\r]*\r\n)+)/g)) {
        const command = [...words.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map(([, word]) => word).join(' ');
        asked.push(command);
        stream.push(answers(command));
      }
      onWrite(stream);
      done();
    },
  });
  return { stream, asked };
}
const usual = (command: string) => {
  if (command.startsWith('AUTH')) return command === `AUTH ${password}` ? '+OK\r\n' : '-WRONGPASS no\r\n';
  if (command === 'TIME') return '*2\r\n$10\r\n1764525850\r\n$6\r\n123456\r\n';
  if (command === 'GET POSTHOG_HEARTBEAT') return '$10\r\n1764525838\r\n';
  return command === 'LLEN celery' ? ':7\r\n' : ':0\r\n';
};

const status = { conditions: [{ type: 'Ready', status: 'True' }] };
const pods = ['ph-redis-redis-sentinel-0', 'ph-redis-redis-0'].map((name) => ({ metadata: { name }, status }));
function asking(open: () => Duplex, more: Partial<Record<'exec' | 'get', unknown>> = {}) {
  const opened: string[] = [];
  const cluster = {
    list: async () => ({ items: pods }),
    get: async ({ name }: { name: string }) =>
      name === 'ph-redis-conn-credential' ? { data: { password: b64(password) } } : undefined,
    portForward: async (pod: string, port: number) => {
      opened.push(`${pod}:${port}`);
      return open();
    },
    ...more,
  } as unknown as Cluster;
  const { ask, close } = redisAsker(cluster, 'ph');
  return { opened, close, ask: (signal = new AbortController().signal) => ask(signal) };
}

test('one connection is held; the password is said once', async () => {
  const { stream, asked } = server(usual);
  const { ask, opened, close } = asking(() => stream);
  const first = await ask();
  expect(first.silentS).toBe(12);
  expect([...first.queues].filter(([, waiting]) => waiting > 0)).toEqual([['celery', 7]]);
  await ask();
  expect(opened).toEqual(['ph-redis-redis-0:6379']);
  expect(asked.filter((each) => each.startsWith('AUTH'))).toEqual([`AUTH ${password}`]);
  expect(asked.filter((each) => each.startsWith('LLEN'))).toHaveLength(2 * queues.length);
  close();
  expect(stream.destroyed).toBe(true);
});

test.each<[name: string, broken: (stream: Duplex) => void]>([
  ['ends', (stream) => stream.push(null)],
  ['breaks', (stream) => stream.destroy(new Error('WebSocket 1006'))],
])('a connection that %s between two questions is opened anew', async (_, broken) => {
  const streams = [server(usual).stream, server(usual).stream];
  const { ask, opened } = asking(() => streams[opened.length - 1] as Duplex);
  await ask();
  broken(streams[0] as Duplex);
  await new Promise((resolve) => streams[0]?.once('close', resolve));
  expect((await ask()).silentS).toBe(12);
  expect(opened).toHaveLength(2);
});

test('one that breaks while it is asked fails that question only', async () => {
  const broken = server(
    () => '',
    (stream) => stream.destroy(new Error('WebSocket 1006')),
  ).stream;
  const streams = [broken, server(usual).stream];
  const { ask, opened } = asking(() => streams[opened.length - 1] as Duplex);
  await expect(ask()).rejects.toThrow('1006');
  expect((await ask()).silentS).toBe(12);
});

test('whoever waits in vain gives up, and the connection with it', async () => {
  const { stream } = server(() => '');
  const { ask } = asking(() => stream);
  const patience = new AbortController();
  const waiting = ask(patience.signal);
  await new Promise((resolve) => setImmediate(resolve));
  patience.abort(new Error('no answer within 10 s'));
  await expect(waiting).rejects.toThrow('no answer');
  expect(stream.destroyed).toBe(true);
});

test('a refused password is no figure; the next time it is read anew', async () => {
  const passwords = ['old', password];
  const { ask } = asking(() => server(usual).stream, {
    get: async () => ({ data: { password: b64(passwords.shift() ?? '') } }),
  });
  await expect(ask()).rejects.toThrow('WRONGPASS');
  expect((await ask()).silentS).toBe(12);
});

test.each([
  ['loads its data', '-LOADING Redis is loading the dataset in memory\r\n', 'LOADING'],
  ['does not let us', "-NOPERM this user has no permissions to run the 'llen' command\r\n", 'NOPERM'],
])('a Redis that %s has no empty queues', async (_, refusal, said) => {
  const { stream } = server((command) => (command.startsWith('LLEN') ? refusal : usual(command)));
  await expect(asking(() => stream).ask()).rejects.toThrow(said);
});

test('a password that Redis repeats when it refuses is told to nobody', async () => {
  const echo = `ERR unknown command 'AUTH', with args beginning with: '${password}' `;
  const { stream } = server((command) => (command.startsWith('AUTH') ? `-${echo}\r\n` : usual(command)));
  const error = await asking(() => stream)
    .ask()
    .catch(String);
  expect(error).toContain('unknown command');
  expect(error).not.toContain('secret');
  const { ask } = asking(
    () => {
      throw new ApiError({ code: 403, message: 'may not create pods/portforward' });
    },
    { exec: async () => ({ exitCode: 0, stdout: `${echo}\n`, stderr: '' }) },
  );
  const inPod = await ask().catch(String);
  expect(inPod).toContain('unknown command');
  expect(inPod).not.toContain('secret');
});

test('an answer without end is given up', async () => {
  const { stream } = server((command) => (command.startsWith('AUTH') ? `+${'x'.repeat(2 ** 21)}` : ''));
  await expect(asking(() => stream).ask()).rejects.toThrow('EPROTO');
  expect(stream.destroyed).toBe(true);
});

test('newer versions of KubeBlocks name the Secret otherwise; without any, nothing is asked', async () => {
  const only = (found: string) => ({
    get: async ({ name }: { name: string }) => (name === found ? { data: { password: b64(password) } } : undefined),
  });
  const newer = asking(() => server(usual).stream, only('ph-redis-redis-account-default'));
  expect((await newer.ask()).silentS).toBe(12);
  const none = asking(() => server(usual).stream, only('another'));
  await expect(none.ask()).rejects.toThrow('no Secret');
  expect(none.opened).toEqual([]);
});

/** As redis-cli 7 prints replies where its output is no terminal. */
const printed = (auth: string) =>
  [auth, '1764525850', '123456', '1764525838', ...queues.map((queue) => (queue === 'email' ? '3' : '0')), ''].join(
    '\n',
  );

test('where no port-forward may be opened, a command in the pod asks; the password goes through its input', async () => {
  const runs: { command: readonly string[]; stdin: string; container: string }[] = [];
  const { ask, opened } = asking(
    () => {
      throw new ApiError({ code: 403, message: 'may not create pods/portforward' });
    },
    {
      exec: async (_: string, command: readonly string[], options: { stdin: string; container: string }) => {
        runs.push({ command, ...options });
        return { exitCode: 0, stdout: printed('OK'), stderr: '' };
      },
    },
  );
  expect((await ask()).queues.get('email')).toBe(3);
  await ask();
  expect(opened).toHaveLength(1);
  expect(runs.map(({ command, container }) => [command, container])).toEqual([
    [['redis-cli'], 'redis'],
    [['redis-cli'], 'redis'],
  ]);
  expect(runs[0]?.stdin.split('\n').slice(0, 3)).toEqual([
    '"AUTH" "a\\x20\\x22secret\\x22\\x5c\\xc3\\xbc"',
    '"TIME"',
    '"GET" "POSTHOG_HEARTBEAT"',
  ]);
});

test('what a command prints is only taken from one that was let in', () => {
  expect(() => parsePrinted(printed('WRONGPASS invalid username-password pair'))).toThrow('WRONGPASS');
  expect(() => parsePrinted('')).toThrow('no answer');
  const loading = printed('OK').replace(/\n0\n/, '\nLOADING Redis is loading the dataset in memory\n');
  expect(() => parseTasks(parsePrinted(loading))).toThrow('LOADING');
  expect(parseTasks(parsePrinted(printed('OK').replace('1764525838', ''))).silentS).toBeUndefined();
});

test('a worker that never lived has no sign of life; a queue of another kind is empty', () => {
  const wrong = new Error('WRONGTYPE Operation against a key holding the wrong kind of value');
  const { queues: found, silentS } = parseTasks([['1764525850', '0'], null, wrong, 4]);
  expect(silentS).toBeUndefined();
  expect([found.get('celery'), found.get('stats'), found.size]).toEqual([0, 4, queues.length]);
  expect(() => parseTasks([new Error('NOAUTH Authentication required.')])).toThrow('NOAUTH');
});
