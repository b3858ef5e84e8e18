/** Watches: what changed from a version on, as lines of JSON. */
import type { KubeObject } from '../../stack/types.ts';
import { StatusError } from '../objects/index.ts';
import { apiVersionOf } from '../objects/names.ts';
import type { Change, Kind, Pace, Store } from '../types.ts';
import { statusOf } from './call.ts';
import type { Selects } from './collections.ts';
import type { Listing } from './options.ts';
import type { View } from './views.ts';

export interface Watch {
  readonly store: Store;
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly selects: Selects;
  readonly listing: Listing;
  readonly view: View;
  /** Takes one line; lines of one moment come together. */
  readonly write: (lines: string) => void;
}

const bookmarkMs = 60_000;
/** How long before its end a watch tells the last version, so that the next one begins there. */
const lastBookmarkMs = 2000;
/** Between this and its double, as the real server's --min-request-timeout. */
const shortestMs = 1_800_000;

type EventType = Change['type'] | 'BOOKMARK' | 'ERROR';
const lineOf = (type: EventType, object: string): string => `{"type":"${type}","object":${object}}\n`;

export const goneEvent = (message: string): string => lineOf('ERROR', statusOf(StatusError.expired(message)).json);

/** Resolves at its time-out; rejects with the signal's reason. Listens until then. */
export async function watch(watched: Watch, pace: Pace, random: () => number, signal: AbortSignal): Promise<void> {
  const { store, listing, write } = watched;
  const from = listing.version ?? 0;
  const starts = listing.sendInitialEvents ?? from === 0;
  const changes = starts || from === 0 ? [] : store.since(from);
  // A version of the future is waited for, as by the real server.
  if (!changes) return write(goneEvent(`too old resource version: ${from} (${store.version})`));
  if (starts) write(initialEvents(watched));
  const missed = changes.map((change) => eventOf(watched, change)).join('');
  if (missed) write(missed);
  const broken = new AbortController();
  const stop = store.onChange((change) => {
    try {
      const line = change.version > from ? eventOf(watched, change) : '';
      if (line) write(line);
    } catch (error) {
      // Whoever wrote the object must not suffer from one watch that cannot show it.
      broken.abort(error);
    }
  });
  const lasts = (listing.timeoutSeconds ?? 0) * 1000 || shortestMs * (1 + random());
  try {
    await keep(watched, pace, lasts, AbortSignal.any([signal, broken.signal]));
  } finally {
    stop();
  }
}

async function keep({ store, kind, listing, write, view }: Watch, pace: Pace, lastsMs: number, signal: AbortSignal) {
  const end = pace.monotonic() + lastsMs;
  const left = () => end - pace.monotonic();
  for (;;) {
    const untilLast = left() - lastBookmarkMs;
    await pace.sleep(Math.max(0, untilLast > 0 ? Math.min(bookmarkMs, untilLast) : left()), signal);
    if (untilLast <= 0) return;
    if (listing.allowBookmarks) write(bookmark(kind, view, store.version));
  }
}

function initialEvents({ store, kind, namespace, selects, listing, view }: Watch): string {
  const objects = store.list(kind, namespace).filter(selects);
  const lines = objects.map((object) => lineOf('ADDED', view.object(object))).join('');
  return listing.allowBookmarks
    ? lines + bookmark(kind, view, store.version, { 'k8s.io/initial-events-end': 'true' })
    : lines;
}

function bookmark(kind: Kind, view: View, version: number, annotations?: Readonly<Record<string, string>>): string {
  const metadata = { resourceVersion: String(version), ...(annotations && { annotations }) };
  const object = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata } as unknown as KubeObject;
  return lineOf('BOOKMARK', view.object(object));
}

/** An object that begins or ends to be selected is added or deleted for this watch. */
function eventOf(
  { kind, namespace, selects, view }: Watch,
  { type, kind: other, object, before, version }: Change,
): string {
  if (other.plural !== kind.plural || other.group !== kind.group) return '';
  if (namespace && object.metadata.namespace !== namespace) return '';
  const was = before && selects(before) ? before : undefined;
  if (type !== 'DELETED' && selects(object)) return lineOf(was ? 'MODIFIED' : 'ADDED', view.object(object));
  if (!was) return '';
  if (type === 'DELETED') return lineOf('DELETED', view.object(object));
  const left: KubeObject = { ...was, metadata: { ...was.metadata, resourceVersion: String(version) } };
  return lineOf('DELETED', view.object(left));
}
