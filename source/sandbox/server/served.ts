/** Kinds that the server itself looks into. */
import { resourceOf } from '../schema/index.ts';
import type { Kind } from '../types.ts';

/** A kind of version v1 that every cluster serves. */
export function served(group: string, plural: string): Kind {
  const kind = resourceOf(group, 'v1', plural);
  if (!kind) throw new Error(`${plural} is not served`);
  return kind;
}
