/**
 * What a simulated component may do: the same behaviour runs in a container of the test cluster and, later, inside the
 * sandbox. A component neither knows which.
 */

export interface WebRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly remoteAddress: string;
}

export interface WebResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

export interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
}

/** A connection that carries one JSON value a line, each answered by one. */
export interface Conversation {
  ask(question: unknown): Promise<unknown>;
  close(): void;
}

export interface Sql {
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface Redis {
  command(...words: readonly string[]): Promise<unknown>;
  close(): void;
}

/** What flows and lies in bulk, beside what is sent one by one. */
export interface Bulk {
  /** Messages written to a partition so far. */
  written(topic: string, partition: number): number;
  /** Messages that a group has read of it; undefined when the group reads none. */
  read(group: string, topic: string, partition: number): number | undefined;
  /** Rows in a table of ClickHouse. */
  rows(table: string): number;
  /** The container's own volume, in bytes; undefined when it has none. */
  disk(): { readonly used: number; readonly size: number } | undefined;
}

export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was called, and its arguments. */
  readonly argv: readonly string[];
  /** One line to the container's log. */
  log(line: string): void;
  /** Epoch milliseconds. */
  now(): number;
  /** Simulated work takes so long; a sandbox divides it by its speed. */
  sleep(ms: number): Promise<void>;
  /** Waits between two looks, whatever the speed. */
  idle(ms: number): Promise<void>;
  /** Aborts when the container is told to end. */
  readonly ending: AbortSignal;
  serve(port: number, answer: (request: WebRequest) => Promise<WebResponse>): Promise<void>;
  serveConversation(port: number, answer: (question: unknown) => Promise<unknown>): Promise<void>;
  /** For protocols of one short text each way; an empty answer keeps the connection open. */
  serveText(port: number, answer: (text: string) => string): Promise<void>;
  converse(host: string, port: number): Promise<Conversation>;
  /** Connects, sends, and gives the first piece of the answer; nothing to send only connects. */
  text(host: string, port: number, send?: string): Promise<string>;
  fetch(url: string, options?: FetchOptions): Promise<WebResponse>;
  sql(url: string): Promise<Sql>;
  redis(url: string): Promise<Redis>;
  read(path: string): Promise<string | undefined>;
  write(path: string, content: string): Promise<void>;
  append(path: string, content: string): Promise<void>;
  randomHex(bytes: number): string;
  /** Only in the sandbox. */
  readonly bulk?: Bulk;
}

/** Ends the container with this exit code. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.name = 'Exit';
    this.code = code;
  }
}

/** The value of a variable the component cannot start without; `complain` says so in the component's own words. */
export function need(host: Host, name: string, complain: (name: string) => string, code = 1): string {
  const value = host.env[name];
  if (value) return value;
  host.log(complain(name));
  throw new Exit(code);
}

export const json = (status: number, body: unknown, headers: WebResponse['headers'] = {}): WebResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export const plain = (status: number, body: string): WebResponse => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body,
});
