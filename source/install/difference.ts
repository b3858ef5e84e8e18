/** What applying would change in an object, as `diff -u` tells it. */
import { masked, withoutBookkeeping } from '../observe/masked.ts';
import type { KubeObject } from '../stack/types.ts';
import { toYaml } from '../text/yaml.ts';
import type { ObjectChange } from './events.ts';

/** Lines around a change that say where it is. */
const context = 3;

/**
 * Lines that begin with `+`, `-`, a space, or `@@` where lines in between are left out; of an object that is not there
 * yet, all of it. Secrets are masked.
 */
export async function differenceOf({ before, after }: ObjectChange): Promise<readonly string[]> {
  if (!before) return yamlLines(after).map((line) => `+${line}`);
  const { structuredPatch } = await import('diff');
  const { hunks } = structuredPatch('', '', readable(before), readable(after), '', '', { context });
  return hunks.flatMap(({ oldStart, newStart, lines }) => [`@@ ${oldStart}, ${newStart} @@`, ...lines]);
}

/** The object as YAML that anybody may see. */
export const yamlLines = (object: KubeObject): readonly string[] => readable(object).trimEnd().split('\n');

/** Without what nobody wants, because only the server can set it. */
function readable(object: KubeObject): string {
  const { status: _, ...wanted } = masked(withoutBookkeeping(object));
  const { uid: __, creationTimestamp: ___, ...metadata } = wanted.metadata;
  return toYaml({ ...wanted, metadata });
}
