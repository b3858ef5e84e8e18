/** Commands that the user is told to run must mean the same cluster, namespace and instance as the one that tells. */
import { quoted } from '../text/shell.ts';
import { type FlagValues, isSet, text } from './flags.ts';

const flags = ['kubeconfig', 'context', 'namespace', 'name'] as const;

type Env = Readonly<Record<string, string | undefined>>;

/** How this program was started, and can be again: by name, by npx, or from its sources. */
function programOf({ npm_command, npm_lifecycle_event, npm_package_name }: Env): string {
  if (npm_command === 'exec') return 'npx posthog-sealos';
  return npm_package_name === 'posthog-sealos' && npm_lifecycle_event !== undefined
    ? 'npm run --silent cli --'
    : 'posthog-sealos';
}

/**
 * `posthog-sealos install -n ns-1` (or without a command) with the target of this run, quoted as a shell needs it.
 * @param env npm tells by it that it has started us
 */
export function sameTarget(values: FlagValues, command: string, env: Env): string {
  const given = flags.flatMap((flag) => {
    const value = text(values, flag);
    return value === undefined ? [] : [flag === 'namespace' ? '-n' : `--${flag}`, quoted(value)];
  });
  // Without it, the same words would mean a real cluster.
  const simulated = isSet(values, 'sandbox') ? ['--sandbox'] : [];
  return [programOf(env), ...(command === '' ? [] : [command]), ...simulated, ...given].join(' ');
}

/** Commands that a text tells to run, as they are typed here. */
const told = /(?<!npx )\bposthog-sealos (?=(?:install|render|proof|status|logs|scale|restart|sandbox)\b)/g;

/** A text with commands of this program as whoever has started it can type them, for the sandbox where that is looked at. */
export function asStarted(text: string, values: FlagValues, env: Env): string {
  return (isSet(values, 'sandbox') ? ofSandbox(text) : text).replaceAll(told, `${programOf(env)} `);
}

/** Without this they would reach for a real cluster. */
const ofSandbox = (text: string): string =>
  text
    .replaceAll(
      /\bposthog-sealos (install|proof|status|logs|scale|restart)\b(?! --sandbox)/g,
      'posthog-sealos $1 --sandbox',
    )
    .replaceAll(/(?<!kubeconfig\) )\bkubectl (?=-n )/g, 'KUBECONFIG=$$(posthog-sealos sandbox kubeconfig) kubectl ');
