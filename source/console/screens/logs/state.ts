/** What the logs screen remembers: its panes, and how their lines are shown. */
import type { Level } from '../../../logs/formats.ts';
import { type PresetName, presets } from '../../../logs/presets.ts';
import type { ComponentLog } from '../../../logs/record.ts';
import type { LogSearch } from '../../../logs/search.ts';
import type { Selection } from '../../../logs/selection.ts';
import type { Waiting } from '../../../logs/types.ts';
import type { Say } from '../../../messages/index.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { noSearch, type Search } from '../../components/search.ts';
import type { TextField } from '../../components/text-field.ts';
import type { ScreenId } from '../../state.ts';

/** Where somebody reads in a pane; undefined follows the end. */
export interface Spot {
  /** Number of the line. */
  readonly number: number;
  /** Its row in the pane. */
  readonly row: number;
  /** Number behind the last line when following ended: what has come since is new. */
  readonly end: number;
}

/** In milliseconds since 1970. */
export interface Moment {
  readonly ms: number;
  /** When it was asked for: what is written later is not what was sought. */
  readonly askedMs: number;
}

/** What was written last when something began. */
export interface LastBefore {
  /** Both in milliseconds since 1970. */
  readonly beforeMs: number;
  /** Where nothing was written until then, it is still the last line. */
  readonly askedMs: number;
  /** Whose it is, if it has written anything; undefined: anybody's. */
  readonly pod: string | undefined;
}

/** The end of a run, by its name. */
export interface RunsEnd {
  readonly run: string;
}

export interface Pane {
  readonly component: ComponentId;
  /** Regular expressions, as they were typed: words, those with `!` in front exclude. */
  readonly filter: string;
  readonly level: Level | undefined;
  /** What is left out: containers, and single runs of theirs. */
  readonly without: ReadonlySet<string>;
  /** Runs that had ended before anything was read, and are read too. */
  readonly before: ReadonlySet<string>;
  readonly spot: Spot | undefined;
  /** Numbers of lines that somebody wants to find again. */
  readonly marks: ReadonlySet<number>;
  /** What is shown as soon as it has been read or found. */
  readonly sought?: Moment | LastBefore | RunsEnd | 'error' | undefined;
}

export const lookBacks = ['tail', '1m', '5m', '15m', '1h', 'all'] as const;
export type LookBack = (typeof lookBacks)[number];

/** Undefined where it is not time that counts. */
export const secondsBack: Readonly<Record<LookBack, number | undefined>> = {
  tail: undefined,
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '1h': 3600,
  all: undefined,
};

export const timeForms = ['time', 'full', 'age', 'off'] as const;
export type TimeForm = (typeof timeForms)[number];

/** What is shown of a line: what it says, its other fields too, or all of it as it was written. */
export const wordings = ['message', 'fields', 'raw'] as const;
export type Wording = (typeof wordings)[number];

/** A run of a container, as one chooses it. */
export interface RunChoice {
  readonly name: string;
  /** Its container. */
  readonly place: string;
  readonly restart: number;
  /** It had ended before anything was read: it is read where a pane asks for it. */
  readonly isBefore: boolean;
}

/** What is read, kept outside of the state: it changes thousands of times a second. */
export interface Followed {
  log(component: ComponentId): ComponentLog;
  /** Lines that the pane shows. */
  selection(pane: Pick<Pane, 'component' | 'filter' | 'level' | 'without'>): Selection;
  search(pane: Pane, query: string): LogSearch;
  /** Lines of errors, looked for from where somebody is in the pane. */
  errors(pane: Pane): LogSearch;
  waiting(component: ComponentId): Waiting | undefined;
  /** Lines a second, of late. */
  rate(component: ComponentId): number;
  /** How many pods write now. */
  pods(component: ComponentId): number;
  /** Pods and containers that write, and those whose lines are kept, in their order. */
  places(component: ComponentId): readonly string[];
  /** Their runs, and those before them that can still be read; those of one container from the newest on. */
  runs(component: ComponentId): readonly RunChoice[];
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Typing {
  readonly what: 'filter' | 'moment';
  readonly field: TextField;
  /** What is wrong with it. */
  readonly trouble: Say | undefined;
}

export interface LogsState {
  /** Where somebody came from, and goes back to. */
  readonly from: ScreenId;
  /** As much is kept of all logs together. */
  readonly bufferBytes: number;
  readonly panes: readonly Pane[];
  readonly focus: number;
  readonly isZoomed: boolean;
  readonly lookBack: LookBack;
  /** The runs before the present ones. */
  readonly isPrevious: boolean;
  readonly times: TimeForm;
  readonly isWrapped: boolean;
  readonly wording: Wording;
  readonly search: Search;
  /** While a filter or a moment is typed. */
  readonly typing: Typing | undefined;
  readonly followed: Followed | undefined;
  /** Counts what has changed in what is followed. */
  readonly version: number;
}

export const mostPanes = 6;

export const paneOf = (component: ComponentId): Pane => ({
  component,
  filter: '',
  level: undefined,
  without: new Set(),
  before: new Set(),
  spot: undefined,
  marks: new Set(),
});

/** What is read anew has other numbers. */
export const renumbered = (pane: Pane): Pane => ({ ...pane, spot: undefined, marks: new Set() });

export const panesOf = (preset: PresetName): readonly Pane[] => presets[preset].map(paneOf);

export const emptyLogs: LogsState = {
  from: 'home',
  bufferBytes: 256 * 2 ** 20,
  panes: panesOf('pipeline'),
  focus: 0,
  isZoomed: false,
  lookBack: 'tail',
  isPrevious: false,
  times: 'time',
  isWrapped: false,
  wording: 'message',
  search: noSearch,
  typing: undefined,
  followed: undefined,
  version: 0,
};

export const focused = ({ panes, focus }: LogsState): Pane | undefined => panes[focus];
