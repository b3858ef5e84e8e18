/** The console before anything is known. */
import { emptyEvents } from '../../console/screens/events/state.ts';
import { emptyHome } from '../../console/screens/home/state.ts';
import { formOf } from '../../console/screens/install/form.ts';
import { installState } from '../../console/screens/install/state.ts';
import { emptyLogs, paneOf } from '../../console/screens/logs/state.ts';
import { emptyObjects } from '../../console/screens/objects/state.ts';
import { emptyPart } from '../../console/screens/part/state.ts';
import { emptyScale } from '../../console/screens/scale/state.ts';
import type { State } from '../../console/state.ts';
import type { Language } from '../../messages/index.ts';
import { isSet } from '../flags.ts';
import { startedOf } from '../target.ts';
import { givenAnswers } from './given-answers.ts';
import type { Memory } from './memory.ts';
import type { ProgramOptions } from './program.ts';

export function firstState(
  { session, terminal, values, asked, screen, logs, scale }: ProgramOptions,
  language: Language,
  memory: Memory,
): State {
  return {
    columns: terminal.stdout.columns || 80,
    rows: terminal.stdout.rows || 24,
    language,
    now: session.context.clock.monotonic(),
    beat: 0,
    screen,
    overlay: undefined,
    toast: undefined,
    place: '',
    isSimulated: isSet(values, 'sandbox'),
    isReadOnly: isSet(values, 'readOnly'),
    started: startedOf(values, session.io.env),
    install: installState(formOf(givenAnswers(asked.request.sources), language)),
    home: emptyHome,
    seen: undefined,
    objects: emptyObjects,
    events: emptyEvents,
    part: emptyPart,
    scale: { ...emptyScale, ...scale },
    logs: {
      ...emptyLogs,
      ...(memory.logs ? { panes: memory.logs.map(paneOf) } : {}),
      ...logs,
    },
  };
}
