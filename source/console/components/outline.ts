/** A text whose indents make it a tree that folds: YAML, a description. Pure. */
import { emptyTree, type TreeNode, type TreeState } from './tree.ts';

/** A block longer than this is folded until somebody wants it. */
const longest = 20;

export const indentOf = (line: string): number => line.length - line.trimStart().length;

/** An empty line stands where what follows it does. */
function indentsOf(lines: readonly string[]): readonly number[] {
  let after = 0;
  const indents = lines.toReversed().map((line) => {
    if (line.trim() !== '') after = indentOf(line);
    return after;
  });
  return indents.reverse();
}

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
  indentsOf(lines).forEach((indent, value) => {
    while (open.length > 0 && (open.at(-1) as Branch).indent >= indent) open.pop();
    const branch: Branch = { id: String(value), value, indent };
    const parent = open.at(-1);
    if (parent) {
      parent.children ??= [];
      parent.children.push(branch);
    } else roots.push(branch);
    open.push(branch);
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

/** How many lines are folded away below it. */
export function linesBelow(lines: readonly string[], at: number): number {
  const indent = indentOf(lines[at] ?? '');
  const rest = indentsOf(lines.slice(at + 1));
  const end = rest.findIndex((each) => each <= indent);
  return end < 0 ? rest.length : end;
}
