/** Volumes: answers a claim that a pod waits for with a directory of this node, and grows it when asked. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api, KubeObject } from '../api.ts';
import { nodeName } from '../layout.ts';
import { provisioner } from '../storage.ts';
import { follow, loop } from './follow.ts';

interface Claim extends KubeObject {
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}
interface Volume extends KubeObject {
  readonly spec: { readonly local?: { readonly path: string }; readonly capacity: { readonly storage: string } };
  readonly status?: { readonly phase?: string };
}
interface StorageClass extends KubeObject {
  readonly provisioner: string;
}

function volumeFor(claim: Claim, path: string): object {
  const { name, namespace, uid } = claim.metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pvc-${uid}`, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
    spec: {
      capacity: { storage: claim.spec.resources.requests.storage },
      accessModes: claim.spec.accessModes,
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: claim.spec.storageClassName,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
          ],
        },
      },
    },
  };
}

/** Runs until the signal ends it. `folder` holds one directory for each volume. */
export function runProvisioner(api: Api, folder: string, signal: AbortSignal): void {
  const changed = (): void => poke();
  const claims = follow<Claim>(api, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, changed, signal);
  const volumes = follow<Volume>(api, { apiVersion: 'v1', kind: 'PersistentVolume' }, changed, signal);
  const classes = follow<StorageClass>(api, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' }, changed, signal);

  const isOurs = (claim: Claim): boolean => classes.get(`/${claim.spec.storageClassName}`)?.provisioner === provisioner;

  async function provision(claim: Claim, signal: AbortSignal): Promise<void> {
    const path = join(folder, `pvc-${claim.metadata.uid}`);
    // fsGroup adds its rights when a pod mounts it.
    await mkdir(path, { recursive: true, mode: 0o777 });
    await api.apply(volumeFor(claim, path), signal);
  }

  async function grow(claim: Claim, volume: Volume, signal: AbortSignal): Promise<void> {
    const { storage } = claim.spec.resources.requests;
    const { name, namespace } = claim.metadata;
    await api.patch(
      { apiVersion: 'v1', kind: 'PersistentVolume', name: volume.metadata.name },
      { spec: { capacity: { storage } } },
      signal,
    );
    const status = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, subresource: 'status' };
    await api.patch(status, { status: { capacity: { storage } } }, signal);
  }

  async function reclaim(volume: Volume, signal: AbortSignal): Promise<void> {
    const { name } = volume.metadata;
    await api.remove({ apiVersion: 'v1', kind: 'PersistentVolume', name }, signal);
    await rm(join(folder, name), { recursive: true, force: true });
  }

  const poke = loop(
    'volumes',
    async (signal) => {
      for (const claim of [...claims.values()].filter(isOurs)) {
        const volume = volumes.get(`/${claim.spec.volumeName ?? `pvc-${claim.metadata.uid}`}`);
        const selected = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined;
        if (!volume && selected && !claim.spec.volumeName && !claim.metadata.deletionTimestamp)
          await provision(claim, signal);
        const bound = volume && claim.status?.phase === 'Bound';
        if (
          bound &&
          claim.status?.capacity?.storage &&
          claim.status.capacity.storage !== claim.spec.resources.requests.storage
        )
          await grow(claim, volume, signal);
      }
      for (const volume of [...volumes.values()].filter(({ status }) => status?.phase === 'Released'))
        await reclaim(volume, signal);
    },
    signal,
  );
}
