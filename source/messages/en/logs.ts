import type { GapReason, Marker, Waiting } from '../../logs/types.ts';
import { formatDuration } from '../../text/duration.ts';

const mayNotRead = (right: string): string => `this login may not read the log (right: ${right})`;

const gaps: Readonly<Record<GapReason, string>> = {
  rotated: 'the node began a new file, and what was written meanwhile cannot be read any more',
  'run-gone': 'the container has restarted more than once since, and the log of this run is gone',
  'pod-gone': 'the pod was deleted before the end of its log was read',
  forbidden: mayNotRead('get pods/log'),
};

export const logs = {
  marker: (marker: Marker): string => {
    switch (marker.type) {
      case 'ended':
        return marker.exitCode === undefined
          ? 'ended'
          : `ended: exit code ${marker.exitCode}${marker.reason ? ` (${marker.reason})` : ''}`;
      case 'away':
        return `the cluster was away for ${formatDuration(marker.forMs)}; nothing was lost`;
      case 'gap':
        return `gap${marker.forMs === undefined ? '' : ` of ${formatDuration(marker.forMs)}`}: ${gaps[marker.reason]}`;
      case 'cut':
        return `${marker.lines === 1 ? 'a line was' : `${marker.lines} lines were`} longer than 1 MiB and cut`;
    }
  },
  notKept: (lines: number): string =>
    `what follows goes on from ${lines === 1 ? 'a line' : `${lines} lines`} that could not be kept`,
  waiting: (component: string, waiting: Waiting): string => {
    switch (waiting.type) {
      case 'no-pods':
        return `${component}: no pods`;
      case 'no-container':
        return `${component}: it has no such container, but ${waiting.containers.join(', ')}`;
      case 'container':
        return `${component}: ${waiting.container || waiting.pod} waits (${waiting.reason})`;
      case 'forbidden':
        return `${component}: ${waiting.right === undefined ? gaps.forbidden : mayNotRead(waiting.right)}`;
      case 'away':
        return `${component}: cannot be read now (${waiting.message}); trying again`;
    }
  },
  nothing: (components: string) => `No line of ${components} fits what was asked, or nothing has been written yet.`,
  saved: (lines: number, file: string) => `${lines} ${lines === 1 ? 'line' : 'lines'} saved in ${file}.`,
  words: {
    title: 'COMPONENT is one of these, or a group of them:',
    pipeline: 'what an event passes: capture, ingestion, clickhouse, web (without a word, it is this)',
    background: 'worker, plugins, kafka',
    stores: 'postgres, redis, zookeeper, clickhouse',
  },
  errors: {
    notTogether: (one: string, other: string) => `${one} and ${other} do not go together.`,
    unknownComponent: (name: string, near: string | undefined) =>
      `There is no component "${name}"${near ? `; did you mean "${near}"?` : '.'}`,
    components: (components: string, groups: string) => `Components: ${components}. Groups: ${groups}.`,
    absent: (components: string, app: string) => `${app} has no ${components}.`,
    present: (components: string) => `It has: ${components}.`,
    badPattern: (flag: string, pattern: string, why: string) =>
      `${flag} "${pattern}" is no regular expression: ${why}.`,
    badBuffer: (text: string, most: number) => `"${text}" cannot be --buffer: a whole number of MB up to ${most}.`,
    badCount: (flag: string, word: string, least: number) =>
      `"${word}" cannot be ${flag}: write a whole number from ${least} up${flag === '--tail' ? ', or all' : ''}.`,
    badTime: (flag: string, word: string) =>
      `"${word}" cannot be ${flag}: write a time such as 2026-11-23T20:55:00Z or 2026-11-23T20:55:00+08:00.`,
    slowPattern: 'A pattern of --grep or --not takes too long: it was stopped.',
    slowPatternHint: 'Patterns such as (a+)+ try every way to fit. Write it without a repetition inside a repetition.',
    saveExists: (file: string) => `${file} is there already; nothing was written.`,
    saveFailed: (file: string, why: string) => `${file} cannot be written: ${why}.`,
    saveHint: 'Give another file with --save.',
  },
};
