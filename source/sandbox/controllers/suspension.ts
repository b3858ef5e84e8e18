/** What the platform does to the namespace of somebody in debt, and undoes when he paid (sealos-platform 6.2). */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind } from '../types.ts';
import { type Controller, caringFor, type Desk } from './desk.ts';
import { kindNamed, known } from './known.ts';
import { controllerOf } from './model.ts';

const component = 'account-controller';
const debtStatus = 'debt.sealos/status';
const original = 'sealos.io/original-suspend-state';
const limit = 'debt-limit0';
const ingressClass = 'kubernetes.io/ingress.class';
const pauseMark = 'deploy.cloud.sealos.io/pause';

/** How a kind stops, and goes on from what was remembered. */
interface Switch {
  readonly kind: Kind;
  /** The change, and what undoes it; undefined when it is stopped already. */
  stop(object: Stoppable): readonly [change: object, state: object] | undefined;
  start(state: Readonly<Record<string, unknown>>): object;
}

interface Stoppable extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly suspend?: boolean;
    readonly componentSpecs?: readonly object[];
  };
}

const scaled = (kind: Kind): Switch => ({
  kind,
  // An app that its user paused stays paused.
  stop: ({ metadata, spec: { replicas = 1 } }) =>
    replicas === 0 || metadata.annotations?.[pauseMark] !== undefined
      ? undefined
      : [{ spec: { replicas: 0 } }, { replicas }],
  start: ({ replicas }) => ({ spec: { replicas: replicas ?? 1 } }),
});
const withClass = (name: unknown): object => ({ metadata: { annotations: { [ingressClass]: name } } });

const switches: readonly Switch[] = [
  {
    kind: kindNamed('apps.kubeblocks.io/v1alpha1', 'Cluster'),
    stop({ spec: { componentSpecs = [] } }) {
      const stopped = componentSpecs.map((each) => ({ ...each, replicas: 0 }));
      return [{ spec: { componentSpecs: stopped } }, { componentSpecs }];
    },
    start: ({ componentSpecs }) => ({ spec: { componentSpecs } }),
  },
  {
    kind: known.ingresses,
    stop: ({ metadata }) => [withClass('pause'), { class: metadata.annotations?.[ingressClass] ?? 'nginx' }],
    start: (state) => withClass(state['class'] ?? 'nginx'),
  },
  scaled(known.deployments),
  scaled(known.statefulSets),
  {
    kind: known.jobs,
    stop: ({ spec }) => (spec.suspend ? undefined : [{ spec: { suspend: true } }, { suspend: false }]),
    start: () => ({ spec: { suspend: false } }),
  },
];

export function suspension(desk: Desk): Controller {
  const actor = desk.actor(component, 'system:serviceaccount:account-system:account-controller-manager', 'manager');

  function suspend(namespace: string): void {
    actor.ensure(known.quotas, {
      metadata: { name: limit, namespace },
      spec: { hard: { 'limits.cpu': '0', 'limits.memory': '0', 'requests.storage': '0' } },
    });
    for (const { kind, stop } of switches)
      for (const object of desk.list<Stoppable>(kind, namespace)) {
        if (controllerOf(object) || object.metadata.annotations?.[original]) continue;
        const [change, state] = stop(object) ?? [];
        if (!change) continue;
        actor.patch(kind, object, { metadata: { annotations: { [original]: JSON.stringify(state) } } });
        actor.patch(kind, object, change);
      }
  }

  function resume(namespace: string): void {
    const quota = desk.find(known.quotas, namespace, limit);
    if (quota) actor.remove(known.quotas, quota);
    for (const { kind, start } of switches)
      for (const object of desk.list(kind, namespace)) {
        const state = object.metadata.annotations?.[original];
        if (state === undefined) continue;
        actor.patch(kind, object, start(JSON.parse(state) as Record<string, unknown>));
        actor.patch(kind, object, { metadata: { annotations: { [original]: null } } });
      }
  }

  return caringFor(desk, {
    ...{ name: component, kind: known.namespaces },
    reconcile(place) {
      const status = place.metadata.annotations?.[debtStatus];
      if (status !== 'Suspend' && status !== 'Resume') return;
      if (status === 'Suspend') suspend(place.metadata.name);
      else resume(place.metadata.name);
      actor.patch(known.namespaces, place, { metadata: { annotations: { [debtStatus]: `${status}Completed` } } });
    },
  });
}
