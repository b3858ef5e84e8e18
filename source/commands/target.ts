/** Commands that the user is told to run must mean the same cluster, namespace and instance as the one that tells. */
import { type Started, startedCommand } from '../messages/started.ts';
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

/** How this program was started, and what leads to the place that it looks at. @param env npm tells by it that it has started us */
export function startedOf(values: FlagValues, env: Env): Started {
  const given = flags.flatMap((flag) => {
    const value = text(values, flag);
    return value === undefined ? [] : `${flag === 'namespace' ? '-n' : `--${flag}`} ${quoted(value)}`;
  });
  const isSimulated = isSet(values, 'sandbox');
  // Without it, the same words would mean a real cluster.
  const target = [...(isSimulated ? ['--sandbox'] : []), ...given];
  return { program: programOf(env), target, isSimulated };
}

/** `posthog-sealos install -n ns-1` (or without a command) with the target of this run, quoted as a shell needs it. */
export const sameTarget = (values: FlagValues, command: string, env: Env): string =>
  startedCommand(startedOf(values, env), command);
