/** Brings the cluster up, in two halves: outside its network what needs the world, inside it what needs the API server. */
import { access, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyAdmission } from './admission.ts';
import { type Api, connectApi, type KubeObject } from './api.ts';
import { buildBinaries } from './binaries.ts';
import { makeCertificates } from './certificates.ts';
import { startApiServer, startControllers, startControlPlane, writeKubeconfigs } from './control-plane.ts';
import { installKubeblocksResources, installSealosResources } from './crds.ts';
import { startDns } from './dns.ts';
import { prepareImages } from './images.ts';
import { apiServerUrl, type Environment, type KubeblocksVersion, type Layout, network, nodeName } from './layout.ts';
import { makeNetwork, writeResolvConf } from './network.ts';
import { containerdSocket, startContainerd, startKubelet, startProxy } from './node.ts';
import { packageEnvironment, unpackPackages } from './packages.ts';
import { assertAlive, startDaemon, stopDaemon, whilePaused } from './processes.ts';
import { applyPlatform, issueToken, provisionNamespace } from './sealos-namespace.ts';
import { inNetwork } from './shell.ts';
import { applyStorageClasses } from './storage.ts';
import { waitFor } from './waiting.ts';

export interface UpOptions {
  readonly layout: Layout;
  readonly environment: Environment;
  readonly kubeblocks: KubeblocksVersion;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Everything before the first program of the cluster starts: builds, folders, the network, certificates. */
export async function prepareMachine({ layout, environment, kubeblocks, say, signal }: UpOptions): Promise<void> {
  const packages = await unpackPackages(layout, say, signal);
  await buildBinaries(layout, environment, say, signal);
  const tools = packageEnvironment(packages);
  for (const folder of [layout.work, layout.logs, layout.pids, layout.volumes, layout.manifests])
    await mkdir(folder, { recursive: true });
  await writeFile(layout.kubeblocksVersion, kubeblocks);
  await Promise.all([makeNetwork(tools, signal), makeCertificates(layout, tools, signal), writeResolvConf(layout)]);
  await copyFile(join(layout.pki, 'gateway-ca.crt'), layout.gatewayCa);
}

async function apiReady(api: Api, layout: Layout, signal: AbortSignal): Promise<void> {
  await waitFor(async () => (await api.call('GET', '/readyz', signal)) === 'ok', {
    what: `the API server at ${apiServerUrl}`,
    signal,
    alive: () => {
      assertAlive(layout, 'etcd');
      assertAlive(layout, 'kube-apiserver');
    },
  });
}

interface Node extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

async function nodeReady(api: Api, layout: Layout, signal: AbortSignal): Promise<void> {
  await waitFor(
    async () => {
      const node = await api.find<Node>({ apiVersion: 'v1', kind: 'Node', name: nodeName }, signal);
      const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.status !== 'True') throw new Error(ready?.message ?? 'it has not registered');
      return true;
    },
    { what: 'the node', signal, alive: () => assertAlive(layout, 'kubelet') },
  );
}

async function dnsReady(layout: Layout, signal: AbortSignal): Promise<void> {
  const { Resolver } = await import('node:dns/promises');
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([network.node]);
  await waitFor(async () => (await resolver.resolve4('kubernetes.default.svc.cluster.local')).length > 0, {
    what: 'the DNS of the cluster',
    signal,
    alive: () => assertAlive(layout, 'coredns'),
  });
}

const fileReady = (path: string): Promise<boolean> => access(path).then(() => true);

/** Starts the stand-ins of the platform; returns when they serve. */
export async function startOperators(layout: Layout, signal: AbortSignal): Promise<void> {
  const ready = join(layout.work, 'operators-ready');
  await rm(ready, { force: true });
  const main = fileURLToPath(new URL('operators/main.ts', import.meta.url));
  const [program, args] = inNetwork(network.namespacePath, [process.execPath, main]);
  startDaemon(layout, { name: 'operators', command: [program, ...args] });
  await waitFor(() => fileReady(ready), {
    what: 'the stand-ins of the platform',
    signal,
    alive: () => assertAlive(layout, 'operators'),
  });
}

/** Starts everything and waits until it can be used. Runs inside the cluster's network. */
export async function bringUp({ layout, environment, kubeblocks, say, signal }: UpOptions): Promise<void> {
  const packages = await unpackPackages(layout, say, signal);
  const find = await buildBinaries(layout, environment, say, signal);
  await writeKubeconfigs(layout);
  startControlPlane(layout, find);
  await startContainerd(layout, packages);
  const images = await prepareImages(layout, packages, say, signal);
  await waitFor(() => fileReady(containerdSocket(layout)), {
    what: 'containerd',
    signal,
    alive: () => assertAlive(layout, 'containerd'),
  });
  const loading = images.load(signal);
  loading.catch(() => undefined);
  const api = await connectApi(layout);
  try {
    await apiReady(api, layout, signal);
    startControllers(layout, find);
    await startKubelet(layout, find, packages);
    await startProxy(layout, find, packages);
    await startDns(layout, find);
    await Promise.all([
      applyAdmission(api, signal),
      applyStorageClasses(api, signal),
      installSealosResources(api, signal),
      installKubeblocksResources(api, kubeblocks, signal),
    ]);
    await applyPlatform(api, signal);
    await Promise.all([
      startOperators(layout, signal),
      provisionNamespace(api, signal).then(() => issueToken(api, layout, signal)),
      nodeReady(api, layout, signal),
      dnsReady(layout, signal),
      loading,
    ]);
    await writeFile(layout.completed, '');
  } finally {
    await api.close();
  }
}

/**
 * Ends the API server and starts it again, as a restart of the platform does: connections break, watches end. Who watches by
 * client-go stands still meanwhile: refused once by a server that is only just back, it looks again after up to a minute.
 */
export async function restartApiServer(layout: Layout, environment: Environment, signal: AbortSignal): Promise<void> {
  const find = await buildBinaries(layout, environment, () => undefined, signal);
  await whilePaused(layout, ['kube-controller-manager', 'kube-scheduler', 'kubelet'], async () => {
    await stopDaemon(layout, 'kube-apiserver', signal, 2);
    startApiServer(layout, find);
    const api = await connectApi(layout);
    try {
      await apiReady(api, layout, signal);
    } finally {
      await api.close();
    }
  });
}

/** Ends kubelet and starts it again, as an upgrade of a node does: containers go on, streams of their logs end without a word. */
export async function restartKubelet(layout: Layout, environment: Environment, signal: AbortSignal): Promise<void> {
  const find = await buildBinaries(layout, environment, () => undefined, signal);
  const packages = await unpackPackages(layout, () => undefined, signal);
  await stopDaemon(layout, 'kubelet', signal, 2);
  await startKubelet(layout, find, packages);
}
