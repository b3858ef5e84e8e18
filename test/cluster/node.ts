/** The node: containerd, kubelet, kube-proxy. */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindProgram } from './binaries.ts';
import { cgroupRoot, type Layout, network, nodeName, ownImages } from './layout.ts';
import { writeCniConfiguration } from './network.ts';
import { type Packages, packageEnvironment } from './packages.ts';
import { endProcesses, pidOf, startDaemon } from './processes.ts';
import { inNetwork, run } from './shell.ts';

const cgroups = '/sys/fs/cgroup';
export const containerdSocket = (layout: Layout): string => join(layout.containerd, 'containerd.sock');

function containerdConfiguration(layout: Layout, packages: Packages): string {
  const inWork = (path: string): string => JSON.stringify(join(layout.containerd, path));
  return `version = 2
root = ${inWork('root')}
state = ${inWork('state')}
oom_score = 0
[grpc]
  address = ${JSON.stringify(containerdSocket(layout))}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${JSON.stringify(ownImages.pause)}
  disable_apparmor = true
  # Root without CAP_SYS_RESOURCE may not lower the score.
  restrict_oom_score_adj = true
  # What is mounted below the work directory is unmounted with it.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${JSON.stringify(join(packages.root, 'usr/lib/cni'))}
    conf_dir = ${inWork('cni')}
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = ${inWork('registries')}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = ${JSON.stringify(join(packages.root, 'usr/sbin/runc'))}
[plugins."io.containerd.internal.v1.opt"]
  path = ${inWork('opt')}
`;
}

// A port where nobody listens: nothing dials out, and a missing image fails at once.
const noRegistry = 'server = "http://127.0.0.1:1"\n[host."http://127.0.0.1:1"]\n  capabilities = ["pull", "resolve"]\n';

function kubeletConfiguration(layout: Layout): object {
  const file = (name: string): string => join(layout.pki, name);
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: network.node,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: file('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: file('kubelet.crt'),
    tlsPrivateKeyFile: file('kubelet.key'),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupRoot}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    makeIPTablesUtilChains: false,
    clusterDNS: [network.node],
    clusterDomain: 'cluster.local',
    // Pods must not inherit the resolver of this machine.
    resolvConf: '',
    containerRuntimeEndpoint: `unix://${containerdSocket(layout)}`,
    podLogsDir: join(layout.work, 'pod-logs'),
    // The API serves only the current file of a rotated log.
    containerLogMaxSize: '200Mi',
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // Limits count against the quota and bound nothing: stand-ins are slower at less work than what they stand for.
    cpuCFSQuota: false,
    maxPods: 200,
    registerWithTaints: [],
    // Stand-ins start by the dozen; waiting in line would tell nothing about the program under test.
    serializeImagePulls: false,
    kubeAPIQPS: 500,
    kubeAPIBurst: 1000,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    nodeStatusUpdateFrequency: '10s',
    // Secrets and ConfigMaps reach running pods soon.
    syncFrequency: '10s',
  };
}

function proxyConfiguration(layout: Layout): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: join(layout.manifests, 'proxy.kubeconfig') },
    clusterCIDR: network.podRange.subnet,
    hostnameOverride: nodeName,
    // A system setting that is read-only here.
    conntrack: { maxPerCore: 0 },
    nftables: { minSyncPeriod: '0s', masqueradeAll: false },
    bindAddress: network.node,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
  };
}

/** The folders of one cgroup in every hierarchy of version 1, or the one of version 2. */
async function cgroupFolders(name: string): Promise<string[]> {
  const entries = await readdir(cgroups);
  if (entries.includes('cgroup.controllers')) return [join(cgroups, name)];
  return entries.map((hierarchy) => join(cgroups, hierarchy, name));
}

async function makeCgroup(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // A new group of this hierarchy has no processor, and nothing could run in it.
  for (const setting of ['cpuset.cpus', 'cpuset.mems']) {
    const inherited = await readFile(join(folder, '..', setting), 'utf8').catch(() => '');
    if (inherited) await writeFile(join(folder, setting), inherited).catch(() => undefined);
  }
}

