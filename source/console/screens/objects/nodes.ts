/** The objects as a tree: phases, their parts, what these are made of; and what all share. */
import type { InventoryObject } from '../../../observe/inventory.ts';
import { inventoryOf } from '../../../observe/inventory.ts';
import { componentsOf } from '../../../stack/components.ts';
import { type ComponentId, type Phase, phases } from '../../../stack/types.ts';
import { rowsOf, type TreeNode } from '../../components/tree.ts';
import { oncePer } from '../../once-per.ts';
import type { State } from '../../state.ts';
import type { RunView } from '../install/run.ts';
import { partId } from './state.ts';

export type Thing =
  | { readonly type: 'phase'; readonly phase: Phase | 'shared' }
  | { readonly type: 'part'; readonly part: ComponentId }
  | { readonly type: 'object'; readonly object: InventoryObject };

export type ThingNode = TreeNode<Thing>;

const objectsOf = oncePer(inventoryOf);

const treeOf = oncePer(
  (inventory: readonly InventoryObject[], components: RunView['components']): readonly ThingNode[] => {
    const leaves = (part: ComponentId | undefined): readonly ThingNode[] =>
      inventory
        .filter((object) => object.part === part)
        .map((object) => ({ id: `${object.kind}/${object.name}`, value: { type: 'object', object } }));
    const branches = phases.map((phase): ThingNode => {
      const parts = componentsOf(phase)
        .map(({ id }): ThingNode => ({ id: partId(id), value: { type: 'part', part: id }, children: leaves(id) }))
        .filter(({ value, children = [] }) => children.length > 0 || (value.type === 'part' && components[value.part]));
      return { id: `phase/${phase}`, value: { type: 'phase', phase }, children: parts };
    });
    const shared: ThingNode = {
      id: 'phase/shared',
      value: { type: 'phase', phase: 'shared' },
      children: leaves(undefined),
    };
    return [...branches, shared].filter(({ children = [] }) => children.length > 0);
  },
);

const newestIn = oncePer((inventory: readonly InventoryObject[]) =>
  Math.max(0, ...inventory.map(({ createdAt }) => createdAt)),
);

/** When the youngest object was made, in epoch milliseconds. */
export const newestOf = ({ seen }: State): number | undefined => seen && newestIn(objectsOf(seen.snapshot));

export const nodesOf = ({ seen, home }: State): readonly ThingNode[] =>
  seen ? treeOf(objectsOf(seen.snapshot), home.run.components) : [];

const visible = oncePer(rowsOf<Thing>);

export const rowsIn = (state: State) => visible(nodesOf(state), state.objects.tree.folded);

const nothingFolded: ReadonlySet<string> = new Set();
/** Everything, folded or not. */
export const allRows = oncePer((nodes: readonly ThingNode[]) => rowsOf(nodes, nothingFolded));

export const nameOfThing = (thing: Thing): string => {
  switch (thing.type) {
    case 'phase':
      return thing.phase;
    case 'part':
      return thing.part;
    case 'object':
      return `${shortKinds[thing.object.kind] ?? thing.object.kind}/${thing.object.name}`;
  }
};

/** As kubectl abbreviates it. */
const shortKinds: Readonly<Record<string, string>> = { PersistentVolumeClaim: 'PVC' };
