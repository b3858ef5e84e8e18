/** What the rules for causes look at. */
import type { Say } from '../messages/index.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { type ContainerStatus, containersOf, type ObservedEvent } from './lookups.ts';
import type { Beginning, FixId, Snapshot } from './types.ts';

export interface CauseOptions {
  /** Epoch milliseconds when the component's phase began; crashes before are forgiven for a while. */
  readonly phaseStartedAt: number;
}

/** What is wrong in a pod counts after this, or after two restarts; until then it may be a start like any other. */
export const patienceMs = 60_000;
export const patientRestarts = 2;

export interface Scene {
  readonly id: ComponentId;
  readonly snapshot: Snapshot;
  readonly options: CauseOptions;
  readonly pods: readonly KubeObject[];
  readonly events: readonly ObservedEvent[];
  readonly object: KubeObject | undefined;
  /** Components that must be ready first and are not. */
  readonly unready: readonly ComponentId[];
}

export interface Finding {
  readonly message: Say;
  readonly evidence: readonly string[];
  readonly fix?: FixId;
  readonly began?: Beginning;
}
export type Rule = (scene: Scene) => Finding | undefined;

export interface Placed {
  readonly pod: KubeObject;
  readonly container: ContainerStatus;
}
export const placed = ({ pods }: Scene): readonly Placed[] =>
  pods.flatMap((pod) => containersOf(pod).map((container) => ({ pod, container })));
export const ofEvent = ({ involved, reason, message }: ObservedEvent) =>
  `${involved.kind}/${involved.name}: ${reason}: ${message}`;
export const restartsOf = ({ restartCount = 0 }: ContainerStatus) =>
  `${restartCount} ${restartCount === 1 ? 'restart' : 'restarts'}`;
export const ofContainer = (pod: KubeObject, { name }: ContainerStatus, text: string) =>
  `Pod/${pod.metadata.name} ${name}: ${text}`;
