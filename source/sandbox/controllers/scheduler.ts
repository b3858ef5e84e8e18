/** The scheduler: a node with room for each pod, once its volumes are settled (pkg/scheduler of 1.34). */
import { parseQuantity } from '../../stack/quantity.ts';
import type { KubeObject } from '../../stack/types.ts';
import type { Change } from '../types.ts';
import { type Controller, type Desk, keyOf } from './desk.ts';
import { known } from './known.ts';
import { type Claim, type Container, conditionOf, isLeaving, isOver, type Pod } from './model.ts';

const component = 'default-scheduler';
export const selectedNode = 'volume.kubernetes.io/selected-node';
const resources = ['cpu', 'memory', 'ephemeral-storage'] as const;
type Amounts = Readonly<Record<string, number>>;

const requested = ({ resources: given }: Container, resource: string): number =>
  parseQuantity(given?.requests?.[resource] ?? given?.limits?.[resource] ?? 0);

function needsOf({ spec }: Pod): Amounts {
  const amount = (resource: string): number => {
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
    const lasting = [...spec.containers, ...sidecars].reduce((sum, each) => sum + requested(each, resource), 0);
    return Math.max(lasting, ...(spec.initContainers ?? []).map((each) => requested(each, resource)));
  };
  return Object.fromEntries(resources.map((resource) => [resource, amount(resource)]));
}

interface Node extends KubeObject {
  readonly status: { readonly allocatable: Readonly<Record<string, string>> };
}

type Placing = { readonly node: string } | { readonly refused: string } | { readonly waits: true };

export function scheduler(desk: Desk): Controller {
  const actor = desk.actor(component, 'system:kube-scheduler', 'kube-scheduler');
  const isPending = (pod: Pod): boolean => !pod.spec.nodeName && !isLeaving(pod) && !isOver(pod);
  const pending = (): readonly string[] => desk.list<Pod>(known.pods).filter(isPending).map(keyOf);

  function concerns({ type, kind, object }: Change): readonly string[] {
    if (kind === known.claims || kind === known.nodes) return pending();
    if (kind !== known.pods) return [];
    // Who goes makes room.
    return type === 'DELETED' || isOver(object as Pod) ? pending() : isPending(object as Pod) ? [keyOf(object)] : [];
  }

  return {
    name: component,
    concerns,
    reconcile(namespace, name) {
      const pod = desk.find<Pod>(known.pods, namespace, name);
      if (!pod || !isPending(pod) || (pod.spec.schedulerName ?? component) !== component) return;
      const placing = place(pod);
      if ('node' in placing) bind(pod, placing.node);
      else if ('refused' in placing) refuse(pod, placing.refused);
    },
  };

  function place(pod: Pod): Placing {
    const nodes = desk.list<Node>(known.nodes);
    const all = `0/${nodes.length} nodes are available`;
    const help = (why: string): string => `preemption: 0/${nodes.length} nodes are available: ${why}.`;
    const useless = help(`${nodes.length} Preemption is not helpful for scheduling`);
    const claims: Claim[] = [];
    for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
      if (!persistentVolumeClaim) continue;
      const { claimName } = persistentVolumeClaim;
      const claim = desk.find<Claim>(known.claims, pod.metadata.namespace, claimName);
      if (!claim) return { refused: `${all}: persistentvolumeclaim "${claimName}" not found. not found` };
      if (isLeaving(claim))
        return { refused: `${all}: persistentvolumeclaim "${claimName}" is being deleted. ${useless}` };
      claims.push(claim);
    }
    const unbound = claims.filter(({ status }) => status?.phase !== 'Bound');
    const waiting = unbound.filter(waitsForConsumer);
    if (waiting.length < unbound.length)
      return { refused: `${all}: pod has unbound immediate PersistentVolumeClaims. ${useless}` };
    const fitting = roomFor(pod, nodes);
    if ('lacking' in fitting) {
      const lacking = Object.entries(fitting.lacking)
        .map(([why, count]) => `${count} ${why}`)
        .sort();
      const none = help(`${nodes.length} No preemption victims found for incoming pod`);
      return { refused: `${all}: ${lacking.join(', ')}. ${none}` };
    }
    const chosen = waiting.find(({ metadata }) => metadata.annotations?.[selectedNode]);
    const node = chosen?.metadata.annotations?.[selectedNode] ?? fitting.node;
    for (const claim of waiting)
      if (!claim.metadata.annotations?.[selectedNode])
        actor.patch(known.claims, claim, { metadata: { annotations: { [selectedNode]: node } } });
    return waiting.length > 0 ? { waits: true } : { node };
  }

  function waitsForConsumer({ spec }: Claim): boolean {
    const found = desk.find(known.classes, undefined, spec.storageClassName ?? '');
    return found?.['volumeBindingMode'] === 'WaitForFirstConsumer';
  }

  /** The emptiest node that has room. */
  function roomFor(pod: Pod, nodes: readonly Node[]): { node: string } | { lacking: Record<string, number> } {
    const needs = needsOf(pod);
    const lacking: Record<string, number> = {};
    const rooms = nodes.flatMap(({ metadata, status }) => {
      const own = desk
        .list<Pod>(known.pods)
        .filter(({ spec }) => spec.nodeName === metadata.name)
        .filter((each) => !isOver(each));
      const taken = own.map(needsOf);
      const free = (resource: string): number =>
        parseQuantity(status.allocatable[resource] ?? 0) - taken.reduce((sum, each) => sum + (each[resource] ?? 0), 0);
      const short: string[] = resources.filter((resource) => (needs[resource] ?? 0) > free(resource));
      const reasons = short.map((resource) => `Insufficient ${resource}`);
      if (own.length >= Number(status.allocatable['pods'] ?? 110)) reasons.push('Too many pods');
      for (const reason of reasons) lacking[reason] = (lacking[reason] ?? 0) + 1;
      return reasons.length === 0 ? [{ node: metadata.name, left: free('memory') }] : [];
    });
    const [best] = rooms.sort((one, other) => other.left - one.left);
    return best ? { node: best.node } : { lacking };
  }

  function bind(pod: Pod, nodeName: string): void {
    const conditions = [conditionOf(undefined, { type: 'PodScheduled', status: 'True' }, desk.now())];
    const { store } = desk.objects;
    // The binding subresource is the only way to a node name: an update of the pod is refused.
    store.put(known.pods, { ...pod, spec: { ...pod.spec, nodeName }, status: { ...pod.status, conditions } });
    const { namespace, name } = pod.metadata;
    actor.say(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${nodeName}`);
  }

  function refuse(pod: Pod, message: string): void {
    const told = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (told?.message === message) return;
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
    const conditions = [conditionOf(pod.status?.conditions, condition, desk.now())];
    actor.status(known.pods, pod, { ...pod.status, conditions });
    actor.say(pod, 'Warning', 'FailedScheduling', message);
  }
}
