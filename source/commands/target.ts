/** Commands that the user is told to run must mean the same cluster, namespace and instance as the one that tells. */
import { type FlagValues, isSet, text } from './flags.ts';

const flags = ['kubeconfig', 'context', 'namespace', 'name'] as const;

/** `posthog-sealos install -n ns-1` (or without a command) with the target of this run, quoted as a shell needs it. */
export function sameTarget(values: FlagValues, command: string): string {
  const given = flags.flatMap((flag) => {
    const value = text(values, flag);
    return value === undefined ? [] : [flag === 'namespace' ? '-n' : `--${flag}`, quoted(value)];
  });
  // Without it, the same words would mean a real cluster.
  const simulated = isSet(values, 'sandbox') ? ['--sandbox'] : [];
  return ['posthog-sealos', ...(command === '' ? [] : [command]), ...simulated, ...given].join(' ');
}

function quoted(word: string): string {
  return /^[\w./:@%+=,~-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
