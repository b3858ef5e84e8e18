/** What a fix does, in words; the same wherever it is offered. Pure. */
import type { Say } from '../messages/index.ts';
import type { Cause } from './types.ts';

/** Undefined where there is nothing to be done but to wait. */
export function fixSaid({ fix, component }: Cause): Say | undefined {
  switch (fix) {
    case 'restart':
      return (t) => t.install.fix.restart(component);
    case 'secret-value':
      return (t) => t.install.fix.secretValue;
    case 'recreate-job':
      return (t) => t.install.fix.recreateJob(component);
    case 'mirror':
      return (t) => t.install.fix.mirror;
    default:
      return undefined;
  }
}

/** Whether it can be applied by itself: another registry is an answer, and what only takes its time needs nothing. */
export const canFix = ({ fix }: Cause): boolean => fix !== undefined && fix !== 'wait' && fix !== 'mirror';
