/** One line of a log as it is printed: read, raw, or as JSON. */
import { type Level, levels, type Parsed, parseLine } from '../../logs/formats.ts';
import { guarded } from '../../logs/guarded.ts';
import { shortName } from '../../logs/names.ts';
import { longestStamp, textAt } from '../../logs/stamp.ts';
import type { Marker, Run } from '../../logs/types.ts';
import type { Messages } from '../../messages/index.ts';
import { componentOf, type LogFormat } from '../../stack/components.ts';
import { escapeControls, escapeJson, readableLine } from '../../text/escape.ts';
import { padEnd } from '../../text/width.ts';
import type { Gathered } from './gathered.ts';
import { JsonLines } from './json-lines.ts';
import type { LogsRequest } from './request.ts';

const newline = 10;

export interface LineOptions extends Pick<LogsRequest, 'form' | 'only' | 'not' | 'level' | 'fields' | 'timestamps'> {
  readonly app: string;
  readonly color: boolean;
  /** Raw bytes may act on what they are shown on. */
  readonly isEscaped: boolean;
  readonly t: Messages;
}

interface KnownRun {
  readonly prefix: string;
  /** Members of its records that tell where they come from. */
  readonly json: string;
  /** Of the line that others may continue. */
  level: Level | undefined;
  lines?: JsonLines;
}

/** Turns merged lines into what is written. Keeps of each run what it needs to tell the lines that belong together. */
export class LinePrinter {
  readonly #options: LineOptions;
  readonly #runs = new Map<Run, KnownRun>();
  #widest = 0;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** At most `most` lines. @returns how many, or 1 for any number where nobody counts. @throws SlowPattern */
  print(run: Run, bytes: Buffer, most: number, out: Gathered): number {
    const { form, only, not, level, isEscaped } = this.#options;
    const isWhole = only.length + not.length === 0 && !level && !isEscaped && most === Number.POSITIVE_INFINITY;
    if (isWhole && form !== 'text') {
      if (form === 'raw') out.add(withoutTimes(bytes));
      else this.#jsonLines(run, bytes, out);
      return 1;
    }
    const isParsed = form !== 'raw' || level !== undefined;
    const lines = linesIn(bytes, isParsed ? componentOf(run.component).log : undefined);
    const fitting =
      only.length + not.length === 0 ? lines : guarded(() => lines.filter(({ text }) => this.#fits(text)));
    const grave = level ? fitting.filter((line) => isAtLeast(this.#levelOf(run, line), level)) : fitting;
    const kept = grave.slice(0, most);
    for (const line of kept) out.add(this.#line(run, line));
    return kept.length;
  }

  mark(run: Run, marker: Marker): string {
    const { form, t } = this.#options;
    if (form === 'json') return `${JSON.stringify({ ...this.#of(run), marker })}\n`;
    const said = t.logs.marker(marker);
    return form === 'raw' ? '' : `${this.#prefix(run)}${this.#dim(`-- ${said} --`)}\n`;
  }

  #fits(text: string): boolean {
    const { only, not } = this.#options;
    return (only.length === 0 || only.some((each) => each.test(text))) && !not.some((each) => each.test(text));
  }

  /** What continues a line is as grave as the line. */
  #levelOf(run: Run, { text, parsed }: ReadLine): Level | undefined {
    const known = this.#run(run);
    if (!/^\s/.test(text)) known.level = parsed?.level;
    return known.level;
  }

  #line(run: Run, line: ReadLine): string {
    const { form, isEscaped } = this.#options;
    if (form === 'raw') return `${isEscaped ? escapeControls(line.text) : line.text}\n`;
    if (form === 'json') return `${isEscaped ? escapeJson(this.#json(run, line)) : this.#json(run, line)}\n`;
    return `${this.#prefix(run)}${this.#text(line)}\n`;
  }

  #jsonLines(run: Run, bytes: Buffer, out: Gathered): void {
    const known = this.#run(run);
    const { log } = componentOf(run.component);
    known.lines ??= new JsonLines(log);
    known.lines.print(bytes, known.json, out, (line) => {
      for (const each of linesIn(line, log)) out.add(`${this.#json(run, each)}\n`);
    });
  }

  /** Put together by hand: what is JSON already is not written anew, and what is the same for a run is written once. */
  #json(run: Run, { stamp, text, parsed }: ReadLine): string {
    const { level, message, json } = parsed as Parsed;
    const grade = level === undefined ? '' : `"level":"${level}",`;
    const raw = JSON.stringify(text);
    const said = message === text ? raw : JSON.stringify(message);
    return `{"time":${JSON.stringify(stamp)},${this.#run(run).json},${grade}"message":${said},"fields":${json ?? '{}'},"raw":${raw}}`;
  }

