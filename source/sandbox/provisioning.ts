/** What the simulated cluster has from its first moment on. */
import type { KubeObject } from '../stack/types.ts';
import { controlObject, readControl } from './control.ts';
import { workspace } from './home/kubeconfig.ts';
import { platformNamespaces, platformObjects, workspaceNamespace, workspaceObjects } from './provision.ts';
import { kindOf } from './schema/index.ts';
import type { Objects, User } from './types.ts';

const storageClass = (name: string, usual: boolean): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(usual) } },
  provisioner: 'openebs.io/local',
  volumeBindingMode: 'WaitForFirstConsumer',
  reclaimPolicy: 'Delete',
});

const kubeNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(
  (name): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
);

/** Makes what is not there yet; a kill in the middle is mended by the next start. */
export function provision(objects: Objects, user: User): void {
  const all = [
    ...kubeNamespaces,
    ...platformNamespaces,
    ...platformObjects(workspace),
    workspaceNamespace(workspace),
    ...workspaceObjects(workspace),
    storageClass('openebs-hostpath', true),
    storageClass('openebs-backup', false),
    controlObject(readControl(undefined)),
  ];
  for (const object of all) {
    const kind = kindOf(object.apiVersion, object.kind);
    if (!kind) throw new Error(`the sandbox does not know ${object.kind}`);
    const { namespace, name } = object.metadata;
    if (!objects.store.get(kind, namespace, name)) objects.create(kind, namespace, object, { user });
  }
}
