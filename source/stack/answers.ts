/**
 * What the user decides, as one schema in which flags, `--set`, values files, the ledger and prompts meet.
 * Pure: reading files is the caller's.
 */
import * as v from 'valibot';
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { nearest } from '../text/nearest.ts';
import { components, maxNameLength, mostReplicas } from './components.ts';
import { currentRelease } from './manifests.ts';
import { parseQuantity } from './quantity.ts';
import { type ComponentId, componentIds, sizeNames } from './types.ts';

const label = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
const hostPattern = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
const fromText = <T extends v.GenericSchema<unknown, number | boolean>>(
  convert: (text: string) => unknown,
  schema: T,
) =>
  v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === 'string' ? convert(value.trim()) : value)),
    schema,
  );
const flag = fromText(
  (value) => ({ true: true, yes: true, on: true, false: false, no: false, off: false })[value.toLowerCase()],
  v.boolean(),
);
const whole = (min: number, max: number) =>
  fromText(
    (value) => (/^\d+$/.test(value) ? Number(value) : Number.NaN),
    v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)),
  );
const quantity = (min: number, max: number) =>
  v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.transform(String))]),
    v.check((value) => {
      try {
        const amount = parseQuantity(value);
        return amount >= min && amount <= max;
      } catch {
        return false;
      }
    }),
  );
const registry = v.pipe(v.string(), v.regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]+)?$/));
const url = v.pipe(v.string(), v.url(), v.regex(/^https?:\/\//));

/** Replicas of what cannot be scaled are not an answer (stack-spec B.10 gives the bounds). */
const componentSchema = (id: ComponentId) => {
  const { scaling, kind } = components.find((each) => each.id === id) as (typeof components)[number];
  // From what a process needs at least to more than any node has.
  const sized = { cpu: v.optional(quantity(0.01, 256)), memory: v.optional(quantity(2 ** 25, 2 ** 42)) };
  if (kind === 'ObjectStorageBucket' || kind === 'Ingress' || kind === 'App') return undefined;
  if ('fixed' in scaling) return v.strictObject(sized);
  return v.strictObject({ ...sized, replicas: v.optional(whole(0, mostReplicas(scaling))) });
};
type ComponentAnswers = {
  readonly replicas?: number | undefined;
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
};

const sizedIds = componentIds.filter((id) => componentSchema(id) !== undefined);

const answersSchema = v.strictObject({
  name: v.pipe(v.string(), v.maxLength(maxNameLength), v.regex(label)),
  host: v.optional(v.pipe(v.string(), v.trim(), v.toLowerCase(), v.regex(hostPattern))),
  size: v.picklist(sizeNames),
  release: v.picklist([currentRelease as string]),
  mirror: v.record(registry, registry),
  /** PostHog's own usage reports to its makers. */
  telemetry: flag,
  admin: v.optional(v.strictObject({ email: v.pipe(v.string(), v.email()) })),
  mail: v.optional(
    v.strictObject({
      host: v.pipe(v.string(), v.regex(hostPattern)),
      port: whole(1, 65535),
      from: text,
      tls: flag,
      user: v.optional(text),
      password: v.optional(v.string()),
    }),
  ),
  s3: v.optional(
    v.strictObject({
      endpoint: url,
      publicEndpoint: v.optional(url),
      region: text,
      bucket: text,
      accessKey: text,
      secretKey: v.optional(v.string()),
    }),
  ),
  components: v.strictObject(
    Object.fromEntries(sizedIds.map((id) => [id, v.optional(componentSchema(id) as v.GenericSchema)])),
  ),
});

type Parsed = v.InferOutput<typeof answersSchema>;
export type Answers = Omit<Parsed, 'components'> & {
  readonly components: Partial<Record<ComponentId, ComponentAnswers>>;
};

export const defaultAnswers: Answers = {
  name: 'posthog',
  size: 'small',
  release: currentRelease,
  mirror: {},
  telemetry: false,
  components: {},
};

/** Defaults inside groups that exist only when the user names one of their keys. */
const groupDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  mail: { port: 587, tls: true },
  s3: { region: 'us-east-1' },
};

/** Values that must never stand in argv, in the ledger or on a screen. */
export const secretAnswers: ReadonlySet<string> = new Set(['mail.password', 's3.secretKey']);

/** The one-click template's names for two of the keys. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['app_name', 'name'],
  ['app_host', 'host'],
]);

/** What every object of JavaScript has; as a key it would reach that instead of an answer. */
const isInherited = (key: string): boolean => key.split('.').some((part) => part in Object.prototype);

/** Every key an answer may have, dotted. */
export const answerKeys: readonly string[] = [
  ...Object.entries(answersSchema.entries).flatMap(([key, schema]) => {
    const inner = 'wrapped' in schema ? (schema.wrapped as { entries?: object }) : undefined;
    return inner?.entries
      ? Object.keys(inner.entries).map((each) => `${key}.${each}`)
      : key === 'components'
        ? []
        : [key];
  }),
  ...sizedIds.flatMap((id) =>
    ['replicas', 'cpu', 'memory']
      .filter((key) => key !== 'replicas' || scalable(id))
      .map((key) => `components.${id}.${key}`),
  ),
];

function scalable(id: ComponentId): boolean {
  return !('fixed' in (components.find((each) => each.id === id) as (typeof components)[number]).scaling);
}

/** Where a value was given, for messages: a flag, a line of a file, the ledger. */
export interface AnswerSource {
  readonly values: unknown;
  /** `--size`, `values.yaml:3`, the ledger... */
  readonly place: (key: string) => Say;
}

/**
 * One set of answers out of all sources, the strongest first; defaults fill the rest.
 * @throws UserError `bad-answer` (exit 2) that names every wrong key, where it stands, what is allowed and the nearest spelling.
 */
export function resolveAnswers(sources: readonly AnswerSource[]): Answers {
  const given = new Map<string, { value: unknown; place: Say }>();
  for (const { values, place } of sources) {
    for (const [path, value] of leaves(values)) {
      const key = aliases.get(path) ?? path;
      if (!given.has(key)) given.set(key, { value, place: place(path) });
    }
  }
  const inherited = [...given].filter(([key]) => isInherited(key));
  for (const [key] of inherited) given.delete(key);
  const result = v.safeParse(answersSchema, assemble(given));
  if (result.success && inherited.length === 0) return result.output as Answers;
  const problems = [
    ...inherited.map(
      ([key, { place }]): Say =>
        (t) =>
          t.answers.unknown(key, place(t), undefined),
    ),
    ...(result.issues ?? []).map((issue) => problemOf(issue, given)),
  ];
  throw new UserError({
    code: 'bad-answer',
    exit: exitCodes.usage,
    say: (t) => problems.map((problem) => problem(t)).join('\n'),
    hint: (t) => t.answers.hint,
  });
}

/** Leaves of nested values by dotted path; a mirror's registry holds dots itself and stays one path element. */
function leaves(values: unknown, path: readonly string[] = []): [string, unknown][] {
  if (values === null || values === undefined) return [];
  if (typeof values !== 'object' || Array.isArray(values)) return [[path.join('.'), values]];
  return Object.entries(values).flatMap(([key, value]) =>
    path[0] === 'mirror'
      ? ([[`mirror.${key}`, value]] as [string, unknown][])
      : leaves(value, [...path, ...(path.length === 0 ? key.split('.') : [key])]),
  );
}

function assemble(given: ReadonlyMap<string, { value: unknown }>): unknown {
  const { mirror: _, components: __, ...plain } = defaultAnswers;
  const whole: Record<string, unknown> = { ...plain, mirror: {}, components: {} };
  for (const [key, { value }] of given) {
    const path = key.startsWith('mirror.') ? ['mirror', key.slice('mirror.'.length)] : key.split('.');
    let place = whole;
    for (const part of path.slice(0, -1)) {
      if (typeof place[part] !== 'object' || place[part] === null) place[part] = { ...groupDefaults[part] };
      place = place[part] as Record<string, unknown>;
    }
    place[path.at(-1) as string] = value;
  }
  return whole;
}

function problemOf(issue: v.BaseIssue<unknown>, given: ReadonlyMap<string, { value: unknown; place: Say }>): Say {
  const key = v.getDotPath(issue) ?? '';
  // A wrong key may be a group's name; what the user wrote is the whole path below it.
  const [written, { value, place }] = [...given].find(([path]) => path === key || path.startsWith(`${key}.`)) ?? [
    key,
    { value: undefined, place: undefined },
  ];
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return (t) => t.answers.unknown(written, place?.(t), nearest(written, answerKeys));
  }
  if (issue.input === undefined && value === undefined) {
    // Groups are needed as a whole, once one of their keys is given.
    const group = key.slice(0, key.lastIndexOf('.') + 1);
    const because = group === '' ? undefined : [...given.keys()].find((other) => other.startsWith(group));
    return (t) => t.answers.missing(key, because, allowed(key)(t));
  }
  const near = issue.type === 'picklist' ? nearest(String(value), sizeNames) : undefined;
  const shown = secretAnswers.has(key) ? '***' : String(value ?? issue.input);
  return (t) => t.answers.invalid(key, shown, place?.(t), allowed(key)(t), near);
}

