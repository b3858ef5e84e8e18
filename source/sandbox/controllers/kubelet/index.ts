/** The kubelets of all nodes: a worker for every pod that is bound to one. */
import type { World } from '../../types.ts';
import { type Controller, type Desk, keyOf } from '../desk.ts';
import { known } from '../known.ts';
import { type ContentObject, isLeaving, isOver, type Pod } from '../model.ts';
import { dataOf } from './environment.ts';
import { imagesOf } from './images.ts';
import { type PodWorker, type Site, startPod } from './pod-worker.ts';

export interface KubeletOptions {
  readonly desk: Desk;
  readonly world: World;
  readonly pullBytesPerSecond: number;
  readonly imageBytes: (image: string) => number | undefined;
  readonly nodeIp: (node: string) => string;
}

export interface Kubelet extends Controller {
  /** Ends a pod for having used more of the node's disk than it was given. */
  evict(namespace: string, name: string, message: string): void;
}

/** Pods get addresses of 10.244.0.0/16, in order. */
const podNetwork = '10.244';

export function kubelet({ desk, world, pullBytesPerSecond, imageBytes, nodeIp }: KubeletOptions): Kubelet {
  const workers = new Map<string, { readonly uid: string; readonly worker: PodWorker }>();
  const pulled = desk
    .list<Pod>(known.pods)
    .flatMap(({ status }) =>
      [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
        .filter(({ imageID }) => imageID)
        .map(({ image }) => image),
    );
  const images = imagesOf(desk, imageBytes, pullBytesPerSecond, pulled);
  let lastHost = 1;
  const takeIp = (): string => {
    const taken = new Set(desk.list<Pod>(known.pods).map(({ status }) => status?.podIP));
    for (;;) {
      lastHost = (lastHost % 65_000) + 1;
      const ip = `${podNetwork}.${lastHost >> 8}.${lastHost & 255}`;
      if (!taken.has(ip)) return ip;
    }
  };
  const siteOf = (node: string): Site => ({
    ...{ desk, world, images, node, takeIp },
    actor: desk.actor('kubelet', `system:node:${node}`, 'kubelet'),
    nodeIp: nodeIp(node),
    sourcesOf: (namespace) => ({
      namespace,
      nodeIp: nodeIp(node),
      data(kind, name) {
        const { secrets, configMaps } = known;
        const found = desk.find<ContentObject>(kind === 'secret' ? secrets : configMaps, namespace, name);
        return found && dataOf(found);
      },
    }),
    claimUid: (namespace, name) => desk.find(known.claims, namespace, name)?.metadata.uid ?? `${namespace}/${name}`,
  });

  return {
    name: 'kubelet',
    concerns: ({ kind, object }) => (kind === known.pods ? [keyOf(object)] : []),
    evict: (namespace, name, message) => workers.get(`${namespace}/${name}`)?.worker.evict(message),
    reconcile(namespace, name) {
      const key = `${namespace}/${name}`;
      const pod = desk.find<Pod>(known.pods, namespace, name);
      const present = workers.get(key);
      if (present && present.uid !== pod?.metadata.uid) {
        present.worker.kill();
        workers.delete(key);
        world.logs.forget(present.uid);
      }
      if (!pod?.spec.nodeName) return;
      if (!workers.has(key) && (!isOver(pod) || isLeaving(pod)))
        workers.set(key, { uid: pod.metadata.uid ?? '', worker: startPod(siteOf(pod.spec.nodeName), pod) });
      if (isLeaving(pod)) workers.get(key)?.worker.leave(pod);
    },
  };
}
