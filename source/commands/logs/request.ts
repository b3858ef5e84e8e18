/** What is asked of `logs`, from its words and flags; every mistake is named. */

import { type Level, levels } from '../../logs/formats.ts';
import { compile, isBad } from '../../logs/pattern.ts';
import { isPreset, logging, presets } from '../../logs/presets.ts';
import type { TailRequest } from '../../logs/types.ts';
import type { ComponentId } from '../../stack/types.ts';
import { parseDuration } from '../../text/duration.ts';
import { nearest } from '../../text/nearest.ts';
import { type FlagValues, isSet, many, text } from '../flags.ts';
import { usageError } from '../usage.ts';

export interface LogsRequest {
  readonly components: readonly ComponentId[];
  readonly tail: Omit<TailRequest, 'app' | 'components'>;
  readonly form: 'text' | 'raw' | 'json';
  /** A line, with those that continue it, must fit one of these, where there are any, and none of those. */
  readonly only: readonly RegExp[];
  readonly not: readonly RegExp[];
  readonly level: Level | undefined;
  /** What is shown of a line of JSON beside its message. */
  readonly fields: readonly string[];
  readonly timestamps: boolean;
  readonly save: string | undefined;
  readonly maxLines: number | undefined;
  /** What the screen keeps of all logs together. */
  readonly bufferBytes: number | undefined;
}

/** As many lines of each container are enough for somebody who looks; whoever sends them elsewhere gets all. */
const linesOnTerminal = 500;

/** @throws UserError `usage` (exit 2) */
export function logsRequest(values: FlagValues, nowMs: number, isTTY: boolean): LogsRequest {
  const save = text(values, 'save');
  const [since, tailLines] = [sinceOf(values, nowMs), tailOf(values)];
  const previous = isSet(values, 'previous');
  const follow = isSet(values, 'follow');
  if (previous && follow) throw usageError((t) => t.logs.errors.notTogether('--previous', '--follow'));
  const container = text(values, 'container');
  if (container !== undefined && isSet(values, 'allContainers'))
    throw usageError((t) => t.logs.errors.notTogether('--container', '--all-containers'));
  const usual = isTTY && save === undefined ? { tailLines: linesOnTerminal } : {};
  const asked = { ...(since === undefined ? {} : { since }), ...(tailLines === undefined ? {} : { tailLines }) };
  return {
    components: componentsOf(many(values, 'words')),
    tail: {
      follow,
      previous,
      ...(since === undefined && text(values, 'tail') === undefined ? usual : asked),
      ...(container === undefined ? {} : { containers: [container] }),
    },
    form: (text(values, 'output') ?? 'text') as LogsRequest['form'],
    only: many(values, 'grep').map((each) => patternOf('--grep', each)),
    not: many(values, 'not').map((each) => patternOf('--not', each)),
    level: levelOf(text(values, 'level')),
    fields: (text(values, 'fields') ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean),
    timestamps: isSet(values, 'timestamps'),
    save,
    maxLines: countOf(values, '--max-lines', 'maxLines', 1),
    bufferBytes: bufferOf(values),
  };
}

function componentsOf(words: readonly string[]): readonly ComponentId[] {
  const names = words.length > 0 ? words : ['pipeline'];
  const chosen = names.flatMap((name): readonly ComponentId[] => {
    if (isPreset(name)) return presets[name];
    if ((logging as readonly string[]).includes(name)) return [name as ComponentId];
    const known = [...logging, ...Object.keys(presets)];
    throw usageError(
      (t) => t.logs.errors.unknownComponent(name, nearest(name, known)),
      (t) => t.logs.errors.components(logging.join(', '), Object.keys(presets).join(', ')),
    );
  });
  return [...new Set(chosen)];
}

function patternOf(flag: string, pattern: string): RegExp {
  const compiled = compile(pattern);
  if (isBad(compiled)) throw usageError((t) => t.logs.errors.badPattern(flag, pattern, compiled.why));
  return compiled;
}

function levelOf(word: string | undefined): Level | undefined {
  if (word === undefined) return undefined;
  if ((levels as readonly string[]).includes(word)) return word as Level;
  throw usageError((t) => t.cli.errors.notOneOf('--level', word, levels.join(', '), nearest(word, levels)));
}

function countOf(values: FlagValues, flag: string, key: string, least: number): number | undefined {
  const word = text(values, key);
  if (word === undefined) return undefined;
  if (/^\d{1,15}$/.test(word) && Number(word) >= least) return Number(word);
  throw usageError((t) => t.logs.errors.badCount(flag, word, least));
}

/** Less keeps not even what one screen shows; more is more than V8 gives. */
const [leastBuffer, mostBuffer] = [1, 2048];

function bufferOf(values: FlagValues): number | undefined {
  const megabytes = countOf(values, '--buffer', 'buffer', leastBuffer);
  if (megabytes !== undefined && megabytes > mostBuffer)
    throw usageError((t) => t.logs.errors.badBuffer(String(megabytes), mostBuffer));
  return megabytes === undefined ? undefined : megabytes * 2 ** 20;
}

const tailOf = (values: FlagValues): number | undefined =>
  text(values, 'tail') === 'all' ? undefined : countOf(values, '--tail', 'tail', 0);

function sinceOf(values: FlagValues, nowMs: number): number | undefined {
  const [ago, at] = [text(values, 'since'), text(values, 'sinceTime')];
  if (ago !== undefined && at !== undefined)
    throw usageError((t) => t.logs.errors.notTogether('--since', '--since-time'));
  if (ago !== undefined) {
    const ms = parseDuration(ago);
    if (ms === undefined) throw usageError((t) => t.cli.errors.badDuration('--since', ago));
    return sinceSecond(nowMs - ms);
  }
  if (at === undefined) return undefined;
  const ms = /^\d{4}-\d\d-\d\d/.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(ms)) throw usageError((t) => t.logs.errors.badTime('--since-time', at));
  return sinceSecond(ms);
}

/** Nothing was written before 1970. */
const sinceSecond = (ms: number): number => Math.max(0, Math.floor(ms / 1000));
