/** What a container of the sandbox gives its component: a place in the network, files, and time that passes at the sandbox's pace. */
import type { Bulk, FetchOptions, Host, WebRequest, WebResponse } from '../components/host.ts';
import type { ContainerRun, Pace } from '../types.ts';
import type { Folder } from './files.ts';
import type { Listener, Network } from './network.ts';

export interface Surroundings {
  readonly network: Network;
  readonly pace: Pace;
  readonly randomHex: (bytes: number) => string;
  /** Answers for addresses outside the cluster's network, such as public ones; undefined when it is none. */
  readonly outside: (url: URL, request: WebRequest) => Promise<WebResponse> | undefined;
}

export interface ContainerHost extends Host {
  readonly files: Folder;
  readonly namespace: string;
  /** Where its own persistent volume is mounted. */
  readonly volume: string | undefined;
  /** Serves on a port of the pod, in any protocol. */
  listen(port: number, listener: Listener): void;
}

export interface Container {
  readonly run: ContainerRun;
  readonly files: Folder;
  readonly bulk: Bulk;
  readonly ending: AbortSignal;
  /** Aborts when nothing of it runs any more. */
  readonly over: AbortSignal;
  readonly onListen: () => void;
  /** It ran before the sandbox was started again, and is soon where it was. */
  readonly isResumed: boolean;
}

/** Who waits so long waits for something to happen; even at the highest speed it must not keep the processor busy. */
const lookMs = 1_000;
const shortestLookMs = 20;
/** How long a container that goes on does not wait for what it waited for long ago. */
const resumeMs = 2_000;

export function containerHost(
  { network, pace, randomHex, outside }: Surroundings,
  { run, files, bulk, ending, over, onListen, isResumed }: Container,
  argv: readonly string[],
  log: (line: string) => void,
): ContainerHost {
  const namespace = run.pod.metadata.namespace ?? '';
  const resumedUntil = isResumed ? pace.monotonic() + resumeMs : 0;
  const isSelf = (host: string) => host === 'localhost' || host === '127.0.0.1';
  const find = (host: string, port: number): Listener => {
    if (!isSelf(host)) return network.find(namespace, host, port);
    const own = network.at(run.ip, port);
    if (!own) throw new Error(`connect ECONNREFUSED 127.0.0.1:${port}`);
    return own;
  };
  /** All of them go on at once: who was there before is there again in a moment, and was never away. */
  const reach = async (host: string, port: number): Promise<Listener> => {
    for (;;)
      try {
        return find(host, port);
      } catch (error) {
        if (over.aborted || pace.monotonic() >= resumedUntil) throw error;
        await pace.sleep(shortestLookMs, over);
      }
  };
  /** A program that was killed hears no answer: it does nothing any more, not even what it was about to do. */
  const heard = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      answer.then(
        (value) => !over.aborted && resolve(value),
        (error) => !over.aborted && reject(error),
      );
    });
  const listen = (port: number, listener: Listener) => {
    if (over.aborted) return;
    const stop = network.listen(run.ip, port, listener);
    over.addEventListener('abort', stop, { once: true });
    onListen();
  };
  const speaks = async <P extends keyof Listener>(url: string, port: number, protocol: P) => {
    const { hostname, port: given } = new URL(url);
    const found = (await reach(hostname, Number(given || port)))[protocol];
    if (!found) throw new Error('Connection terminated unexpectedly');
    return found as NonNullable<Listener[P]>;
  };
  return {
    files,
    bulk,
    namespace,
    volume: run.volumes.find(({ persistent }) => persistent)?.path,
    env: run.env,
    argv,
    log,
    listen,
    now: () => pace.now(),
    // Nobody wakes a program that was killed.
    sleep: (ms) =>
      new Promise((wake) => {
        if (over.aborted) return;
        if (pace.monotonic() < resumedUntil) void pace.sleep(Math.min(ms, shortestLookMs), over).then(wake, () => {});
        else if (pace.speed === Number.POSITIVE_INFINITY && ms < lookMs) setImmediate(wake);
        else {
          const waits = ms < lookMs ? pace.work(ms, over) : pace.sleep(Math.max(ms / pace.speed, shortestLookMs), over);
          waits.then(wake, () => {});
        }
      }),
    idle: (ms) => new Promise((wake) => void pace.sleep(ms, over).then(wake, () => {})),
    ending,
    serve: async (port, web) => listen(port, { web }),
    serveConversation: async (port, conversation) => listen(port, { conversation }),
    serveText: async (port, text) => listen(port, { text }),
    converse: async (host, port) => {
      await reach(host, port);
      return {
        ask: async (question) => {
          const { conversation } = find(host, port);
          if (!conversation) throw new Error('Connection closed by the broker');
          // What is said goes over the wire: nobody shares objects.
          return heard(conversation(question).then(structuredClone));
        },
        close: () => {},
      };
    },
    text: async (host, port, send = '') => (await reach(host, port)).text?.(send) ?? '',
    async fetch(url, options = {}) {
      const address = new URL(url);
      const request = requestOf(address, options, run.ip);
      const answer = outside(address, request);
      if (answer) return heard(answer);
      const { web } = await reach(address.hostname, Number(address.port || '80'));
      if (!web) throw new Error('socket hang up');
      return heard(web(request));
    },
    sql: async (url) => (await speaks(url, 5432, 'sql'))(url),
    redis: async (url) => (await speaks(url, 6379, 'redis'))(url),
    read: async (path) => files.read(absolute(path)),
    write: async (path, content) => files.write(absolute(path), content),
    append: async (path, content) => files.append(absolute(path), content),
    randomHex,
  };
}

/** Programs are started in the image's working directory. */
const absolute = (path: string) => (path.startsWith('/') ? path : `/code/${path}`);

export function requestOf(
  { pathname, searchParams, host }: URL,
  { method = 'GET', headers = {}, body = '' }: FetchOptions,
  remoteAddress: string,
): WebRequest {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, path: pathname, query: searchParams, headers: { host, ...lower }, body, remoteAddress };
}
