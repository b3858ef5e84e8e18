/** The addresses behind Services, as Endpoints and as an EndpointSlice (pkg/controller/endpoint and endpointslice of 1.34). */
import type { KubeObject } from '../../stack/types.ts';
import { matchesSelector } from '../objects/index.ts';
import { type Controller, caringFor, type Desk, keyOf } from './desk.ts';
import { known } from './known.ts';
import { isLeaving, isOver, isReady, ownerReference, type Pod, type Service, type ServicePort } from './model.ts';
import { same } from './same.ts';

const serviceLabel = 'kubernetes.io/service-name';

interface Port {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

function targetOf({ targetPort, port }: ServicePort, pod: Pod | undefined): number | undefined {
  if (typeof targetPort !== 'string') return targetPort ?? port;
  const ports = pod?.spec.containers.flatMap((each) => each.ports ?? []) ?? [];
  return ports.find(({ name }) => name === targetPort)?.containerPort;
}

export function services(desk: Desk): Controller {
  const oldActor = desk.actor('endpoint-controller');
  const actor = desk.actor('endpointslice-controller');

  const portsOf = ({ spec }: Service, pods: readonly Pod[]): readonly Port[] =>
    (spec.ports ?? []).flatMap((each) => {
      const port = targetOf(each, pods[0]);
      return port === undefined ? [] : [{ name: each.name ?? '', port, protocol: each.protocol ?? 'TCP' }];
    });
  const labelsOf = ({ metadata, spec }: Service): Record<string, string> => ({
    ...metadata.labels,
    ...(spec.clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
  });
  const addressOf = (pod: Pod, service: string): object => {
    const { namespace, name, uid } = pod.metadata;
    const { hostname, subdomain, nodeName } = pod.spec;
    const named = hostname && subdomain === service ? { hostname } : {};
    return { ...named, nodeName, targetRef: { kind: 'Pod', namespace, name, uid } };
  };

  return caringFor<Service>(desk, {
    ...{ name: 'endpoints-controller', kind: known.services },
    also({ kind, object, before }) {
      if (kind !== known.pods) return [];
      const labels = [object, before].map((each) => each?.metadata.labels ?? {});
      const isMeant = ({ spec: { selector } }: Service): boolean =>
        selector !== undefined && labels.some((each) => matchesSelector({ matchLabels: selector }, each));
      return desk.list<Service>(known.services, object.metadata.namespace).filter(isMeant).map(keyOf);
    },
    gone(namespace, name) {
      const left = desk.find(known.endpoints, namespace, name);
      if (left) oldActor.remove(known.endpoints, left);
    },
    reconcile(service) {
      // Without a selector somebody else says what is behind it.
      if (!service.spec.selector || isLeaving(service)) return;
      const selector = { matchLabels: service.spec.selector };
      const pods = desk
        .list<Pod>(known.pods, service.metadata.namespace)
        .filter((pod) => pod.status?.podIP && !isOver(pod) && matchesSelector(selector, pod.metadata.labels ?? {}));
      tellEndpoints(service, pods);
      tellSlice(service, pods);
    },
  });

  function tellEndpoints(service: Service, pods: readonly Pod[]): void {
    const { namespace, name } = service.metadata;
    const address = (pod: Pod): object => ({ ip: pod.status?.podIP, ...addressOf(pod, name) });
    const lasting = pods.filter((pod) => !isLeaving(pod));
    const counts = (pod: Pod): boolean => isReady(pod) || service.spec.publishNotReadyAddresses === true;
    const [ready, others] = [lasting.filter(counts), lasting.filter((pod) => !counts(pod))];
    // Only EndpointSlices say that a port has no name.
    const ports = portsOf(service, pods).map(({ name, ...port }) => (name ? { name, ...port } : port));
    const subset = {
      ...(ready.length > 0 && { addresses: ready.map(address) }),
      ...(others.length > 0 && { notReadyAddresses: others.map(address) }),
      ports,
    };
    const subsets = lasting.length > 0 ? [subset] : undefined;
    const live = desk.find(known.endpoints, namespace, name);
    if (live && same(live['subsets'], subsets)) return;
    const labels = { ...labelsOf(service), 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
    if (live) oldActor.patch(known.endpoints, live, { subsets: subsets ?? null });
    else oldActor.create(known.endpoints, { metadata: { name, namespace, labels }, ...(subsets && { subsets }) });
  }

  function tellSlice(service: Service, pods: readonly Pod[]): void {
    const { namespace, name } = service.metadata;
    const endpoints = pods.map((pod) => ({
      addresses: [pod.status?.podIP],
      conditions: {
        ready: service.spec.publishNotReadyAddresses === true || (isReady(pod) && !isLeaving(pod)),
        serving: isReady(pod),
        terminating: isLeaving(pod),
      },
      ...addressOf(pod, name),
    }));
    const ports = portsOf(service, pods);
    const live = desk
      .list<KubeObject>(known.slices, namespace)
      .find(({ metadata }) => metadata.labels?.[serviceLabel] === name);
    if (live && same([live['endpoints'], live['ports']], [endpoints, ports])) return;
    if (live) return void actor.patch(known.slices, live, { endpoints, ports });
    const labels = {
      ...labelsOf(service),
      [serviceLabel]: name,
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    };
    actor.create(known.slices, {
      metadata: {
        ...{ name: `${name}-${desk.suffix()}`, generateName: `${name}-`, namespace, labels },
        ownerReferences: [ownerReference(service)],
      },
      ...{ addressType: 'IPv4', endpoints, ports },
    });
  }
}
