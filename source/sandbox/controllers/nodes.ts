/** The machines of the simulated cluster; their kubelets say rarely that they live. */
import type { Controller, Desk } from './desk.ts';
import { known } from './known.ts';
import { type Condition, conditionOf } from './model.ts';

export interface NodeSize {
  readonly name: string;
  readonly ip: string;
  /** Quantities, as `32` and `128Gi`. */
  readonly cpu: string;
  readonly memory: string;
  readonly ephemeral: string;
  readonly pods: number;
}

type Reported = Condition & { readonly lastHeartbeatTime?: string };

/** Between two signs of life, in milliseconds: a real kubelet reports an unchanged status every five minutes. */
const heartbeat = 300_000;

const facts: Readonly<Record<string, readonly [boolean, string, string]>> = {
  MemoryPressure: [false, 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  DiskPressure: [false, 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  PIDPressure: [false, 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  Ready: [true, 'KubeletReady', 'kubelet is posting ready status'],
};

export function nodes(desk: Desk, sizes: readonly NodeSize[], kubernetes: string): Controller {
  const sizeOf = (name: string) => sizes.find((each) => each.name === name);

  const actorOf = (node: string) => desk.actor('kubelet', `system:node:${node}`, 'kubelet');

  for (const { name } of sizes)
    actorOf(name).ensure(known.nodes, {
      metadata: {
        name,
        labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
      },
      spec: {},
    });

  return {
    name: 'node-heartbeat',
    concerns: ({ kind, type, object }) =>
      kind === known.nodes && type === 'ADDED' ? [`/${object.metadata.name}`] : [],
    reconcile(_, name, again) {
      const node = desk.find(known.nodes, undefined, name);
      const size = sizeOf(name);
      if (!node || !size) return;
      const before = (node['status'] as { conditions?: readonly Reported[] } | undefined)?.conditions;
      // A sandbox that has just begun to serve again answers sooner when nothing is to be written.
      const due = heartbeat - (desk.pace.now() - Date.parse(before?.[0]?.lastHeartbeatTime ?? ''));
      if (due > 0 && due <= heartbeat) return again(due);
      const { cpu, memory, ephemeral, pods, ip } = size;
      const capacity = { cpu, memory, 'ephemeral-storage': ephemeral, pods: String(pods) };
      const conditions = Object.entries(facts).map(([type, [holds, reason, message]]) => ({
        lastHeartbeatTime: desk.now(),
        ...conditionOf(before, { type, status: holds ? 'True' : 'False', reason, message }, desk.now()),
      }));
      actorOf(name).status(known.nodes, node, {
        capacity,
        allocatable: capacity,
        conditions,
        addresses: [
          { type: 'InternalIP', address: ip },
          { type: 'Hostname', address: name },
        ],
        nodeInfo: {
          architecture: 'amd64',
          operatingSystem: 'linux',
          osImage: 'Ubuntu 22.04.5 LTS',
          kernelVersion: '5.15.0',
          kubeletVersion: kubernetes,
          kubeProxyVersion: '',
          containerRuntimeVersion: 'containerd://1.7.27',
          machineID: '',
          systemUUID: '',
          bootID: '',
        },
      });
      again(heartbeat);
    },
  };
}
