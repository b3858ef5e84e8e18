/** Under what names things are kept. */
import type { Kind } from '../types.ts';

/** Under what a kind is kept; its versions share their objects. */
export const shelfOf = ({ group, plural }: Kind): string => `${group}/${plural}`;

/** The order of etcd: by the bytes of `namespace/name`. */
export const keyOf = (namespace: string | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name;
