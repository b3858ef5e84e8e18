/** Keeps the last lines of the part that is looked at below the progress. */
import { chosenPart } from '../../console/screens/install/progress-view.ts';
import { type InstallState, shownStage } from '../../console/screens/install/state.ts';
import type { Clock } from '../../context.ts';
import { lastLines } from '../../observe/last-lines.ts';
import type { OpenOutside } from '../session.ts';

const everyMs = 2000;
const lines = 3;

export interface TailOptions {
  readonly outside: OpenOutside;
  readonly clock: Clock;
  read(): InstallState;
  change(update: (install: InstallState) => InstallState): void;
}

/** Until the signal aborts. A log that cannot be read leaves what was read of it; the screen says by itself that the cluster is away. */
export async function followTail({ outside, clock, read, change }: TailOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const install = read();
    const part = shownStage(install) === 'progress' ? chosenPart(install) : undefined;
    const app = install.run.plan?.name;
    if (part && app !== undefined) {
      const said = await lastLines(outside.cluster, app, part, lines, signal).catch(() => undefined);
      const { tail } = read();
      const isNews = said && (tail?.part !== part || tail.lines.join('\n') !== said.join('\n'));
      if (isNews && !signal.aborted) change((now) => ({ ...now, tail: { part, lines: said } }));
    }
    await clock.sleep(everyMs, signal).catch(() => {});
  }
}
