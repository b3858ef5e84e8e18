/** What the logs screen asks a tail for, and which runs it offers. Pure. */
import { type LogsState, type Pane, type RunChoice, secondsBack } from '../../console/screens/logs/state.ts';
import { placeOf, runName } from '../../logs/names.ts';
import type { Run, TailRequest } from '../../logs/types.ts';

const lastLines = 200;

/** What a component is read by. */
export type Asked = Pick<LogsState, 'lookBack' | 'isPrevious'> & Pick<Pane, 'before'>;

/** The same for what asks for the same. */
export const textOf = ({ lookBack, isPrevious, before }: Asked): string =>
  JSON.stringify([lookBack, isPrevious, [...before].sort()]);

/** @param nowMs since 1970 */
export function requestOf(
  { lookBack, isPrevious, before }: Asked,
  nowMs: number,
): Omit<TailRequest, 'app' | 'components'> {
  const seconds = secondsBack[lookBack];
  return {
    follow: !isPrevious,
    previous: isPrevious,
    before,
    ...(seconds === undefined ? {} : { since: Math.floor(nowMs / 1000) - seconds }),
    ...(lookBack === 'tail' ? { tailLines: lastLines } : {}),
  };
}

/** By their containers, the newest run of each first. @param before read only where they are asked for */
export function choicesOf(runs: Iterable<Run>, before: Iterable<Run>): readonly RunChoice[] {
  const earlier = new Map(Array.from(before, (run): [string, Run] => [runName(run), run]));
  const all = new Map([...Array.from(runs, (run): [string, Run] => [runName(run), run]), ...earlier]);
  const choices = Array.from(all, ([name, run]): RunChoice => {
    return { name, place: placeOf(run), restart: run.restart, isBefore: earlier.has(name) };
  });
  const order = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  return choices.sort((one, other) => order(one.place, other.place) || other.restart - one.restart);
}
