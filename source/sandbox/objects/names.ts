/** What kinds and objects are called, in requests and where they are kept. */
import type { Kind } from '../types.ts';

/** Under what a kind is kept; its versions share their objects. */
export const shelfOf = ({ group, plural }: Kind): string => `${group}/${plural}`;

/** The order of etcd: by the bytes of `namespace/name`. */
export const keyOf = (namespace: string | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name;

/** Kinds of the server's own; the others are custom resources. */
export const isBuiltIn = ({ group }: Kind): boolean => !group.includes('.') || group.endsWith('.k8s.io');

export const apiVersionOf = ({ group, version }: Pick<Kind, 'group' | 'version'>): string =>
  group ? `${group}/${version}` : version;

/** As errors of the server write it: the core group has an empty name, `/v1`. */
export function groupVersion(apiVersion: unknown): string {
  const text = String(apiVersion ?? '');
  return text.includes('/') ? text : `/${text}`;
}
