/** Hosts for components in one process: a network, files and a clock that moves only when nobody has anything left to do. */
import { Exit, type Host, type WebRequest, type WebResponse } from '../../../source/sandbox/components/host.ts';
import { runComponent } from '../../../source/sandbox/components/index.ts';
import { bucketServer } from '../../../source/sandbox/world/bucket.ts';
import { requestOf } from '../../../source/sandbox/world/container-host.ts';
import { memoryFolder } from '../../../source/sandbox/world/files.ts';
import { openPostgres } from '../../../source/sandbox/world/postgres.ts';
import { openRedis } from '../../../source/sandbox/world/redis.ts';

interface Listener {
  readonly web?: (request: WebRequest) => Promise<WebResponse>;
  readonly conversation?: (question: unknown) => Promise<unknown>;
  readonly text?: (text: string) => string;
}

export interface Program {
  /** The pod, whose containers share their ports and files. */
  readonly pod: string;
  readonly image: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Running {
  readonly log: readonly string[];
  /** Set when the program has ended. */
  readonly code: () => number | undefined;
  /** As by kill -9. */
  stop(): void;
}

const longestWaitMs = 3_600_000;

export class Town {
  readonly postgres = openPostgres({ password: 'pg-password', now: () => this.#now, bulkBytes: () => 0 });
  isPostgresDown = false;
  redisPassword = 'redis-password';
  readonly redis = openRedis({
    password: () => this.redisPassword,
    version: '7.0.6',
    folder: memoryFolder(),
    waiting: () => 0,
    maxMemory: 0,
    now: () => this.#now,
  });
  /** Objects by key. */
  readonly bucket = memoryFolder();
  readonly #answerOfBucket = bucketServer({
    accessKeyOf: () => 'value-of-accessKey',
    folderOf: () => this.bucket,
    isFull: () => false,
  });
  /** By pod and path. */
  readonly files = new Map<string, string>();
  readonly #last = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #listeners = new Map<string, Listener>();
  #sleepers: { readonly until: number; readonly wake: () => void; readonly of?: AbortSignal }[] = [];
  #now = Date.UTC(2026, 0, 1);
  #random = 0;

  constructor() {
    this.postgres.query('CREATE DATABASE posthog');
  }

  /** Another name under which a pod is found; `postgres`, `redis` and `bucket` are the stores. */
  name(alias: string, pod: string): void {
    this.#names.set(alias, pod);
  }

  start({ pod, image, argv, env }: Program): Running {
    const log: string[] = [];
    const ports = new Set<string>();
    const ending = new AbortController();
    let code: number | undefined;
    const end = (with_: number) => {
      code ??= with_;
      for (const port of ports) this.#listeners.delete(port);
      ending.abort();
      this.#sleepers = this.#sleepers.filter(({ of }) => of !== ending.signal);
    };
    const listen = async (port: number, listener: Listener) => {
      ports.add(`${pod}:${port}`);
      this.#listeners.set(`${pod}:${port}`, listener);
    };
    const place = (path: string) => `${pod}:${path}`;
    // Nobody wakes a program that was killed.
    const sleep = (ms: number) =>
      new Promise<void>((wake) => {
        if (!ending.signal.aborted) this.#sleepers.push({ until: this.#now + ms, wake, of: ending.signal });
      });
    const host: Host = {
      env,
      argv,
      log: (line) => {
        log.push(line);
        this.#last.set(`${pod} ${image}`, line);
      },
      now: () => this.#now,
      sleep,
      idle: sleep,
      ending: ending.signal,
      serve: (port, web) => listen(port, { web }),
      serveConversation: (port, conversation) => listen(port, { conversation }),
      serveText: (port, text) => listen(port, { text }),
      converse: async (name, port) => {
        this.#find(pod, name, port);
        return {
          ask: async (question) => {
            const { conversation } = this.#find(pod, name, port);
            return JSON.parse(JSON.stringify(await conversation?.(question)));
          },
          close: () => {},
        };
      },
      text: async (name, port, send = '') => this.#find(pod, name, port).text?.(send) ?? '',
      fetch: async (url, options = {}) => {
        const address = new URL(url);
        const { hostname, port } = address;
        const request = requestOf(address, options, '10.0.0.9');
        if (this.#names.get(hostname) === 'bucket') return this.#answerOfBucket(request);
        const { web } = this.#find(pod, hostname, Number(port || '80'));
        if (!web) throw new Error('socket hang up');
        return web(request);
      },
      sql: async (url) => {
        if (this.isPostgresDown || this.#names.get(new URL(url).hostname) !== 'postgres') throw refused(url);
        return this.postgres.connect(url);
      },
      redis: async (url) => {
        if (this.#names.get(new URL(url).hostname) !== 'redis') throw refused(url);
        return this.redis.connect(url);
      },
      read: async (path) => this.files.get(place(path)),
      write: async (path, content) => void this.files.set(place(path), content),
      append: async (path, content) =>
        void this.files.set(place(path), `${this.files.get(place(path)) ?? ''}${content}`),
      randomHex: (bytes) => (++this.#random).toString(16).padStart(bytes * 2, 'f'),
    };
    const failed = (error: unknown) => {
      if (!(error instanceof Exit)) log.push(error instanceof Error ? String(error.stack) : String(error));
      end(error instanceof Exit ? error.code : 1);
    };
    // A server goes on after this; a command is over.
    runComponent(host, image).then(() => ports.size === 0 && end(0), failed);
    return { log, code: () => code, stop: () => end(143) };
  }

  /** A request from outside. */
  async send(
    pod: string,
    port: number,
    path: string,
    { method = 'GET', headers = {}, body = '', from = '203.0.113.7' } = {},
  ): Promise<WebResponse> {
    const { web } = this.#find('outside', pod, port);
    if (!web) throw new Error('no web server');
    return web(requestOf(new URL(`http://town${path}`), { method, headers, body }, from));
  }

  #find(from: string, name: string, port: number): Listener {
    const pod = /^(127\.0\.0\.1|localhost)$/.test(name) ? from : (this.#names.get(name) ?? name);
    const listener = this.#listeners.get(`${pod}:${port}`);
    if (listener) return listener;
    const known = [...this.#listeners.keys(), ...this.#names.values()].some((each) => each.split(':')[0] === pod);
    throw new Error(known ? `connect ECONNREFUSED ${name}:${port}` : `getaddrinfo ENOTFOUND ${name}`);
  }

  /** Lets time pass until something is so; throws when it does not become so within an hour. */
  async until(so: () => boolean | Promise<boolean>): Promise<void> {
    const end = this.#now + longestWaitMs;
    for (;;) {
      await turn();
      if (await so()) return;
      const next = Math.min(...this.#sleepers.map(({ until }) => until));
      if (next > end) {
        const said = [...this.#last].map(([who, line]) => `${who}: ${line}`);
        throw new Error([`not so after ${longestWaitMs} ms: ${so}`, ...said].join('\n'));
      }
      this.#now = next;
      const due = this.#sleepers.filter(({ until }) => until <= next);
      this.#sleepers = this.#sleepers.filter(({ until }) => until > next);
      for (const { wake } of due) wake();
    }
  }

  /** Lets that much time pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    this.#sleepers.push({ until: end, wake: () => {} });
    await this.until(() => this.#now >= end);
  }

  /** Runs a command to its end. */
  async run(program: Program): Promise<{ readonly code: number | undefined; readonly log: readonly string[] }> {
    const running = this.start(program);
    await this.until(() => running.code() !== undefined);
    return { code: running.code(), log: running.log };
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const refused = (url: string) => new Error(`connect ECONNREFUSED ${new URL(url).host}`);
