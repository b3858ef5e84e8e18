/** etcd, API server, controller manager, scheduler. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindProgram } from './binaries.ts';
import { kubeconfigOf } from './certificates.ts';
import { apiServerUrl, domain, type Layout, network, userNamespace } from './layout.ts';
import { type Daemon, startDaemon } from './processes.ts';
import { inNetwork } from './shell.ts';

const etcdUrl = 'http://127.0.0.1:2379';
const etcdPeerUrl = 'http://127.0.0.1:2380';

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

function etcd(layout: Layout, find: FindProgram): readonly string[] {
  return [
    find('etcd'),
    ...flags({
      'data-dir': join(layout.work, 'etcd'),
      'listen-client-urls': etcdUrl,
      'advertise-client-urls': etcdUrl,
      'listen-peer-urls': etcdPeerUrl,
      'initial-advertise-peer-urls': etcdPeerUrl,
      'initial-cluster': `default=${etcdPeerUrl}`,
      // Nothing here must outlive a crash of the machine.
      'unsafe-no-fsync': 'true',
      'log-level': 'warn',
    }),
  ];
}

function apiServer(layout: Layout, find: FindProgram): readonly string[] {
  const file = (name: string): string => join(layout.pki, name);
  return [
    find('kube-apiserver'),
    ...flags({
      'etcd-servers': etcdUrl,
      'bind-address': '0.0.0.0',
      'secure-port': '6443',
      'advertise-address': network.node,
      'endpoint-reconciler-type': 'none',
      'service-cluster-ip-range': network.services,
      'tls-cert-file': file('apiserver.crt'),
      'tls-private-key-file': file('apiserver.key'),
      'client-ca-file': file('ca.crt'),
      // In system:masters, which may do anything on kubelets.
      'kubelet-client-certificate': file('admin.crt'),
      'kubelet-client-key': file('admin.key'),
      'kubelet-certificate-authority': file('ca.crt'),
      'kubelet-preferred-address-types': 'InternalIP',
      'service-account-issuer': `https://${domain}`,
      'service-account-key-file': file('service-accounts.key'),
      'service-account-signing-key-file': file('service-accounts.key'),
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction,ResourceQuota,LimitRanger,PodSecurity',
      'allow-privileged': 'true',
      // Off by default; it lowers CPU requests (admission.ts).
      'feature-gates': 'MutatingAdmissionPolicy=true',
      'runtime-config': 'admissionregistration.k8s.io/v1beta1=true',
      profiling: 'false',
    }),
  ];
}

/** Nobody else has to be spared. */
const unthrottled = { 'kube-api-qps': '500', 'kube-api-burst': '1000' };

function controllerManager(layout: Layout, find: FindProgram): readonly string[] {
  const file = (name: string): string => join(layout.pki, name);
  return [
    find('kube-controller-manager'),
    ...flags({
      kubeconfig: join(layout.manifests, 'controller-manager.kubeconfig'),
      'service-account-private-key-file': file('service-accounts.key'),
      'root-ca-file': file('ca.crt'),
      'use-service-account-credentials': 'true',
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      ...unthrottled,
      'namespace-sync-period': '30s',
      'resource-quota-sync-period': '10s',
    }),
  ];
}

function scheduler(layout: Layout, find: FindProgram): readonly string[] {
  const kubeconfig = join(layout.manifests, 'scheduler.kubeconfig');
  return [
    find('kube-scheduler'),
    ...flags({ kubeconfig, ...unthrottled, 'leader-elect': 'false', 'bind-address': '127.0.0.1' }),
  ];
}

function daemonOf(name: string, command: readonly string[]): Daemon {
  const [program, args] = inNetwork(network.namespacePath, command);
  return { name, command: [program, ...args] };
}

/** Writes the kubeconfig files of the cluster's own programs. */
export async function writeKubeconfigs(layout: Layout): Promise<void> {
  await mkdir(layout.manifests, { recursive: true });
  for (const name of ['controller-manager', 'scheduler', 'proxy', 'node', 'admin'])
    await writeFile(join(layout.manifests, `${name}.kubeconfig`), kubeconfigOf(layout, apiServerUrl, name), {
      mode: 0o600,
    });
  await writeFile(layout.adminKubeconfig, kubeconfigOf(layout, apiServerUrl, 'admin', userNamespace), { mode: 0o600 });
}

/** Starts the API server; it needs etcd. */
export function startApiServer(layout: Layout, find: FindProgram): void {
  startDaemon(layout, daemonOf('kube-apiserver', apiServer(layout, find)));
}

/** Starts the whole control plane. The programs wait for each other by themselves. */
export function startControlPlane(layout: Layout, find: FindProgram): void {
  startDaemon(layout, daemonOf('etcd', etcd(layout, find)));
  startApiServer(layout, find);
}

/** Controller manager and scheduler end when the API server is not there yet: start them after it. */
export function startControllers(layout: Layout, find: FindProgram): void {
  startDaemon(layout, daemonOf('kube-controller-manager', controllerManager(layout, find)));
  startDaemon(layout, daemonOf('kube-scheduler', scheduler(layout, find)));
}
