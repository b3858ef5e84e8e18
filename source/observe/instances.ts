/** Which PostHogs are in a namespace: ours by their ledger, those of the one-click template by what it makes. */
import type { Cluster } from '../cluster/types.ts';
import { type ComponentId, componentIds, type KubeObject } from '../stack/types.ts';
import type { Snapshot } from './types.ts';

export interface FoundInstance {
  readonly name: string;
  readonly kind: 'ours' | 'template';
  /** Which components such an instance has. */
  readonly components: readonly ComponentId[];
}

/** What the one-click template makes, under the same names as ours (posthog-stack 1.1, 1.2). */
const templateComponents: readonly ComponentId[] = [
  'postgres',
  'redis',
  'zookeeper',
  'clickhouse',
  'bucket',
  'kafka',
  'plugins',
  'capture',
  'replay-capture',
  'feature-flags',
  'web',
  'worker',
  'ingress',
  'app',
];

const ledgerLabel = 'posthog-sealos/ledger';

/** By name. Rights to read are needed; kinds that are not served count as empty. */
export async function findInstances(cluster: Cluster, signal: AbortSignal): Promise<readonly FoundInstance[]> {
  const [ledgers, roots, deployments] = await Promise.all([
    cluster.list({ apiVersion: 'v1', kind: 'ConfigMap' }, { labelSelector: ledgerLabel, signal }),
    cluster
      .list({ apiVersion: 'app.sealos.io/v1', kind: 'Instance' }, { signal })
      .catch(() => ({ items: [] as readonly KubeObject[] })),
    cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, { signal }),
  ]);
  return instancesAmong(ledgers.items, roots.items, deployments.items);
}

/** Of all ConfigMaps, what instances of ours have recorded of themselves. */
export const ledgersAmong = (configMaps: readonly KubeObject[]): readonly KubeObject[] =>
  configMaps.filter(({ metadata }) => metadata.labels?.[ledgerLabel] !== undefined);

export function instancesAmong(
  ledgers: readonly KubeObject[],
  roots: readonly KubeObject[],
  deployments: readonly KubeObject[],
): readonly FoundInstance[] {
  const ours = ledgers.map(({ metadata }) => metadata.labels?.[ledgerLabel] ?? '').filter(Boolean);
  const workloads = new Set(deployments.map(({ metadata }) => metadata.name));
  const candidates = new Set([
    ...roots.filter(isPostHog).map(({ metadata }) => metadata.name),
    ...deployments.map(({ metadata }) => metadata.name.replace(/-plugins$/, '')),
  ]);
  const fromTemplate = [...candidates].filter(
    (name) =>
      !ours.includes(name) &&
      workloads.has(name) &&
      workloads.has(`${name}-plugins`) &&
      workloads.has(`${name}-worker`),
  );
  return [
    ...ours.map((name): FoundInstance => ({ name, kind: 'ours', components: componentIds })),
    ...fromTemplate.map((name): FoundInstance => ({ name, kind: 'template', components: templateComponents })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether it is there no more: neither its root nor any of its Deployments. Data, secrets and its record may have been left. */
export const isGone = ({ objects, forbidden }: Pick<Snapshot, 'objects' | 'forbidden'>): boolean =>
  objects.Instance.length === 0 && objects.Deployment.length === 0 && !forbidden.has('Deployment');

function isPostHog(root: KubeObject): boolean {
  const { title = '', gitRepo = '' } = (root['spec'] ?? {}) as { title?: string; gitRepo?: string };
  return /posthog/i.test(`${title} ${gitRepo}`);
}
