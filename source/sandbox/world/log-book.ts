/** What containers wrote: rings in memory, and behind them files, so that a sandbox that starts again still has them. */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../context.ts';
import type { LogBook, LogLine } from '../types.ts';

/** Of one run of a container; the kubelet keeps somewhat more. */
const usuallyKeptBytes = 4 * 2 ** 20;
/** The run that is on and the one before it, as the kubelet does. */
const keptRuns = 2;
/** A kill loses what was written in so many milliseconds; log lines are acknowledged to nobody. */
const flushMs = 200;

interface Log {
  /** Number of the first line that is still there. */
  first: number;
  readonly lines: LogLine[];
  bytes: number;
  /** Lines that are not in the file yet. */
  unwritten: string;
  /** How long the file is, in letters. */
  written: number;
  readonly listeners: Set<() => void>;
}

export interface KeptLogBook extends LogBook {
  /** Hands everything to the system. */
  flush(): void;
}

/**
 * @param directory where the files go; without one, logs live as long as this
 * @param keptBytes of one run of a container
 */
export function createLogBook(
  clock: Pick<Clock, 'now'>,
  directory?: string,
  keptBytes = usuallyKeptBytes,
): KeptLogBook {
  const logs = new Map<string, Log>();
  const dirty = new Set<readonly [uid: string, name: string, log: Log]>();
  let timer: NodeJS.Timeout | undefined;

  const known = (uid: string, container: string, run: number): Log | undefined => {
    const key = keyOf(uid, container, run);
    const log = logs.get(key) ?? (directory === undefined ? undefined : readLog(join(directory, key), keptBytes));
    if (log) logs.set(key, log);
    return log;
  };
  const opened = (uid: string, container: string, run: number): Log => {
    const there = known(uid, container, run);
    if (there) return there;
    const log = emptyLog();
    logs.set(keyOf(uid, container, run), log);
    const old = keyOf(uid, container, run - keptRuns);
    logs.delete(old);
    if (directory !== undefined && run >= keptRuns) rmSync(join(directory, old), { force: true });
    return log;
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const entry of dirty) {
      const [uid, name, log] = entry;
      try {
        write(uid, name, log);
      } catch {
        // A full disk must not end the cluster: the text stays for the next time.
        continue;
      }
      log.unwritten = '';
      dirty.delete(entry);
    }
  };
  const write = (uid: string, name: string, log: Log): void => {
    mkdirSync(join(directory as string, uid), { recursive: true });
    const file = join(directory as string, name);
    const written = log.written + log.unwritten.length;
    if (written <= 2 * keptBytes) {
      appendFileSync(file, log.unwritten);
      log.written = written;
      return;
    }
    // What nobody can read any more goes.
    const kept = log.lines.map(stored).join('');
    writeFileSync(file, kept);
    log.written = kept.length;
  };
  /** One entry a log, however often it is touched before the next flush. */
  const toWrite = (uid: string, name: string, log: Log, text: string): void => {
    if (log.unwritten === '') dirty.add([uid, name, log]);
    log.unwritten += text;
    timer ??= setTimeout(flush, flushMs).unref();
  };

  return {
    append(uid, container, run, text) {
      const log = opened(uid, container, run);
      for (const part of text.split('\n')) {
        const line = stamped(clock.now(), part, log.lines.at(-1));
        keep(log, line, keptBytes);
        if (directory !== undefined) toWrite(uid, keyOf(uid, container, run), log, stored(line));
      }
      for (const listener of log.listeners) listener();
    },
    read(uid, container, run, from) {
      const log = known(uid, container, run);
      return log?.lines.slice(Math.max(0, from - log.first));
    },
    count(uid, container, run) {
      const log = known(uid, container, run);
      return log ? log.first + log.lines.length : 0;
    },
    onLine(uid, container, run, listener) {
      const { listeners } = opened(uid, container, run);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    forget(uid) {
      for (const key of logs.keys()) if (key.startsWith(`${uid}/`)) logs.delete(key);
      for (const entry of dirty) if (entry[0] === uid) dirty.delete(entry);
      if (directory !== undefined) rmSync(join(directory, uid), { recursive: true, force: true });
    },
    flush,
  };
}

const keyOf = (uid: string, container: string, run: number): string => `${uid}/${container}.${run}`;
const emptyLog = (): Log => ({ first: 0, lines: [], bytes: 0, unwritten: '', written: 0, listeners: new Set() });
const stored = ({ at, nanos, text }: LogLine): string => `${at} ${nanos} ${text}\n`;

/** Times never go back within a log, whatever the clock does. */
function stamped(now: number, text: string, before: LogLine | undefined): LogLine {
  if (!before || now > before.at) return { at: now, nanos: 0, text };
  const nanos = before.nanos + 1_000;
  return nanos < 1_000_000 ? { at: before.at, nanos, text } : { at: before.at + 1, nanos: 0, text };
}

function keep(log: Log, line: LogLine, keptBytes: number): void {
  log.lines.push(line);
  log.bytes += line.text.length + 1;
  if (log.bytes <= keptBytes) return;
  // A tenth at a time: taking single lines off a long list is slow.
  const gone = log.lines.splice(0, Math.ceil(log.lines.length / 10));
  log.first += gone.length;
  log.bytes -= gone.reduce((sum, { text }) => sum + text.length + 1, 0);
}

function readLog(file: string, keptBytes: number): Log | undefined {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const log = { ...emptyLog(), written: content.length };
  for (const [, at, nanos, text = ''] of content.matchAll(/^(\d+) (\d+) (.*)$/gm))
    keep(log, { at: Number(at), nanos: Number(nanos), text }, keptBytes);
  return log;
}
