/** A console's state before anything has been heard of a cluster. */
import { emptyEvents } from '../../source/console/screens/events/state.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { formOf } from '../../source/console/screens/install/form.ts';
import { type InstallState, installState } from '../../source/console/screens/install/state.ts';
import { emptyLogs } from '../../source/console/screens/logs/state.ts';
import { emptyObjects } from '../../source/console/screens/objects/state.ts';
import { emptyPart } from '../../source/console/screens/part/state.ts';
import { emptyScale } from '../../source/console/screens/scale/state.ts';
import type { State } from '../../source/console/state.ts';
import type { Surroundings } from '../../source/install/surroundings.ts';
import type { Demand } from '../../source/stack/demand.ts';

const gib = 2 ** 30;
const demand = (cpu: number, memory: number, storage: number, pods: number): Demand => ({
  cpu,
  memory: memory * gib,
  storage: storage * gib,
  pods,
  ephemeral: 0,
});

/** A namespace as Sealos gives it, with room for the two smaller sizes. */
export const surroundings: Surroundings = {
  namespace: 'ns-1a2b3c4d',
  workspace: '1a2b3c4d',
  platform: { scheme: 'https', tlsSecret: 'wildcard-cert', domain: 'usw-1.example.app', source: 'template' },
  room: {
    hard: { cpu: 16, memory: 64 * gib, storage: 100 * gib, pods: 20 },
    free: { cpu: 16, memory: 64 * gib, storage: 100 * gib, pods: 20 },
  },
  enlarges: true,
  ledger: undefined,
  demands: {
    trial: demand(6.1, 21, 31, 17),
    small: demand(12.2, 30.9, 81, 17),
    medium: demand(24, 52.1, 284, 18),
    large: demand(79.6, 209, 1018, 30),
  },
};

/** The install's part of a state, with a place that has answered. */
export const installOf = (more: Partial<InstallState> = {}): InstallState => ({
  ...installState(formOf({}, 'en')),
  surroundings,
  ...more,
});

export const stateOf = (columns: number, rows: number, more: Partial<State> = {}): State => ({
  columns,
  rows,
  language: 'en',
  now: 0,
  beat: 0,
  screen: 'install',
  overlay: undefined,
  toast: undefined,
  place: 'ns-1a2b3c4d',
  isSimulated: false,
  isReadOnly: false,
  started: { program: 'posthog-sealos', target: [], isSimulated: false },
  install: installOf(),
  home: emptyHome,
  seen: undefined,
  objects: emptyObjects,
  events: emptyEvents,
  logs: emptyLogs,
  part: emptyPart,
  scale: emptyScale,
  ...more,
});
