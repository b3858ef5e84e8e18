/** A network of its own: one namespace with one bridge, which is the node's address and the pods' gateway at once. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layout, network } from './layout.ts';
import { inNetwork, run } from './shell.ts';

type Tools = Readonly<Record<string, string>>;

/** Makes the namespace with loopback, the bridge and both addresses. */
export async function makeNetwork(tools: Tools, signal: AbortSignal): Promise<void> {
  const { bridge, node, gateway, prefix, namespacePath } = network;
  await run('ip', ['netns', 'add', network.namespace], { env: tools, signal });
  const script = [
    'set -e',
    'ip link set lo up',
    `ip link add ${bridge} type bridge`,
    `ip addr add ${node}/${prefix} dev ${bridge}`,
    `ip addr add ${gateway}/${prefix} dev ${bridge}`,
    `ip link set ${bridge} up`,
    // kubelet wants a default route to find its address; nothing is behind it.
    `ip route add default dev ${bridge}`,
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    // Without it replies of Services between pods on one bridge go past the address translation. A kernel without the
    // filter has no such file and no such trouble.
    'f=/proc/sys/net/bridge/bridge-nf-call-iptables; if [ -e $f ]; then echo 1 > $f; fi',
  ].join('\n');
  const [command, args] = inNetwork(namespacePath, ['sh', '-c', script]);
  await run(command, args, { env: tools, signal });
}

/** Removes the namespace, and with it every interface and rule. */
export async function removeNetwork(tools: Tools, signal: AbortSignal): Promise<void> {
  const known = await run('ip', ['netns', 'list'], { env: tools, signal });
  if (known.split('\n').some((line) => line.split(' ')[0] === network.namespace))
    await run('ip', ['netns', 'del', network.namespace], { env: tools, signal });
}

/** What containerd reads to connect pods. */
export async function writeCniConfiguration(folder: string): Promise<void> {
  const { subnet, start, end } = network.podRange;
  await mkdir(folder, { recursive: true });
  const plugins = [
    {
      type: 'bridge',
      bridge: network.bridge,
      isGateway: false,
      hairpinMode: true,
      ipMasq: false,
      ipam: {
        type: 'host-local',
        dataDir: join(folder, 'addresses'),
        ranges: [[{ subnet, rangeStart: start, rangeEnd: end, gateway: network.node }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'loopback' },
  ];
  const list = { cniVersion: '1.0.0', name: 'pods', plugins };
  await writeFile(join(folder, '10-pods.conflist'), JSON.stringify(list, null, 2));
}

/** The resolver configuration of `exec`: the cluster's DNS, so that its domain and its Services have addresses. */
export async function writeResolvConf(layout: Layout): Promise<void> {
  await rm(layout.resolvConf, { force: true });
  await writeFile(layout.resolvConf, `nameserver ${network.node}\noptions timeout:2 attempts:3\n`);
}
