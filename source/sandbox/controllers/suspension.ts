/** What the platform does to the namespace of somebody in debt, and undoes when he paid (sealos-platform 6.2). */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind } from '../types.ts';
import type { Controller, Desk } from './desk.ts';
import { kindNamed, known } from './known.ts';
import type { Job } from './model.ts';

const component = 'account-controller';
const debtStatus = 'debt.sealos/status';
const original = 'sealos.io/original-suspend-state';
const limit = 'debt-limit0';
const ingressClass = 'kubernetes.io/ingress.class';
const pauseMark = 'deploy.cloud.sealos.io/pause';

/** How a kind stops: the change, and what must be remembered to undo it; undefined when it is stopped already. */
interface Switch {
  readonly kind: Kind;
  stop(object: KubeObject): { readonly change: object; readonly state: object } | undefined;
  start(state: Readonly<Record<string, unknown>>): object;
}

const replicasOf = (object: KubeObject): number => Number((object['spec'] as { replicas?: number }).replicas ?? 1);

const scaled = (kind: Kind): Switch => ({
  kind,
  stop: (object) =>
    // An app that its user paused stays paused.
    replicasOf(object) === 0 || object.metadata.annotations?.[pauseMark] !== undefined
      ? undefined
      : { change: { spec: { replicas: 0 } }, state: { replicas: replicasOf(object) } },
  start: ({ replicas }) => ({ spec: { replicas: replicas ?? 1 } }),
});

interface Stoppable extends KubeObject {
  readonly spec: { readonly componentSpecs?: readonly (object & { readonly replicas: number })[] };
}

const switches = (): readonly Switch[] => {
  const databases: Switch = {
    kind: kindNamed('apps.kubeblocks.io/v1alpha1', 'Cluster'),
    stop: (object) => {
      const { componentSpecs = [] } = (object as Stoppable).spec;
      const stopped = componentSpecs.map((each) => ({ ...each, replicas: 0 }));
      return { change: { spec: { componentSpecs: stopped } }, state: { componentSpecs } };
    },
    start: ({ componentSpecs }) => ({ spec: { componentSpecs } }),
  };
  const routes: Switch = {
    kind: known.ingresses,
    stop: ({ metadata }) => ({
      change: { metadata: { annotations: { [ingressClass]: 'pause' } } },
      state: { class: metadata.annotations?.[ingressClass] ?? 'nginx' },
    }),
    start: (state) => ({ metadata: { annotations: { [ingressClass]: state['class'] ?? 'nginx' } } }),
  };
  const runs: Switch = {
    kind: known.jobs,
    stop: (object) =>
      (object as Job).spec.suspend ? undefined : { change: { spec: { suspend: true } }, state: { suspend: false } },
    start: () => ({ spec: { suspend: false } }),
  };
  return [databases, routes, scaled(known.deployments), scaled(known.statefulSets), runs];
};

export function suspension(desk: Desk): Controller {
  const actor = desk.actor(component, 'system:serviceaccount:account-system:account-controller-manager', 'manager');
  const all = switches();
  const isOwned = ({ metadata }: KubeObject): boolean =>
    metadata.ownerReferences?.some((each) => each.controller) === true;

  function suspend(namespace: string): void {
    actor.ensure(known.quotas, {
      metadata: { name: limit, namespace },
      spec: { hard: { 'limits.cpu': '0', 'limits.memory': '0', 'requests.storage': '0' } },
    });
    for (const { kind, stop } of all)
      for (const object of desk.list(kind, namespace)) {
        const how = isOwned(object) || object.metadata.annotations?.[original] ? undefined : stop(object);
        if (!how) continue;
        actor.patch(kind, object, { metadata: { annotations: { [original]: JSON.stringify(how.state) } } });
        actor.patch(kind, object, how.change);
      }
  }

  function resume(namespace: string): void {
    const quota = desk.find(known.quotas, namespace, limit);
    if (quota) actor.remove(known.quotas, quota);
    for (const { kind, start } of all)
      for (const object of desk.list(kind, namespace)) {
        const state = object.metadata.annotations?.[original];
        if (state === undefined) continue;
        actor.patch(kind, object, start(JSON.parse(state) as Record<string, unknown>));
        actor.patch(kind, object, { metadata: { annotations: { [original]: null } } });
      }
  }

  return {
    name: component,
    concerns: ({ kind, object }) => (kind === known.namespaces ? [`/${object.metadata.name}`] : []),
    reconcile(_, name) {
      const namespace = desk.find(known.namespaces, undefined, name);
      const status = namespace?.metadata.annotations?.[debtStatus];
      if (!namespace || (status !== 'Suspend' && status !== 'Resume')) return undefined;
      if (status === 'Suspend') suspend(name);
      else resume(name);
      actor.patch(known.namespaces, namespace, { metadata: { annotations: { [debtStatus]: `${status}Completed` } } });
      return undefined;
    },
  };
}
