/** DefaultStorageClass: gives claims that name no class the one that is for all. */
import type { KubeObject } from '../../../stack/types.ts';
import type { AdmissionReview, Store } from '../../types.ts';
import { served } from '../served.ts';
import { fieldsOf } from './reading.ts';

const isDefault = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';

export function withStorageClass(store: Store, { kind, operation, object }: AdmissionReview): KubeObject {
  const spec = fieldsOf<{ readonly storageClassName: string }>(object);
  const isClaim = kind.group === '' && kind.kind === 'PersistentVolumeClaim' && operation === 'CREATE';
  if (!isClaim || spec.storageClassName !== undefined) return object;
  const chosen = store.list(served('storage.k8s.io', 'storageclasses')).find(isDefault);
  return chosen ? { ...object, spec: { ...spec, storageClassName: chosen.metadata.name } } : object;
}
