/** Where the test cluster keeps its things, and the names and addresses that its parts agree on. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything of one running cluster lives below `work`; what later clusters use again lives below `cache`. */
export interface Layout {
  readonly cache: string;
  readonly work: string;
  readonly logs: string;
  readonly pids: string;
  readonly pki: string;
  readonly manifests: string;
  readonly volumes: string;
  readonly containerd: string;
  readonly kubelet: string;
  /** The user's kubeconfig, as Sealos hands it out. */
  readonly userKubeconfig: string;
  /** cluster-admin, with the user's namespace as default. */
  readonly adminKubeconfig: string;
  readonly gatewayCa: string;
  readonly resolvConf: string;
  /** Which KubeBlocks the stand-in plays now. */
  readonly kubeblocksVersion: string;
  /** There once everything was up. */
  readonly completed: string;
}

/** `CLUSTER_NAME` makes another cluster beside the usual one, with everything of its own but the cache. */
const clusterName = process.env['CLUSTER_NAME'] || 'posthog-sealos';

/** Paths of the cluster in these surroundings: `XDG_CACHE_HOME` moves the cache. */
export function layoutOf(environment: Environment): Layout {
  const cache = join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'posthog-sealos-test');
  const work = `/var/tmp/${clusterName}-cluster`;
  return {
    cache,
    work,
    logs: join(work, 'logs'),
    pids: join(work, 'pids'),
    pki: join(work, 'pki'),
    manifests: join(work, 'config'),
    volumes: join(work, 'volumes'),
    containerd: join(work, 'containerd'),
    kubelet: join(work, 'kubelet'),
    userKubeconfig: join(work, 'kubeconfig'),
    adminKubeconfig: join(work, 'admin.kubeconfig'),
    gatewayCa: join(work, 'gateway-ca.crt'),
    resolvConf: join(work, 'resolv.conf'),
    kubeblocksVersion: join(work, 'kubeblocks-version'),
    completed: join(work, 'completed'),
  };
}

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const kubernetesVersion = '1.34.4';
export const domain = 'sealos.test';
/** The id of the user's workspace: eight lower-case letters and digits, as Sealos makes them. */
export const workspace = 'w0rksp4c';
export const userNamespace = `ns-${workspace}`;
export const nodeName = 'node-1';

export const network = {
  namespace: clusterName,
  namespacePath: `/run/netns/${clusterName}`,
  bridge: 'k8s0',
  /** The node: kubelet, CoreDNS, S3. */
  node: '10.77.0.1',
  /** The public address: everything below the domain resolves to it. */
  gateway: '10.77.0.2',
  prefix: 16,
  podRange: { subnet: '10.77.0.0/16', start: '10.77.1.1', end: '10.77.255.250' },
  services: '10.78.0.0/16',
  apiService: '10.78.0.1',
} as const;

/** The parent of every cgroup that kubelet makes. */
export const cgroupRoot = `${clusterName}-cluster`;
export const kubeblocksVersions = ['0.8.2', '0.9.5'] as const;
export type KubeblocksVersion = (typeof kubeblocksVersions)[number];

export const apiServerUrl = 'https://127.0.0.1:6443';
export const s3Port = 9090;

/** Images that are not the stack's: under the pods, and the real servers of the databases. */
export const ownImages = {
  pause: 'posthog-sealos.test/pause:1',
  postgres: 'posthog-sealos.test/postgres:15',
  redis: 'posthog-sealos.test/redis:7',
} as const;
