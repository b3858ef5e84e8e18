/** Commands that the user is told to run must mean the same cluster, namespace and instance as the one that tells. */
import { type FlagValues, isSet, text } from './flags.ts';

const flags = ['kubeconfig', 'context', 'namespace', 'name'] as const;

type Env = Readonly<Record<string, string | undefined>>;

/** How this program was started, and can be again: by name, by npx, or from its sources. */
function programOf({ npm_command, npm_lifecycle_event, npm_package_name }: Env): string {
  if (npm_command === 'exec') return 'npx posthog-sealos';
  return npm_package_name === 'posthog-sealos' && npm_lifecycle_event !== undefined
    ? 'npm run cli --'
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

function quoted(word: string): string {
  return /^[\w./:@%+=,~-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
