/** React's side of the store. */
import { useRef, useSyncExternalStore } from 'react';
import type { Store } from './store.ts';

/** The component is drawn anew only when one of the selected values is another one. */
export function useSelected<S, T extends readonly unknown[]>(store: Store<S>, select: (state: S) => T): T {
  const last = useRef<T>(undefined);
  return useSyncExternalStore(store.subscribe, () => {
    const next = select(store.read());
    const before = last.current;
    const isSame = before?.length === next.length && next.every((value, index) => Object.is(value, before[index]));
    if (!isSame) last.current = next;
    return last.current as T;
  });
}
