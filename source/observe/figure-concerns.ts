/** What the numbers of a part say that somebody has to look after (stack-spec I, rules 1, 19, 21, 24 and 36). Pure. */
import type { Say } from '../messages/index.ts';
import type { ComponentId } from '../stack/types.ts';
import { formatCount } from '../text/count.ts';
import { formatDuration } from '../text/duration.ts';
import type { Backlog } from './backlog/backlog.ts';
import { type Figures, isBehind } from './figures.ts';
import { fullness, runway, short } from './figures-text.ts';
import { type Fill, isFilling, isFull } from './fill.ts';
import type { ConsumerFault } from './sources/clickhouse.ts';
import { isSilent } from './tasks.ts';

export type FigureConcernId = 'disk-full' | 'consumers' | 'worker-silent' | 'disk-filling' | 'tasks-waiting';

interface FigureConcern {
  readonly id: FigureConcernId;
  /** One sentence that names the part. */
  readonly message: Say;
  /** What comes of it, and what can be done. */
  readonly hint: Say;
}

export function figureConcernsOf(
  component: ComponentId,
  { volume, consumers = [], silentS, backlog }: Figures,
): readonly FigureConcern[] {
  const disk = volume && isFilling(volume) ? [diskConcern(component, volume)] : [];
  // Nothing can be read into a full disk: that is said already.
  const [fault] = volume && isFull(volume) ? [] : consumers;
  return [
    ...disk,
    ...(fault ? [consumersConcern(fault, consumers)] : []),
    ...(isSilent(silentS) ? [silence(silentS)] : backlog?.tasks && isBehind(backlog) ? [tasksConcern(backlog)] : []),
  ];
}

/** Whether the numbers of a part are worth a warning. */
export const isNoteworthy = (component: ComponentId, figures: Figures): boolean =>
  (figures.backlog !== undefined && isBehind(figures.backlog)) || figureConcernsOf(component, figures).length > 0;

/** Of a volume that has to be looked after. */
function diskConcern(component: ComponentId, fill: Fill): FigureConcern {
  const amounts = [component, fullness(fill), short(Math.max(0, fill.size - fill.used)), short(fill.size)] as const;
  return {
    id: isFull(fill) ? 'disk-full' : 'disk-filling',
    message: (t) =>
      component === 'bucket'
        ? t.figures.concerns.bucket(...amounts)
        : t.figures.concerns.disk(...amounts, runway(fill, t)),
    hint: (t) => t.figures.concerns.diskHint(component),
  };
}

function consumersConcern(
  { table, isAssigned, exception }: ConsumerFault,
  all: readonly ConsumerFault[],
): FigureConcern {
  return {
    id: 'consumers',
    message: (t) => t.figures.concerns.consumers(table, all.length - 1, isAssigned, exception),
    hint: (t) => t.figures.concerns.consumersHint,
  };
}

const silence = (silentS: number): FigureConcern => ({
  id: 'worker-silent',
  message: (t) => t.figures.concerns.silent(formatDuration(silentS * 1000, t.units)),
  hint: (t) => t.figures.concerns.silentHint,
});

const tasksConcern = ({ waiting }: Backlog): FigureConcern => ({
  id: 'tasks-waiting',
  message: (t) => t.figures.concerns.tasks(formatCount(waiting)),
  hint: (t) => t.figures.concerns.tasksHint,
});
