/**
 * Sets of fields in the form in which `managedFields` shows them (FieldsV1): `f:` names a field, `k:` a list item by its keys,
 * `v:` one by its value. A node without children is a member, one with children is a member only when it has `.`; the root
 * is none. Follows sigs.k8s.io/structured-merge-diff v6 (fieldpath/set.go, path.go, element.go).
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

type Growing = Record<string, FieldSet>;

export const noFields: FieldSet = {};

export const isEmpty = (set: FieldSet): boolean => {
  for (const _ in set) return false;
  return true;
};

const isMember = (node: FieldSet): boolean => '.' in node || isEmpty(node);

/** Nodes of sets that are being built, once they have a child: to ask a node of 60,000 keys itself takes as many steps. */
const filled = new WeakSet<FieldSet>();

/** Adds a path to a set that is still being built, by this function alone. */
export function insert(set: FieldSet, path: readonly string[]): void {
  let node = set as Growing;
  for (const [index, element] of path.entries()) {
    const child = node[element] as Growing | undefined;
    const last = index === path.length - 1;
    const next: Growing = child ?? {};
    if (!child) node[element] = next;
    else if (last ? filled.has(next) : !filled.has(next)) next['.'] = {};
    filled.add(node);
    node = next;
  }
}

type Rule = (inLeft: boolean, inRight: boolean) => boolean;

/** Paths that the rule keeps; what neither side knows is never kept. */
function combined(left: FieldSet, right: FieldSet, keep: Rule): FieldSet {
  const result: Growing = {};
  for (const element in left) {
    if (element === '.') continue;
    const [mine, other] = [left[element] ?? {}, right[element]];
    const kept = other ? combinedNode(mine, other, keep) : keep(true, false) ? mine : undefined;
    if (kept) result[element] = kept;
  }
  if (keep(false, true))
    for (const element in right) if (element !== '.' && !(element in left)) result[element] = right[element] ?? {};
  return result;
}

function combinedNode(left: FieldSet, right: FieldSet, keep: Rule): FieldSet | undefined {
  const children = combined(left, right, keep);
  const member = keep(isMember(left), isMember(right));
  if (isEmpty(children)) return member ? {} : undefined;
  return member ? { '.': {}, ...children } : children;
}

export const union = (left: FieldSet, right: FieldSet): FieldSet => combined(left, right, (a, b) => a || b);

export const intersection = (left: FieldSet, right: FieldSet): FieldSet => combined(left, right, (a, b) => a && b);

export const difference = (left: FieldSet, right: FieldSet): FieldSet => combined(left, right, (a, b) => a && !b);

/** The set without the given subtrees: each is a path of elements. */
export function without(set: FieldSet, subtrees: readonly (readonly string[])[]): FieldSet {
  return subtrees.reduce(withoutOne, set);
}

function withoutOne(set: FieldSet, [first, ...rest]: readonly string[]): FieldSet {
  const child = first === undefined ? undefined : set[first];
  if (first === undefined || !child) return set;
  const { [first]: _taken, ...others } = set;
  if (rest.length === 0) return others;
  const left = withoutOne(child, rest);
  return isEmpty(left) && !isEmpty(child) ? others : { ...others, [first]: left };
}

export const has = (set: FieldSet, element: string): boolean => {
  const node = set[element];
  return node !== undefined && isMember(node);
};

/** Whether every element can be read. */
export const isSoundSet = (set: FieldSet): boolean =>
  Object.entries(set).every(([element, node]) => element === '.' || (isSoundElement(element) && isSoundSet(node)));

function isSoundElement(element: string): boolean {
  if (element.startsWith('f:')) return true;
  try {
    const value: unknown = JSON.parse(element.slice(2));
    return element.startsWith('k:') ? typeof value === 'object' && value !== null : element.startsWith('v:');
  } catch {
    return false;
  }
}

/** Every member, in the order in which the server tells them: members of a node before what is below them. */
export function pathsOf(set: FieldSet, prefix = ''): readonly string[] {
  const elements = Object.keys(set)
    .filter((element) => element !== '.')
    .sort(byElement);
  const members = elements.filter((element) => has(set, element)).map((element) => prefix + textOf(element));
  return [...members, ...elements.flatMap((element) => pathsOf(set[element] ?? {}, prefix + textOf(element)))];
}

/** `.spec`, `[name="web"]`, `[="x"]`. */
export function textOf(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}

const kinds = 'fkvi';

function byElement(left: string, right: string): number {
  const byKind = kinds.indexOf(left.charAt(0)) - kinds.indexOf(right.charAt(0));
  return byKind || (left < right ? -1 : 1);
}
