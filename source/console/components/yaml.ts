/** YAML as it is read on a screen: by its indents a tree that folds, its words by what they are. Pure. */
import { accent, dim, good, type Line } from '../draw/line.ts';
import { emptyTree, type TreeNode, type TreeState } from './tree.ts';

/** A block longer than this is folded until somebody wants it. */
const longest = 20;

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Each line, by its number, with the lines that are indented below it. */
export function outlineOf(lines: readonly string[]): readonly TreeNode<number>[] {
  interface Branch {
    readonly id: string;
    readonly value: number;
    readonly indent: number;
    children?: Branch[];
  }
  const roots: Branch[] = [];
  const open: Branch[] = [];
  lines.forEach((line, value) => {
    // An empty line within a text belongs to it.
    const indent = line.trim() === '' ? Number.POSITIVE_INFINITY : indentOf(line);
    while (open.length > 0 && (open.at(-1) as Branch).indent >= indent) open.pop();
    const branch: Branch = { id: String(value), value, indent };
    const parent = open.at(-1);
    if (parent) {
      parent.children ??= [];
      parent.children.push(branch);
    } else roots.push(branch);
    if (indent !== Number.POSITIVE_INFINITY) open.push(branch);
  });
  return roots;
}

const sizeOf = ({ children = [] }: TreeNode<number>): number =>
  children.reduce((sum, child) => sum + 1 + sizeOf(child), 0);

/** What is folded in the beginning: the innermost of the long blocks, but none at the edge, which is what somebody came for. */
export function firstFolds(lines: readonly string[]): TreeState {
  const folded = new Set<string>();
  const look = (node: TreeNode<number>): boolean => {
    if (sizeOf(node) <= longest) return false;
    const isWithin = (node.children ?? []).map(look).some(Boolean);
    if (!isWithin) folded.add(node.id);
    return true;
  };
  for (const { children = [] } of outlineOf(lines)) for (const child of children) look(child);
  return { ...emptyTree, folded };
}

/** How many lines are below it, at any depth. */
export function linesBelow(lines: readonly string[], at: number): number {
  const indent = indentOf(lines[at] ?? '');
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => line.trim() !== '' && indentOf(line) <= indent);
  return end < 0 ? rest.length : end;
}

const entry = /^(\s*(?:- )*)((?:[^\s"'#][^:]*?|"(?:[^"\\]|\\.)*"):(?=\s|$))?(\s*)(.*)$/s;
const bare = /^(?:true|false|null|~|-?\d[\d.]*|\[\]|\{\}|)$/;
const beginsText = /^[|>][-+]?\d?$/;

/** Every line with its keys, texts and comments told apart. */
export function tonedYaml(lines: readonly string[]): readonly Line[] {
  /** Indent of the key whose text of several lines goes on. */
  let within: number | undefined;
  return lines.map((line): Line => {
    if (within !== undefined && (line.trim() === '' || indentOf(line) > within)) return [good(line)];
    within = undefined;
    const [, lead = '', key = '', gap = '', value = ''] = entry.exec(line) ?? [];
    if (beginsText.test(value)) within = indentOf(line);
    return [lead, ...(key === '' ? [] : [accent(key)]), gap, tonedValue(value)].filter((part) => part !== '');
  });
}

function tonedValue(value: string): Line[number] {
  if (value.startsWith('#') || /^"?\(hidden\)"?$/.test(value)) return dim(value);
  return bare.test(value) || beginsText.test(value) ? value : good(value);
}
