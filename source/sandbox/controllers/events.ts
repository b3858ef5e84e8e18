/** Events: counted up while they repeat, and forgotten after an hour as the API server does (`--event-ttl`). */
import type { KubeObject } from '../../stack/types.ts';
import type { Desk } from './desk.ts';
import { known, systemUser } from './known.ts';
import { isLeaving } from './model.ts';

export type EventType = 'Normal' | 'Warning';

/** What in the object is meant, and on which node. */
export interface EventPlace {
  readonly fieldPath?: string;
  readonly host?: string;
}

export interface Recorder {
  /** @param component who says it, as `kubelet` */
  record(
    ...said: [about: KubeObject, component: string, type: EventType, reason: string, message: string, more?: EventPlace]
  ): void;
  /** Removes Events that nobody repeated for an hour. */
  expire(): void;
}

interface Event extends KubeObject {
  readonly involvedObject: { readonly uid?: string; readonly fieldPath?: string };
  readonly source: { readonly component: string };
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly series?: { readonly count: number };
  readonly lastTimestamp?: string;
}

/** It alone writes the newer form of Events, whose time is `eventTime` and whose count is a series. */
const isScheduler = (component: string): boolean => component === 'default-scheduler';
const precisely = (now: number): string => new Date(now).toISOString().replace('Z', '000Z');

const hour = 3_600_000;
/** client-go cuts texts here. */
const longest = 1024;

export function keepEvents(desk: Pick<Desk, 'objects' | 'now' | 'find' | 'list' | 'hex' | 'pace'>): Recorder {
  const { objects } = desk;
  /** Names of Events by what they say. */
  const names = new Map<string, string>();

  return {
    record(about, component, type, reason, text, { fieldPath, host } = {}) {
      const { uid, name, resourceVersion } = about.metadata;
      const namespace = about.metadata.namespace ?? 'default';
      // Nothing can be said in a namespace that is going.
      const place = desk.find(known.namespaces, undefined, namespace);
      if (!place || isLeaving(place)) return;
      const message = text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
      const words = [uid, namespace, name, fieldPath, component, host, type, reason, message].join('\n');
      const options = { user: systemUser(component), fieldManager: component };
      const lastTimestamp = desk.now();
      const earlier = desk.find<Event>(known.events, namespace, names.get(words) ?? '');
      if (earlier) {
        const again = (earlier.series?.count ?? earlier.count ?? 1) + 1;
        const change = isScheduler(component)
          ? { series: { count: again, lastObservedTime: precisely(desk.pace.now()) } }
          : { count: again, lastTimestamp };
        objects.patch(known.events, namespace, earlier.metadata.name, 'merge', change, options);
        return;
      }
      const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name}.${desk.hex(16)}`, namespace },
        involvedObject: {
          apiVersion: about.apiVersion,
          kind: about.kind,
          ...(about.metadata.namespace && { namespace }),
          name,
          uid,
          resourceVersion,
          ...(fieldPath && { fieldPath }),
        },
        ...{ reason, message, type, reportingComponent: component },
        ...(isScheduler(component)
          ? {
              action: reason === 'Scheduled' ? 'Binding' : 'Scheduling',
              eventTime: precisely(desk.pace.now()),
              source: {},
              ...{ firstTimestamp: null, lastTimestamp: null },
              reportingInstance: `${component}-0`,
            }
          : {
              source: { component, ...(host && { host }) },
              ...{ count: 1, firstTimestamp: lastTimestamp, lastTimestamp },
              reportingInstance: host ?? '',
            }),
      };
      objects.create(known.events, namespace, event, options);
      names.set(words, event.metadata.name);
    },

    expire() {
      const end = desk.pace.now() - hour;
      for (const event of desk.list<Event>(known.events))
        if (Date.parse(event.lastTimestamp ?? event.metadata.creationTimestamp ?? '') < end)
          objects.remove(known.events, event.metadata.namespace, event.metadata.name, {
            user: systemUser('system:apiserver'),
          });
      const present = new Set(desk.list(known.events).map(({ metadata }) => metadata.name));
      for (const [words, name] of names) if (!present.has(name)) names.delete(words);
    },
  };
}
