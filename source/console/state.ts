/** Everything the console shows, as one value. */
import type { Language, Say } from '../messages/index.ts';
import type { Started } from '../messages/started.ts';
import type { Snapshot } from '../observe/types.ts';
import type { Overlay } from './overlays/overlay.ts';
import type { EventsState } from './screens/events/state.ts';
import type { HomeState } from './screens/home/state.ts';
import type { InstallState } from './screens/install/state.ts';
import type { LogsState } from './screens/logs/state.ts';
import type { ObjectsState } from './screens/objects/state.ts';
import type { PartState } from './screens/part/state.ts';
import type { ScaleState } from './screens/scale/state.ts';

export const screenIds = ['install', 'home', 'logs', 'scale', 'objects', 'events', 'part'] as const;
export type ScreenId = (typeof screenIds)[number];

/** The instance as it was last seen, for the screens that show its objects. */
export interface Seen {
  readonly snapshot: Snapshot;
  /** Monotonic milliseconds when that was. */
  readonly at: number;
}

export interface State {
  /** Of the terminal, in cells. */
  readonly columns: number;
  readonly rows: number;
  readonly language: Language;
  /** Monotonic milliseconds, as of the last tick. */
  readonly now: number;
  /** Counts while something moves. */
  readonly beat: number;
  readonly screen: ScreenId;
  readonly overlay: Overlay | undefined;
  /** One sentence in place of the footer, until the next key. */
  readonly toast: Say | undefined;
  /** Where this is: the namespace, and the region as its server tells it. */
  readonly place: string;
  readonly isSimulated: boolean;
  /** `--read-only`: nothing may be changed in the cluster. */
  readonly isReadOnly: boolean;
  /** How commands begin that mean the same place. */
  readonly started: Started;
  readonly install: InstallState;
  readonly home: HomeState;
  /** Undefined until the instance has been looked at. */
  readonly seen: Seen | undefined;
  readonly objects: ObjectsState;
  readonly events: EventsState;
  readonly logs: LogsState;
  readonly scale: ScaleState;
  readonly part: PartState;
}
