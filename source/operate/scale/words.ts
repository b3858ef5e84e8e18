/** `worker=2 ingestion=+1 web:memory=6Gi web:cpu=3`: what is asked for on a command line. Pure. */
import { exitCodes, UserError } from '../../errors.ts';
import type { Say } from '../../messages/index.ts';
import { components } from '../../stack/components.ts';
import { formatBytes, formatCpu, parseQuantity } from '../../stack/quantity.ts';
import type { ComponentId } from '../../stack/types.ts';
import { nearest, nearestFirst } from '../../text/nearest.ts';
import { type Field, fields } from './types.ts';

/** One word of it. */
export interface Asked {
  readonly component: ComponentId;
  readonly field: Field;
  /** A number of replicas, cores or bytes; with `isMore` on top of what there is. */
  readonly value: number;
  readonly isMore: boolean;
}

/** Those that have processes; of the others nothing can be changed. */
const known = components.flatMap(({ id, kind }) =>
  kind === 'Deployment' || kind === 'StatefulSet' || kind === 'Cluster' ? [id] : [],
);

/** From what a process needs at least to more than any node has, as for answers. */
const least = { cpu: 0.01, memory: 2 ** 25 } as const;
const most = { cpu: 256, memory: 2 ** 42 } as const;

/** @throws UserError `bad-change` (exit 2) that names every word that is wrong, and why. */
export function parseWords(words: readonly string[]): readonly Asked[] {
  const problems: Say[] = [];
  const asked: Asked[] = [];
  for (const word of words) {
    const found = parseWord(word);
    if (typeof found === 'function') problems.push(found);
    else if (asked.some(({ component, field }) => component === found.component && field === found.field))
      problems.push((t) => t.scale.errors.twice(found.component, found.field));
    else asked.push(found);
  }
  if (words.length === 0) problems.push((t) => t.scale.errors.nothing);
  if (problems.length === 0) return asked;
  throw new UserError({
    code: 'bad-change',
    exit: exitCodes.usage,
    say: (t) => problems.map((problem) => problem(t)).join('\n'),
    hint: (t) => t.scale.errors.usage,
  });
}

function parseWord(word: string): Asked | Say {
  const [, name = '', fieldName = 'replicas', text = ''] = /^([^:=]*)(?::([^=]*))?=(.*)$/s.exec(word) ?? [];
  if (!/^[^:=]+(:[^=]*)?=/.test(word)) return (t) => t.scale.errors.noValue(word);
  const component = known.find((id) => id === name);
  if (!component && components.some(({ id }) => id === name)) return (t) => t.scale.errors.unscalable(name);
  if (!component)
    return (t) => t.scale.errors.unknown(name, nearest(name, known), nearestFirst(name, known).join(', '));
  const field = fields.find((each) => each === fieldName);
  if (!field) return (t) => t.scale.errors.unknownField(fieldName, nearest(fieldName, fields));
  const isMore = text.startsWith('+');
  const value = field === 'replicas' ? parseReplicas(isMore ? text.slice(1) : text) : parseAmount(field, text);
  if (value === undefined) return (t) => t.scale.errors.badValue[field](word);
  return { component, field, value, isMore };
}

function parseReplicas(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Undefined for what is no amount, or none that a process could live with. */
export function parseAmount(field: 'cpu' | 'memory', text: string): number | undefined {
  if (!/^\d/.test(text)) return undefined;
  try {
    const amount = parseQuantity(text);
    return amount >= least[field] && amount <= most[field] ? amount : undefined;
  } catch {
    return undefined;
  }
}

/** An amount as the objects have it. */
export const formatAmount = (field: 'cpu' | 'memory', amount: number): string =>
  field === 'cpu' ? formatCpu(amount) : formatBytes(amount);
