/** The same change by kubectl, for whoever wants to read it or do it by hand. Pure. */
import { mainObject } from '../../observe/lookups.ts';
import type { Snapshot } from '../../observe/types.ts';
import { componentOf } from '../../stack/components.ts';
import type { KubeObject } from '../../stack/types.ts';
import { inOrder } from './change.ts';
import { databasePartsOf, mainContainerOf, replicasIn, resourcesOf } from './patches.ts';
import type { Change } from './types.ts';

/** In the order in which they are applied; none for what is not there. */
export const kubectlOf = (changes: readonly Change[], snapshot: Snapshot): readonly string[] =>
  inOrder(changes.map(({ component }) => component)).flatMap((id) => {
    const object = mainObject(id, snapshot);
    const own = changes.filter(({ component }) => component === id);
    if (!object) return [];
    const commands = object.kind === 'Cluster' ? ofDatabase(object, own) : ofWorkload(object, own);
    return commands.map((command) => `kubectl -n ${snapshot.namespace} ${command}`);
  });

/** Whether one is a store that gets other memory: settings of its process follow that, and kubectl knows nothing of them. */
export const movesSettings = (changes: readonly Change[]): boolean =>
  changes.some(({ component, field }) => field === 'memory' && 'fixed' in componentOf(component).scaling);

function ofWorkload(object: KubeObject, changes: readonly Change[]): readonly string[] {
  const target = `${object.kind.toLowerCase()}/${object.metadata.name}`;
  const [replicas, container] = [replicasIn(changes), mainContainerOf(object)];
  const resources = container && resourcesOf(container, changes);
  const flags = Object.entries(resources ?? {}).map(
    ([kind, amounts]) =>
      ` --${kind}=${Object.entries(amounts)
        .map((pair) => pair.join('='))
        .join(',')}`,
  );
  return [
    ...(resources ? [`set resources ${target} -c ${container.name}${flags.join('')}`] : []),
    ...(replicas === undefined ? [] : [`scale ${target} --replicas=${replicas}`]),
  ];
}

/** kubectl can set no resources of it: the values are written where they stand. */
function ofDatabase(object: KubeObject, changes: readonly Change[]): readonly string[] {
  const [first] = databasePartsOf(object);
  const resources = first && resourcesOf(first, changes);
  if (!resources) return [];
  const patch = Object.entries(resources).flatMap(([kind, amounts]) =>
    Object.entries(amounts).map(([field, value]) => ({
      op: 'add',
      path: `/spec/componentSpecs/0/resources/${kind}/${field}`,
      value,
    })),
  );
  return [`patch clusters.apps.kubeblocks.io ${object.metadata.name} --type=json -p '${JSON.stringify(patch)}'`];
}
