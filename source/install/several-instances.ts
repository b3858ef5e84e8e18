import { exitCodes, UserError } from '../errors.ts';

/** Several instances and none named: it would be a guess. */
export function severalInstances(names: readonly string[]): UserError {
  return new UserError({
    code: 'several-instances',
    exit: exitCodes.usage,
    say: (t) => t.install.several(names.join(', ')),
    hint: (t) => t.install.severalHint(names[0] ?? ''),
  });
}
