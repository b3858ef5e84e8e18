/**
 * How the components write their logs (stack-spec J), as a table: where a line of JSON holds its severity and its message,
 * or what a line of text looks like. What fits no row of its component is shown as it is.
 */
import type { LogFormat } from '../stack/components.ts';
import { membersAtBeginning, membersAtEnd } from './long-json.ts';

export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof levels)[number];

export interface Parsed {
  readonly level: Level | undefined;
  readonly message: string;
  /** What else a line of JSON says, by name. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The line itself, where it is JSON. */
  readonly json?: string;
}

export interface JsonRow {
  /** Names of the fields; `fields.message` is one in another. */
  readonly level: string;
  readonly message: string;
  /** Fields that repeat what stands elsewhere: the time, the place in the process. */
  readonly noise: readonly string[];
}

interface Row {
  /** Where a line of JSON has what is shown of it; undefined: where most have it. */
  readonly json?: JsonRow;
  /** With the groups `level` and `message`. */
  readonly text?: RegExp;
  /** What each message begins with and says nothing beside the component's name. */
  readonly prefix?: RegExp;
}

const time = '\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d[.,]\\d+';

export const formats: Readonly<Record<LogFormat, Row>> = {
  // structlog's JSON renderer, as PostHog sets it up (posthog/settings/logs.py).
  django: {
    json: { level: 'level', message: 'event', noise: ['timestamp', 'pid', 'tid', 'logger'] },
    // Granian's access log and its own words.
    text: /^(?=\[)(?:\[\d{4}-[^\]]*\] )?(?:\[(?<level>[A-Z]+)\] )?(?<message>.*)$/s,
  },
  // pino (nodejs/src/utils/logger.ts).
  node: {
    json: { level: 'level', message: 'msg', noise: ['time', 'pid', 'hostname', 'v'] },
    // `[INGESTION-V2-COMBINED] ` is its mode.
    prefix: /^\[[A-Z0-9_-]+\] /,
  },
  // tracing-subscriber's JSON, flattened or not (rust/common, rust/feature-flags).
  'rust-flat': { json: { level: 'level', message: 'message', noise: ['timestamp', 'target', 'threadId'] } },
  'rust-nested': { json: { level: 'level', message: 'fields.message', noise: ['timestamp', 'target', 'threadId'] } },
  tracing: {
    text: new RegExp(`^${time}Z?\\s+(?<level>TRACE|DEBUG|INFO|WARN|ERROR)\\s+(?<message>.*)$`, 's'),
  },
  clickhouse: {
    text: /^\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d\.\d+ \[ \d+ \] \{[^}]*\} <(?<level>\w+)> (?<message>.*)$/s,
  },
  redpanda: {
    text: new RegExp(`^(?<level>TRACE|DEBUG|INFO|WARN|ERROR)\\s+${time} (?:\\[shard[^\\]]*\\] )?(?<message>.*)$`, 's'),
  },
  zookeeper: {
    text: new RegExp(`^${time} \\[myid:[^\\]]*\\] - (?<level>[A-Z]+)\\s+(?<message>.*)$`, 's'),
  },
  patroni: {
    text: new RegExp(`^${time}(?: [A-Z]{3})?(?: \\[\\d+\\]:?)? (?<level>[A-Z]+):\\s+(?<message>.*)$`, 's'),
  },
  redis: {
    text: /^\d+:[A-Z] \d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d+ (?<level>[.\-*#]) (?<message>.*)$/s,
  },
  plain: {},
};

/** Words for severities, in lower case; Redis has signs for them, pino may have numbers. */
const words: ReadonlyMap<string, Level> = new Map<string, Level>(
  Object.entries({
    trace: 'trace',
    debug: 'debug',
    verbose: 'debug',
    info: 'info',
    information: 'info',
    notice: 'info',
    log: 'info',
    warn: 'warn',
    warning: 'warn',
    error: 'error',
    err: 'error',
    critical: 'fatal',
    fatal: 'fatal',
    panic: 'fatal',
    '.': 'debug',
    '-': 'debug',
    '*': 'info',
    '#': 'warn',
    '10': 'trace',
    '20': 'debug',
    '30': 'info',
    '40': 'warn',
    '50': 'error',
    '60': 'fatal',
  }),
);

export const levelOf = (word: unknown): Level | undefined => words.get(String(word).toLowerCase());

/** Where nothing says how grave a line is, its words do. */
const grave = /\b(?:FATAL|CRITICAL|ERROR|Exception|Traceback|panicked)\b/;
const doubtful = /\bWARN(?:ING)?\b/;

/** Colours and the like (SGR), which stand in the way of everything that reads a line. */
const colours = /\x1b\[[\d;:]*m/g;

const nothing: Parsed['fields'] = {};

export const jsonRowOf = (format: LogFormat): JsonRow => formats[format].json ?? anyJson;

/**
 * @param line without its time and its end; of a progress bar that draws over itself, the last picture counts
 * @param ending of a line that is too long to be read as a whole
 */
export function parseLine(line: string, format: LogFormat, ending?: string): Parsed {
  const last = line.lastIndexOf('\r', line.length - 2);
  const text = (last < 0 ? line : line.slice(last + 1)).replace(/\r$/, '');
  const { text: pattern, prefix } = formats[format];
  if (text.startsWith('{')) {
    const row = jsonRowOf(format);
    const parsed = ending === undefined ? parseJson(text, row, prefix) : parseEnds(text, ending, row, prefix);
    if (parsed) return parsed;
  }
  const plain = text.includes('\x1b') ? text.replace(colours, '') : text;
  const groups = pattern?.exec(plain)?.groups;
  if (groups) {
    const { level, message = '' } = groups;
    return { level: level === undefined ? guessedLevel(message) : levelOf(level), message, fields: nothing };
  }
  return { level: guessedLevel(plain), message: plain, fields: nothing };
}

const guessedLevel = (text: string): Level | undefined =>
  grave.test(text) ? 'error' : doubtful.test(text) ? 'warn' : undefined;

const anyJson: JsonRow = { level: 'level', message: 'message', noise: ['timestamp', 'time', 'ts'] };
/** In the order in which they are looked for where the format's own is not there. */
const messageNames = ['msg', 'message', 'event', 'fields.message'];

function parseJson(text: string, row: JsonRow, prefix: RegExp | undefined): Parsed | undefined {
  try {
    return new JsonLine(text, JSON.parse(text) as Readonly<Record<string, unknown>>, row, prefix);
  } catch {
    return undefined;
  }
}

/** Undefined where its message is not known. */
function parseEnds(text: string, ending: string, row: JsonRow, prefix: RegExp | undefined): Parsed | undefined {
  const names = [row.level, row.message, ...messageNames];
  const known = { ...membersAtBeginning(text), ...membersAtEnd(ending, names) };
  return names.slice(1).some((name) => typeof valueAt(known, name) === 'string')
    ? new JsonLine(text, known, row, prefix)
    : undefined;
}

/** Its fields are gathered when somebody asks for them: most lines are shown without. */
class JsonLine implements Parsed {
  readonly json: string;
  readonly level: Level | undefined;
  readonly message: string;
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #row: JsonRow;
  /** The name of what is its message. */
  readonly #name: string | undefined;

  constructor(json: string, object: Readonly<Record<string, unknown>>, row: JsonRow, prefix: RegExp | undefined) {
    this.json = json;
    this.#object = object;
    this.#row = row;
    const isText = (name: string) => typeof valueAt(object, name) === 'string';
    this.#name = isText(row.message) ? row.message : messageNames.find(isText);
    const said = this.#name === undefined ? json : (valueAt(object, this.#name) as string);
    this.message = prefix ? said.replace(prefix, '') : said;
    this.level = levelOf(object[row.level]) ?? guessedLevel(said);
  }

  get fields(): Parsed['fields'] {
    const { fields: nested, ...own } = this.#object;
    const all = isObject(nested) ? { ...own, ...nested } : this.#object;
    const hidden = [...this.#row.noise, this.#row.level, this.#name?.split('.').at(-1)];
    return Object.fromEntries(Object.entries(all).filter(([key]) => !hidden.includes(key)));
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valueAt(object: Readonly<Record<string, unknown>>, path: string): unknown {
  const dot = path.indexOf('.');
  if (dot < 0) return object[path];
  const value = object[path.slice(0, dot)];
  return isObject(value) ? value[path.slice(dot + 1)] : undefined;
}
