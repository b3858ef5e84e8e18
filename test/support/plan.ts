import type { PlanEvent } from '../../source/install/events.ts';

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
};