/** Why a value cannot be the answer of that key, as a sentence; undefined when it can. For who is still typing. */
export function problemWith(key: string, value: string): Say | undefined {
  const issue = v
    .safeParse(answersSchema, assemble(new Map([[key, { value }]])))
    .issues?.find((each) => v.getDotPath(each) === key);
  return issue && ((t) => t.answers.must(allowed(key)(t)));
}

/** What is allowed for a key, in words. */
export function allowed(key: string): Say {
  const [head, id, last] = key.split('.');
  return (t) => {
    const words: Readonly<Record<string, string>> = {
      name: t.answers.allowed.name(maxNameLength),
      host: t.answers.allowed.host,
      size: sizeNames.join(' | '),
      release: currentRelease,
      telemetry: t.answers.allowed.flag,
      'admin.email': t.answers.allowed.email,
      'mail.host': t.answers.allowed.host,
      'mail.port': t.answers.allowed.range(1, 65535),
      'mail.tls': t.answers.allowed.flag,
      's3.endpoint': t.answers.allowed.url,
      's3.publicEndpoint': t.answers.allowed.url,
    };
    if (head === 'mirror') return t.answers.allowed.mirror;
    if (head === 'components' && last !== undefined)
      return t.answers.allowed[last === 'replicas' ? 'replicas' : 'quantity'](bounds(id as ComponentId));
    const below = answerKeys.filter((each) => each.startsWith(`${key}.`)).map((each) => each.slice(key.length + 1));
    return words[key] ?? (below.length > 0 ? t.answers.allowed.group(below.join(', ')) : t.answers.allowed.text);
  };
}

function bounds(id: ComponentId): string {
  const scaling = components.find((each) => each.id === id)?.scaling;
  if (!scaling || 'fixed' in scaling) return '';
  return `0-${mostReplicas(scaling)}`;
}

/** Django's least length of a password, which PostHog has. */
const shortestPassword = 8;

/** What the product would refuse of a first admin's password, an hour later. */
export const passwordProblem = (password: string): Say | undefined =>
  [...password].length < shortestPassword ? (t) => t.answers.shortPassword(shortestPassword) : undefined;
