/** What can be written through the main resource, `/status` and `/scale`. */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind, WriteOptions } from '../types.ts';
import { isBuiltIn } from './names.ts';
import { withEntry } from './values.ts';

/** Subtrees that a write through this door does not change, as paths of a set of fields. */
export function unwritable(kind: Kind, subresource: WriteOptions['subresource']): readonly (readonly string[])[] {
  if (subresource === 'scale' || !kind.subresources.includes('status')) return [];
  if (subresource !== 'status') return [['f:status']];
  if (!isBuiltIn(kind)) return [['f:spec'], ['f:metadata']];
  return keepsLabels(kind) ? [['f:spec'], ['f:metadata', 'f:labels']] : [['f:spec']];
}

/** Only the strategy of Deployments protects their labels from who writes their status. */
const keepsLabels = ({ kind }: Kind): boolean => kind === 'Deployment';

/** The wanted object with all that this door does not change as it was before. */
export function isolate(
  kind: Kind,
  before: KubeObject,
  wanted: KubeObject,
  subresource: WriteOptions['subresource'],
): KubeObject {
  if (subresource === 'scale' || !kind.subresources.includes('status')) return wanted;
  if (subresource !== 'status') return withEntry(wanted, 'status', before['status']);
  const { annotations, finalizers, labels, resourceVersion, managedFields } = wanted.metadata;
  const writable = isBuiltIn(kind) ? { annotations, finalizers, ...(!keepsLabels(kind) && { labels }) } : {};
  const metadata = Object.entries({ ...writable, resourceVersion, managedFields }).reduce(
    (all, [key, value]) => withEntry(all, key, value),
    before.metadata,
  );
  return withEntry({ ...before, metadata }, 'status', wanted['status']);
}
