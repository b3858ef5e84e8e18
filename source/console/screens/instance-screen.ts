/** What the screens about one instance have in common: its title, its facts, how they are left, and when nothing can be shown. */
import type { Messages, Say } from '../../messages/index.ts';
import { wrap } from '../../text/clip.ts';
import { clockTime } from '../../text/clock.ts';
import { glyphs } from '../draw/glyphs.ts';
import { bad, dim, type Line, type Picture } from '../draw/line.ts';
import type { Binding } from '../keys/bindings.ts';
import type { App, KeyScope, View } from '../screen.ts';
import type { Seen, State } from '../state.ts';
import type { HomeState } from './home/state.ts';
import { freshness } from './install/freshness.ts';

/** Whether it is about an instance that is being installed: nothing else can be looked at meanwhile. */
export const isInstalling = ({ screen, logs }: State): boolean =>
  screen === 'install' || (screen === 'logs' && logs.from === 'install');

/** The name of the instance that is looked at. */
export function instanceOf(state: State): string | undefined {
  const { done, plan } = state.install.run;
  return isInstalling(state) ? (done?.name ?? plan?.name) : state.home.name;
}

export function titleOf(state: State, name: string): Line {
  return [instanceOf(state) ?? '', dim(' · '), name];
}

export const instanceFacts = (state: State, t: Messages): readonly string[] => [
  state.place,
  ...(isInstalling(state) ? [] : homeFacts(state, t)),
];

const homeFacts = (state: State, t: Messages): readonly string[] => [
  state.home.url?.replace(/^https:\/\//, '') ?? '',
  state.home.trouble ? t.console.notConnected : isSeen(state) ? freshness(state.home.run, state.now, t) : '',
];

/** Before anything is known, nothing is fresh. */
const isSeen = ({ seen, home }: State): boolean => seen !== undefined || Object.keys(home.run.components).length > 0;

/** Instead of the screen, while it has nothing to show: still looking, or why it cannot. */
export function drawWaiting({ state, t, columns }: View): Picture | undefined {
  const { trouble } = state.home;
  if (trouble) return { lines: wrap(trouble(t), columns - 2).map((line) => [' ', bad(line)]) };
  return state.seen ? undefined : { lines: [[dim(` ${t.console.looking}`)]] };
}

/** That it is there no more: which, and when that was seen. */
export const goneSaid = ({ name = '', gone }: Pick<HomeState, 'name' | 'gone'>): Say | undefined =>
  gone && ((t) => t.console.home.gone(name, gone.at === undefined ? undefined : clockTime(gone.at)));

/** Instead of parts that are there no more. */
export function drawGone({ state, t, columns }: View): Picture | undefined {
  const { gone, name = '' } = state.home;
  const said = goneSaid(state.home);
  if (!gone || !said) return undefined;
  const more = [...(gone.isRecorded ? [t.console.home.goneKept(name)] : []), t.console.home.goneWatched];
  const room = columns - 5;
  return {
    lines: [
      ...wrap(said(t), room).map((text, row): Line => [' ', row === 0 ? bad(glyphs.failed) : ' ', '  ', text]),
      [],
      ...more.flatMap((each) => wrap(each, room)).map((text): Line => ['    ', dim(text)]),
    ],
  };
}

/** Epoch milliseconds as now, by the clock that told when the instance was seen. */
export const nowOf = ({ snapshot, at }: Seen, now: number): number => snapshot.at + Math.max(0, now - at);

/** How old something is now. @param since epoch milliseconds */
export const ageSince = (since: number, seen: Seen, now: number): number => nowOf(seen, now) - since;

/**
 * Another value when the ages that are shown are worth drawing anew: each second while something is very new, rarely
 * afterwards, because a console that nobody looks at should cost nothing.
 */
export function ageBeat(newest: number | undefined, { seen, now }: Pick<State, 'seen' | 'now'>): number {
  if (!seen || newest === undefined) return 0;
  const step = ageSince(newest, seen, now) < 10_000 ? 1000 : 5000;
  return Math.floor(now / step) * step;
}

export const quit: Binding<App> = {
  id: 'home.quit',
  keys: ['q'],
  label: (t) => t.console.keys.quit,
  description: (t) => t.console.keys.leaveText,
  quiet: true,
  run: ({ actions }) => actions.leave(),
};

/** When it could not be looked at. */
export const retry: Binding<App> = {
  id: 'home.retry',
  keys: ['r', 'enter'],
  label: (t) => t.console.keys.recheck,
  description: (t) => t.console.keys.recheckText,
  run: ({ state, actions }) => actions.watch(state.home.name),
};

export const home: Binding<App> = {
  id: 'home.back',
  keys: ['esc'],
  label: (t) => t.console.keys.back,
  description: (t) => t.console.keys.toHome,
  run: ({ change }) => change((state) => ({ ...state, screen: 'home' })),
};

export const troubleScope: KeyScope = { name: (t) => t.console.scopes.trouble, bindings: [retry, quit] };

export const noPart = (t: Messages): string => t.console.objects.noPart;