async function makeCgroups(): Promise<void> {
  const entries = await readdir(cgroups);
  if (entries.includes('cgroup.controllers')) {
    const controllers = (await readFile(join(cgroups, 'cgroup.controllers'), 'utf8')).trim().split(' ');
    await writeFile(join(cgroups, 'cgroup.subtree_control'), controllers.map((name) => `+${name}`).join(' '));
  }
  for (const folder of await cgroupFolders(cgroupRoot)) await makeCgroup(folder).catch(() => undefined);
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const children = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  // Deepest first: only an empty group can be removed.
  return [...(await Promise.all(children.map(foldersBelow))).flat(), folder];
}

/** Ends every process of every container, which are those in our cgroups, and removes the groups. */
export async function endContainers(signal: AbortSignal): Promise<void> {
  const folders = (await Promise.all((await cgroupFolders(cgroupRoot)).map(foldersBelow))).flat();
  const lists = await Promise.all(
    folders.map((folder) => readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')),
  );
  const pids = lists.flatMap((list) => list.split('\n').filter(Boolean).map(Number));
  await endProcesses([...new Set(pids)], 0, signal);
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}

/** containerd's own helpers: one a pod, known by the socket that they were given. They outlive containerd on purpose. */
export async function endShims(layout: Layout, signal: AbortSignal): Promise<void> {
  const pids: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('containerd-shim') && command.includes(containerdSocket(layout))) pids.push(Number(entry));
  }
  await endProcesses(pids, 0, signal);
}

export async function startContainerd(layout: Layout, packages: Packages): Promise<void> {
  await mkdir(join(layout.containerd, 'registries/_default'), { recursive: true });
  await writeFile(join(layout.containerd, 'registries/_default/hosts.toml'), noRegistry);
  await writeCniConfiguration(join(layout.containerd, 'cni'));
  const configuration = join(layout.manifests, 'containerd.toml');
  await writeFile(configuration, containerdConfiguration(layout, packages));
  const [program, args] = inNetwork(network.namespacePath, [
    join(packages.root, 'usr/bin/containerd'),
    '--config',
    configuration,
  ]);
  startDaemon(layout, { name: 'containerd', command: [program, ...args], env: packageEnvironment(packages) });
}

export async function startKubelet(layout: Layout, find: FindProgram, packages: Packages): Promise<void> {
  await makeCgroups();
  await mkdir(layout.kubelet, { recursive: true });
  const configuration = join(layout.manifests, 'kubelet.json');
  await writeFile(configuration, JSON.stringify(kubeletConfiguration(layout), null, 2));
  const [program, args] = inNetwork(network.namespacePath, [
    ...(await besideContainerd(layout)),
    find('kubelet'),
    `--config=${configuration}`,
    `--kubeconfig=${join(layout.manifests, 'node.kubeconfig')}`,
    `--root-dir=${layout.kubelet}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${network.node}`,
  ]);
  startDaemon(layout, { name: 'kubelet', command: [program, ...args], env: packageEnvironment(packages) });
}

/** Whoever restarts the kubelet may have mounts of his own (`commandInside`): volumes mounted there would be seen by no container. */
async function besideContainerd(layout: Layout): Promise<readonly string[]> {
  return ['nsenter', `--mount=/proc/${await pidOf(layout, 'containerd')}/ns/mnt`, '--'];
}

export async function startProxy(layout: Layout, find: FindProgram, packages: Packages): Promise<void> {
  const configuration = join(layout.manifests, 'kube-proxy.json');
  await writeFile(configuration, JSON.stringify(proxyConfiguration(layout), null, 2));
  const [program, args] = inNetwork(network.namespacePath, [find('kube-proxy'), `--config=${configuration}`]);
  startDaemon(layout, { name: 'kube-proxy', command: [program, ...args], env: packageEnvironment(packages) });
}

/** Unmounts all that containers and kubelet left mounted below the work directory, innermost first. */
export async function unmountBelow(folder: string, signal: AbortSignal): Promise<void> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  const mounted = table.split('\n').flatMap((line) => line.split(' ')[1] ?? []);
  for (const target of mounted.filter((path) => path.startsWith(`${folder}/`)).reverse())
    await run('umount', ['-l', target], { signal }).catch(() => undefined);
}
