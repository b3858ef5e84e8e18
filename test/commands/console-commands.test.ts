/** Commands that the console tells mean the place that it shows. */
import { expect, test } from 'vitest';
import { commandsOf } from '../../source/commands/console/first-state.ts';

test.each([
  [{}, 'posthog-sealos restart'],
  [{ sandbox: true }, 'posthog-sealos restart --sandbox'],
  [{ namespace: 'ns-1', kubeconfig: '/tmp/two words' }, "posthog-sealos restart --kubeconfig '/tmp/two words' -n ns-1"],
] as const)('%j', (values, restart) => {
  const commands = commandsOf(values, {});
  expect(commands.restart).toBe(restart);
  for (const [name, command] of Object.entries(commands)) expect(command).toBe(restart.replace('restart', name));
});
