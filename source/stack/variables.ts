/**
 * Variables in manifests: `${path.to.value}` inside string scalars. Values are put into the parsed tree, never into
 * text, so no answer can break out of its place. Lower-case names only: `$NAME`, `${NAME}` belong to shells and
 * `$(NAME)` to Kubernetes.
 */
import type { Json } from './types.ts';

const variable = /\$\{([a-z][A-Za-z0-9.-]*)\}/g;
const wholeVariable = /^\$\{([a-z][A-Za-z0-9.-]*)\}$/;

/** Throws a RangeError when the path is unknown. */
export type Lookup = (path: string) => Json;

/** Every variable a tree reads. */
export function variablesIn(tree: Json, found: Set<string> = new Set()): Set<string> {
  if (typeof tree === 'string') for (const [, path] of tree.matchAll(variable)) found.add(path as string);
  else if (Array.isArray(tree)) for (const each of tree) variablesIn(each, found);
  else if (tree !== null && typeof tree === 'object') {
    for (const [key, value] of Object.entries(tree)) {
      variablesIn(key, found);
      variablesIn(value as Json, found);
    }
  }
  return found;
}

/** The tree with every variable replaced. A scalar that is one variable takes the value with its type. */
export function substitute(tree: Json, lookup: Lookup): Json {
  if (typeof tree === 'string') return substituteText(tree, lookup);
  if (Array.isArray(tree)) return tree.map((each) => substitute(each, lookup));
  if (tree === null || typeof tree !== 'object') return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      String(substituteText(key, lookup)),
      substitute(value as Json, lookup),
    ]),
  );
}

function substituteText(text: string, lookup: Lookup): Json {
  const whole = wholeVariable.exec(text);
  if (whole) return lookup(whole[1] as string);
  return text.replace(variable, (_, path: string) => {
    const value = lookup(path);
    if (typeof value === 'object') throw new TypeError(`\${${path}} is not a scalar and cannot stand inside text`);
    return String(value);
  });
}
