/** Whether a write changed anything. */
import type { KubeObject } from '../../stack/types.ts';

/** The object without the times at which its managers wrote, and without its version. */
export function withoutTimes(object: KubeObject): unknown {
  const { managedFields, resourceVersion: _version, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, managedFields: managedFields?.map(({ time: _time, ...entry }) => entry) },
  };
}
