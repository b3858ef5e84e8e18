/** What home shows: the parts of one instance as they are, or which instances there are. */
import type { Say } from '../../../messages/index.ts';
import type { FoundInstance } from '../../../observe/instances.ts';
import { emptyRun, type RunView } from '../install/run.ts';

export interface HomeState {
  /** The instance that is shown; undefined while one has to be chosen. */
  readonly name: string | undefined;
  readonly choices: readonly FoundInstance[];
  readonly run: RunView;
  /** Its public address, when its record tells it. */
  readonly url: string | undefined;
  /** Why nothing can be shown. */
  readonly trouble: Say | undefined;
  /** A part, or an instance while one has to be chosen, by its name. Undefined is the first. */
  readonly chosen: string | undefined;
  readonly onlyProblems: boolean;
}

export const emptyHome: HomeState = {
  name: undefined,
  choices: [],
  run: emptyRun,
  url: undefined,
  trouble: undefined,
  chosen: undefined,
  onlyProblems: false,
};
