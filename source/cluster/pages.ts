/** Lists, page by page. */
import type { KubeObject } from '../stack/types.ts';
import { ApiError } from './api-error.ts';
import { queryOf } from './query.ts';
import type { KindRef, KubeList, ListOptions } from './types.ts';

const pageSize = 500;
/** How often a list may be begun anew because its rest had expired. */
const maxRestarts = 3;

interface Page<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

/** @param read gives the page that the query asks for. @throws what that throws */
export async function allPages<T extends KubeObject>(
  { apiVersion, kind }: KindRef,
  { labelSelector, fieldSelector }: ListOptions,
  read: (query: string) => Promise<Page<T>>,
): Promise<KubeList<T>> {
  const items: T[] = [];
  let next: string | undefined;
  let restarts = 0;
  for (;;) {
    try {
      const page = await read(queryOf({ limit: String(pageSize), labelSelector, fieldSelector, continue: next }));
      // Items of a list carry no kind of their own.
      items.push(...page.items.map((item) => ({ ...item, apiVersion, kind })));
      next = page.metadata.continue;
      if (!next) return { resourceVersion: page.metadata.resourceVersion, items };
    } catch (error) {
      // The rest of a list is kept for some minutes only; then it must be read from its beginning.
      if (!(error instanceof ApiError && error.code === 410 && next && restarts++ < maxRestarts)) throw error;
      next = undefined;
      items.length = 0;
    }
  }
}
