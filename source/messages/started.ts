/**
 * Commands that a text tells to run, as whoever has started the program types them: by the name it was started by, and with
 * the flags that mean the same cluster, namespace and instance. Pure.
 */
import type { Messages } from './index.ts';

export interface Started {
  /** `posthog-sealos`, `npx posthog-sealos`, or what runs it from its sources. */
  readonly program: string;
  /** Flags that lead to the same place, as a shell needs them; empty where nothing else is needed. */
  readonly target: string;
  readonly isSimulated: boolean;
}

/** `posthog-sealos scale -n ns-1`; without a command, the console. */
export const startedCommand = ({ program, target }: Started, command: string): string =>
  [program, command, target].filter(Boolean).join(' ');

/** Those that take the flags of a place, and those that do not. */
const told = /(?:npx )?\bposthog-sealos (?:(install|proof|status|logs|scale|restart)|render|sandbox)\b/g;

/** Without its kubeconfig it would reach for a real cluster. */
const ofKubectl = /(?<!kubeconfig\) )\bkubectl (?=-n )/g;

export function asStarted(text: string, started: Started): string {
  const { program, target, isSimulated } = started;
  const [first = ''] = target.split(' ');
  const ofPlace = text.replaceAll(told, (whole, placed: string | undefined, at: number) => {
    const command = whole.startsWith('npx ') ? whole : whole.replace('posthog-sealos', program);
    // Whoever has named the place already means it.
    const isComplete = target === '' || `${text} `.startsWith(` ${first}`, at + whole.length);
    return placed === undefined || isComplete ? command : `${command} ${target}`;
  });
  return isSimulated
    ? ofPlace.replaceAll(ofKubectl, () => `KUBECONFIG=$(${program} sandbox kubeconfig) kubectl `)
    : ofPlace;
}

const known = new WeakMap<Started, Map<Messages, Messages>>();

/** A dictionary whose texts tell commands so; the same one for the same. */
export function startedMessages(t: Messages, started: Started): Messages {
  const { program, target, isSimulated } = started;
  if (program === 'posthog-sealos' && target === '' && !isSimulated) return t;
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