  #of({ component, pod, container, restart, file }: Run) {
    return { component, pod, container, restart, ...(file === undefined ? {} : { file }) };
  }

  #text({ stamp, parsed }: ReadLine): string {
    const { timestamps, fields } = this.#options;
    const { level, message, fields: all } = parsed as Parsed;
    const time = timestamps ? stamp : localTime(Date.parse(stamp));
    const beside = fields.flatMap((name) => (all[name] === undefined ? [] : [`${name}=${shown(all[name])}`]));
    const traces = traceOf(all).map((line) => `\n    ${readableLine(line)}`);
    return [
      ...(time === '' ? [] : [this.#dim(time)]),
      this.#graded(level, padEnd((level ?? '').toUpperCase(), 5)),
      readableLine([message, ...beside].join(' ')) + traces.join(''),
    ].join(' ');
  }

  #prefix(run: Run): string {
    return this.#run(run).prefix;
  }

  #run(run: Run) {
    const known = this.#runs.get(run);
    if (known) return known;
    const name = escapeControls(shortName(run, this.#options.app));
    this.#widest = Math.max(this.#widest, name.length);
    const prefix = `${this.#colored(name, padEnd(name, this.#widest))} `;
    const made: KnownRun = { prefix, json: JSON.stringify(this.#of(run)).slice(1, -1), level: undefined };
    this.#runs.set(run, made);
    return made;
  }

  #colored(name: string, text: string): string {
    return this.#options.color ? `\x1b[${podColors[hashOf(name) % podColors.length]}m${text}\x1b[39m` : text;
  }

  #dim(text: string): string {
    return this.#options.color ? `\x1b[2m${text}\x1b[22m` : text;
  }

  #graded(level: Level | undefined, text: string): string {
    const color = level === undefined ? undefined : levelColors[level];
    return this.#options.color && color !== undefined ? `\x1b[${color}m${text}\x1b[39m` : text;
  }
}

interface ReadLine {
  /** As Kubernetes wrote it; empty where it wrote none. */
  readonly stamp: string;
  readonly text: string;
  readonly parsed: Parsed | undefined;
}

/** Blue, magenta, cyan, green and their bright kin: red and yellow say something else. */
const podColors = [36, 35, 34, 32, 96, 95, 94, 92];
const levelColors: Readonly<Partial<Record<Level, number>>> = { warn: 33, error: 31, fatal: 31 };

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

/** Read as text all at once: what a line is made of are pieces of it. @param format of lines that are to be parsed */
function linesIn(bytes: Buffer, format: LogFormat | undefined): readonly ReadLine[] {
  const all = bytes.toString('utf8');
  const lines: ReadLine[] = [];
  for (let at = 0; at < all.length; ) {
    const end = all.indexOf('\n', at);
    const stop = end < 0 ? all.length : end;
    const from = textIn(all, at, stop);
    const text = all.slice(from, stop);
    const parsed = format && parseLine(text, format);
    lines.push({ stamp: all.slice(at, Math.max(at, from - 1)), text, parsed });
    at = stop + 1;
  }
  return lines;
}

/** As `textAt`, in text. */
function textIn(all: string, at: number, stop: number): number {
  if (all[at] === ' ') return at + 1;
  if (all[at + 10] !== 'T' || all[at + 4] !== '-') return at;
  const space = all.indexOf(' ', at + 10);
  return space < at + 19 || space >= Math.min(stop, at + longestStamp) ? at : space + 1;
}

/** The bytes that the containers wrote, in as few copies as can be. */
export function withoutTimes(bytes: Buffer): Buffer {
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(newline, at);
    const stop = end < 0 ? bytes.length : end + 1;
    length += bytes.copy(kept, length, textAt(bytes, at), stop);
    at = stop;
  }
  return kept.subarray(0, length);
}

const isAtLeast = (level: Level | undefined, least: Level): boolean =>
  levels.indexOf(level ?? 'info') >= levels.indexOf(least);

function localTime(ms: number): string {
  if (Number.isNaN(ms)) return '';
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((each) => String(each).padStart(2, '0')).join(':');
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Where loggers put what led to an error. */
const traceNames = ['exception', 'stack', 'stack_trace', 'backtrace'];

function traceOf(fields: Parsed['fields']): readonly string[] {
  const nested = [fields['error'], fields['err']].flatMap((each) =>
    typeof each === 'object' && each !== null ? [(each as Readonly<Record<string, unknown>>)['stack']] : [],
  );
  const found = [...traceNames.map((name) => fields[name]), ...nested].find((each) => typeof each === 'string');
  return typeof found === 'string' ? found.trimEnd().split('\n') : [];
}
