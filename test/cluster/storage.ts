/** StorageClasses as a self-hosted Sealos has them: a default one, and the one for databases. The stand-in provisioner serves both. */
import type { Api } from './api.ts';

export const provisioner = 'posthog-sealos.test/local';

const classes = [
  { name: 'openebs-hostpath', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  { name: 'openebs-backup', annotations: {} },
] as const;

export async function applyStorageClasses(api: Api, signal: AbortSignal): Promise<void> {
  for (const { name, annotations } of classes)
    await api.apply(
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name, annotations },
        provisioner,
        volumeBindingMode: 'WaitForFirstConsumer',
        reclaimPolicy: 'Delete',
        allowVolumeExpansion: true,
      },
      signal,
    );
}
