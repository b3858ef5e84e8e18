import type { PlanAction, PlanEvent, PlannedObject } from '../../source/install/events.ts';
import { components } from '../../source/stack/components.ts';

/** A plan of nothing. */
export const emptyPlan: PlanEvent = {
  type: 'plan',
  name: 'posthog',
  size: 'small',
  url: 'https://posthog.example.com',
  owner: undefined,
  objects: [],
  pods: 0,
  cpu: 0,
  memory: 0,
  storage: 0,
  minutes: [0, 1],
  isResumed: false,
};

/** An object of a plan, as far as its name tells what it is. */
export const plannedObject = (
  kind: string,
  name: string,
  action: PlanAction,
  more: Partial<PlannedObject> = {},
): PlannedObject => ({
  kind,
  name,
  action,
  component: components.find(({ id }) => name.endsWith(`-${id}`))?.id ?? 'instance',
  wanted: { apiVersion: 'v1', kind, metadata: { name } },
  ...more,
});
