/** One line of a log as it is printed: read, raw, or as JSON. */
import { type Level, type Parsed, parseLine } from '../../logs/formats.ts';
import { shortName } from '../../logs/names.ts';
import { longestStamp, textAt } from '../../logs/stamp.ts';
import type { Marker, Run } from '../../logs/types.ts';
import type { Messages } from '../../messages/index.ts';
import { componentOf, type LogFormat } from '../../stack/components.ts';
import { clockTime } from '../../text/clock.ts';
import { escapeControls, escapeJson, readableLine } from '../../text/escape.ts';
import { said } from '../../text/said.ts';
import { padEnd } from '../../text/width.ts';
import { Chosen } from './chosen.ts';
import type { Gathered } from './gathered.ts';
import { JsonLines } from './json-lines.ts';
import type { LogsRequest } from './request.ts';

const newline = 10;

export interface LineOptions
  extends Pick<LogsRequest, 'form' | 'only' | 'not' | 'level' | 'fields' | 'timestamps' | 'maxLines' | 'tail'> {
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
  lines?: JsonLines;
}

/** Turns merged lines into what is written. */
export class LinePrinter {
  readonly #options: LineOptions;
  readonly #out: Gathered;
  readonly #runs = new Map<Run, KnownRun>();
  /** Whether every line is written, so that nobody has to look at it. */
  readonly #isWhole: boolean;
  readonly #chosen: Chosen<ReadLine> | undefined;
  #widest = 0;
  /** Lines that were written; where all are, nobody counts more than one of a block. */
  lines = 0;

  constructor(options: LineOptions, out: Gathered) {
    this.#options = options;
    this.#out = out;
    const { only, not, level, isEscaped, maxLines, tail } = options;
    const isChosen = only.length + not.length > 0 || level !== undefined;
    this.#isWhole = !isChosen && !isEscaped && maxLines === undefined;
    if (isChosen)
      this.#chosen = new Chosen({
        wanted: { only, not, level },
        isPatient: !tail.follow,
        write: (run, line) => this.#write(run, line),
        lost: (run, lines) => this.#lost(run, lines),
        between: (text) => out.add(text),
      });
  }

  /** Whether as many lines have been written as were asked for. */
  get isFull(): boolean {
    return this.lines >= (this.#options.maxLines ?? Number.POSITIVE_INFINITY);
  }

  /** What does not come out at once does with `flush`. @param bytes whole lines. @param now monotonic milliseconds. @throws SlowPattern */
  print(run: Run, bytes: Buffer, now: number): void {
    const { form, level } = this.#options;
    if (this.#isWhole && form !== 'text') {
      if (form === 'raw') this.#out.add(withoutTimes(bytes));
      else this.#jsonLines(run, bytes);
      this.lines += 1;
      return;
    }
    const isParsed = form !== 'raw' || level !== undefined;
    const lines = linesIn(bytes, isParsed ? componentOf(run.component).log : undefined);
    if (this.#chosen) this.#chosen.add(run, bytes, lines, now);
    else for (const line of lines) this.#write(run, line);
  }

  /** What stands between the lines. */
  mark(run: Run, marker: Marker): void {
    const text = this.#marked(run, marker);
    if (this.#chosen) this.#chosen.mark(run, text);
    else this.#out.add(text);
  }

  /** Writes what is wanted of the lines that wait. @param now monotonic milliseconds. @throws SlowPattern */
  flush(now: number): void {
    this.#chosen?.flush(now);
  }

  /** Nothing more comes. @throws SlowPattern */
  end(): void {
    this.#chosen?.end();
  }

  /** Only lines are what was written: as raw lines, there is nothing between them. */
  #marked(run: Run, marker: Marker): string {
    const { form, isEscaped, t } = this.#options;
    if (form === 'raw') return '';
    if (form === 'text') return this.#between(run, t.logs.marker(marker));
    const json = JSON.stringify({ ...this.#of(run), marker });
    return `${isEscaped ? escapeJson(json) : json}\n`;
  }

  /** Of what comes next, the beginning was more than is kept; programs that read take each line by itself. */
  #lost(run: Run, lines: number): void {
    const { form, t } = this.#options;
    if (form === 'text' && !this.isFull) this.#out.add(this.#between(run, t.logs.notKept(lines)));
  }

  #between(run: Run, said: string): string {
    return `${this.#prefix(run)}${this.#dim(`-- ${readableLine(said)} --`)}\n`;
  }

  /** Unless it is too much. */
  #write(run: Run, line: ReadLine): void {
    if (this.isFull) return;
    this.#out.add(this.#line(run, line));
    this.lines += 1;
  }

  #line(run: Run, line: ReadLine): string {
    const { form, isEscaped } = this.#options;
    if (form === 'raw') return `${isEscaped ? escapeControls(line.text) : line.text}\n`;
    if (form === 'json') return `${isEscaped ? escapeJson(this.#json(run, line)) : this.#json(run, line)}\n`;
    return `${this.#prefix(run)}${this.#text(line)}\n`;
  }

  #jsonLines(run: Run, bytes: Buffer): void {
    const known = this.#run(run);
    const { log } = componentOf(run.component);
    known.lines ??= new JsonLines(log);
    known.lines.print(bytes, known.json, this.#out, (line) => {
      for (const each of linesIn(line, log)) this.#out.add(`${this.#json(run, each)}\n`);
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
    const beside = fields.flatMap((name) => (Object.hasOwn(all, name) ? [`${name}=${said(all[name])}`] : []));
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
    const made: KnownRun = { prefix, json: JSON.stringify(this.#of(run)).slice(1, -1) };
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

const localTime = (ms: number): string => (Number.isNaN(ms) ? '' : clockTime(ms));

/** Where loggers put what led to an error. */
const traceNames = ['exception', 'stack', 'stack_trace', 'backtrace'];

function traceOf(fields: Parsed['fields']): readonly string[] {
  const nested = [fields['error'], fields['err']].flatMap((each) =>
    typeof each === 'object' && each !== null ? [(each as Readonly<Record<string, unknown>>)['stack']] : [],
  );
  const found = [...traceNames.map((name) => fields[name]), ...nested].find((each) => typeof each === 'string');
  return typeof found === 'string' ? found.trimEnd().split('\n') : [];
}
