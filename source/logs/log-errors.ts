/** What a log complains of: how many errors it has, and what most of them say. Pure. */
import { maskedLine } from '../observe/masked.ts';
import type { ComponentId } from '../stack/types.ts';
import { clip } from '../text/clip.ts';
import { readableLine } from '../text/escape.ts';
import { isAtLeast } from './fits.ts';
import type { Parsed } from './formats.ts';
import { ComponentLog } from './record.ts';
import type { LogLine, Run } from './types.ts';

export interface LogErrors {
  /** Records that are errors or worse. */
  readonly count: number;
  /** As many of them say the same, but for numbers. */
  readonly alike: number;
  /** What the latest of those says: one short line that nothing acts in and nothing secret stands in. */
  readonly message: string;
}

/** The log of one container. */
export interface ReadLog {
  readonly pod: string;
  readonly container: string;
  /** With times, as Kubernetes writes them; what stands behind the last whole line is left out. */
  readonly text: string;
}

/** As much of a message as is looked at, and as is told, in UTF-16 units and cells. */
const lookedAt = 2_000;
const told = 120;

/** Undefined where there are none. */
export function logErrorsIn(component: ComponentId, logs: readonly ReadLog[]): LogErrors | undefined {
  const log = new ComponentLog(component);
  for (const { pod, container, text } of logs) {
    const run: Run = { component, pod, container, kind: 'app', restart: 0 };
    log.add(run, Buffer.from(text.slice(0, text.lastIndexOf('\n') + 1)));
  }
  const records = new Set(log.findGrave('error', log.first, log.end).map((number) => log.headOf(number)));
  const said = [...records]
    .map((number) => log.line(number) as LogLine)
    .toSorted((one, other) => one.ms - other.ms)
    .map((line) => messageOf(line, log));
  const most = [...Map.groupBy(said, kindOf).values()].reduce<readonly string[]>(
    // Of two that come as often, the later one.
    (found, kind) => (kind.length >= found.length ? kind : found),
    [],
  );
  const latest = most.at(-1);
  return latest === undefined ? undefined : { count: said.length, alike: most.length, message: latest };
}

/** What differs from one to the next of the same kind. */
const kindOf = (message: string): string => message.replaceAll(/\b[\da-f]{8,}\b|\d+/gi, '#');

function messageOf(head: LogLine, log: ComponentLog): string {
  const rest = log.continuation(head.number);
  // A record may begin harmlessly, and a traceback tells at its end.
  const line = [head, ...rest].find((each) => isAtLeast(log.parsed(each).level, 'error')) ?? head;
  const last = line.text.startsWith('Traceback ') ? (rest.at(-1) ?? line) : line;
  return clip(maskedLine(readableLine(shortened(whole(log.parsed(last)).replaceAll(/\s+/g, ' ').trim()))), told);
}

/** Without a word that is cut: what is secret is known by its whole. */
const shortened = (said: string): string =>
  said.length <= lookedAt ? said : `${said.slice(0, Math.max(0, said.lastIndexOf(' ', lookedAt)))} …`.trim();

/** Where loggers of JSON put what was wrong, beside what they were doing. */
const causes = ['error', 'err', 'exception', 'exc_info'] as const;

function whole({ message, fields }: Parsed): string {
  const why = causes.map((name) => reasonIn(fields[name])).find((each) => each !== '') ?? '';
  return why === '' || message.includes(why) ? message : `${message}: ${why}`;
}

/** The last line of a traceback, or an error's own words. */
function reasonIn(value: unknown): string {
  if (typeof value === 'string') return value.trimEnd().split('\n').at(-1) as string;
  if (typeof value !== 'object' || value === null) return '';
  const { message } = value as { readonly message?: unknown };
  return typeof message === 'string' ? message : '';
}
