/**
 * Commands that a text tells to run, as whoever has started the program types them: by the name it was started by, and with
 * the flags that mean the same cluster, namespace and instance. Pure.
 */
import type { Messages } from './index.ts';

export interface Started {
  /** `posthog-sealos`, `npx posthog-sealos`, or what runs it from its sources. */
  readonly program: string;
  /** Flags that lead to the same place, from the widest to the narrowest, each with its value as a shell needs it. */
  readonly target: readonly string[];
  readonly isSimulated: boolean;
}

/** `posthog-sealos scale -n ns-1`; without a command, the console. */
export const startedCommand = ({ program, target }: Started, command: string): string =>
  [program, command, ...target].filter(Boolean).join(' ');

/** Those that take the flags of a place, and those that do not. What follows goes to the end of the command. */
const told =
  /(?:npx )?\bposthog-sealos (?:(install|proof|status|logs|scale|restart)|render|sandbox)\b(?=((?:(?!(?:npx )?\bposthog-sealos )[^`\n])*))/g;

/** As it is told to be run, not as it is named; without its kubeconfig it would reach for another cluster. */
const ofKubectl = /(?<!KUBECONFIG=(?:\$\([^)]*\)|\S+) )\bkubectl (?=(-n )|(?:get|logs|describe|exec) )/g;

export function asStarted(text: string, started: Started): string {
  const { program } = started;
  const ofPlace = text.replaceAll(told, (whole, placed: string | undefined, rest: string) => {
    const command = whole.startsWith('npx ') ? whole : whole.replace('posthog-sealos', program);
    return [command, ...(placed === undefined ? [] : missingIn(rest, started))].join(' ');
  });
  return ofPlace.replaceAll(ofKubectl, (_, namespace: string | undefined) =>
    kubectlAt(started, namespace === undefined ? ['-n'] : []),
  );
}

/** @param more flags of the place, beside those of the cluster, that are wanted */
function kubectlAt({ program, target, isSimulated }: Started, more: readonly string[]): string {
  if (isSimulated) return `KUBECONFIG=$(${program} sandbox kubeconfig) kubectl `;
  const flags = target.filter((each) => ['--kubeconfig', '--context', ...more].some((flag) => isFlag(each, flag)));
  return ['kubectl', ...flags, ''].join(' ');
}

/** From the widest to the narrowest: an instance is in a namespace, and that in a cluster. */
const placeFlags = ['--sandbox', '--kubeconfig', '--context', '-n', '--name'] as const;

/** What leads to the place that a command names, or to all of it where it names none; help is about no place. */
function missingIn(rest: string, { target }: Started): readonly string[] {
  const flags: readonly string[] = rest.match(/(?<!\S)--?[a-z-]+/g) ?? [];
  if (flags.includes('--help')) return [];
  const named = placeFlags.findIndex((flag) => flags.includes(flag));
  const around: readonly string[] = named < 0 ? placeFlags : placeFlags.slice(0, named);
  return target.filter((each) => around.some((flag) => isFlag(each, flag)));
}

const isFlag = (given: string, flag: string): boolean => given.split(' ', 1)[0] === flag;

/** The same program at the same cluster, wherever in it. */
export const anywhereIn = ({ target, ...started }: Started): Started => ({
  ...started,
  target: target.filter((each) => !isFlag(each, '-n') && !isFlag(each, '--name')),
});

const known = new WeakMap<Started, Map<Messages, Messages>>();

/** A dictionary whose texts tell commands so; the same one for the same. */
export function startedMessages(t: Messages, started: Started): Messages {
  const { program, target, isSimulated } = started;
  if (program === 'posthog-sealos' && target.length === 0 && !isSimulated) return t;
  const all = known.get(started) ?? new Map<Messages, Messages>();
  known.set(started, all);
  const made = all.get(t) ?? (mapped(t, started) as Messages);
  all.set(t, made);
  return made;
}

function mapped(value: unknown, started: Started): unknown {
  if (typeof value === 'string') return asStarted(value, started);
  if (typeof value === 'function') return (...args: readonly unknown[]) => mapped(value(...args), started);
  if (Array.isArray(value)) return value.map((each) => mapped(each, started));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapped(each, started)]));
}
