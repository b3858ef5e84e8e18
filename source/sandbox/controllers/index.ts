/** Everything that acts by itself in the simulated cluster. */
import { versionInfo } from '../schema/index.ts';
import type { Objects, Pace, World } from '../types.ts';
import { claims } from './claims.ts';
import { deployments } from './deployments.ts';
import { deskOf, runControllers } from './desk.ts';
import { garbage } from './garbage.ts';
import { jobs } from './jobs.ts';
import { kubeblocks } from './kubeblocks/index.ts';
import type { KubeblocksVersion } from './kubeblocks/objects.ts';
import { kubelet } from './kubelet/index.ts';
import { namespaces } from './namespaces.ts';
import { type NodeSize, nodes } from './nodes.ts';
import { objectStorage } from './object-storage.ts';
import { quotaEnlarging, quotas } from './quotas.ts';
import { replicaSets } from './replica-sets.ts';
import { scheduler } from './scheduler.ts';
import { services } from './services.ts';
import { statefulSets } from './stateful-sets.ts';
import { suspension } from './suspension.ts';

export type { KubeblocksVersion } from './kubeblocks/objects.ts';
export type { NodeSize } from './nodes.ts';
export { accessKeyOf, bucketApi, bucketNameOf, storageHost, userOf } from './object-storage.ts';

export interface ControllersOptions {
  readonly objects: Objects;
  readonly world: World;
  readonly pace: Pace;
  /** In [0, 1): names, passwords. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Hears of defects: what failed although no server refused it. */
  readonly complain: (who: string, error: unknown) => void;
  readonly platform: {
    readonly domain: string;
    readonly kubeblocks: KubeblocksVersion;
    /** What the password of Redis ends with. */
    readonly redisPasswordEnd: string | undefined;
    readonly nodes: readonly NodeSize[];
    readonly pullBytesPerSecond: number;
    /** Of an image, compressed; undefined when no registry has it. Asked at each pull. */
    readonly imageBytes: (image: string) => number | undefined;
    /** The certificate of the API server's authority, PEM. */
    readonly ca: string;
  };
}

export interface Controllers {
  /** Resolves when nothing is left to do but wait. */
  settled(): Promise<void>;
  /** Ends a pod for having used more of the node's disk than it was given; the text is the kubelet's. */
  evict(namespace: string, name: string, message: string): void;
}

/** How often Events are looked through for old ones, in milliseconds of true time. */
const sweep = 60_000;
/** Turns of the event loop without work after which nothing more comes of what was done. */
const quietTurns = 4;

/** Runs all controllers, the scheduler and the kubelets until the signal ends them. */
export function startControllers({ platform, world, ...options }: ControllersOptions): Controllers {
  const desk = deskOf(options);
  const { pace, signal } = options;
  const { domain, pullBytesPerSecond, imageBytes } = platform;
  const nodeIp = (node: string): string => platform.nodes.find(({ name }) => name === node)?.ip ?? '';
  const pods = kubelet({ desk, world, pullBytesPerSecond, imageBytes, nodeIp });
  const running = runControllers(
    desk,
    [
      namespaces(desk, platform.ca),
      nodes(desk, platform.nodes, versionInfo['gitVersion'] ?? ''),
      garbage(desk),
      quotas(desk),
      quotaEnlarging(desk),
      suspension(desk),
      kubeblocks(desk, platform.kubeblocks, platform.redisPasswordEnd),
      objectStorage(desk, domain),
      deployments(desk),
      replicaSets(desk),
      statefulSets(desk),
      jobs(desk),
      claims(desk),
      scheduler(desk),
      pods,
      services(desk),
    ].flat(),
  );
  void sweepEvents();

  async function sweepEvents(): Promise<void> {
    while (!signal.aborted) {
      await pace.sleep(sweep, signal).catch(() => undefined);
      if (!signal.aborted) desk.recorder.expire();
    }
  }

  return {
    evict: pods.evict,
    async settled() {
      for (let quiet = 0; quiet < quietTurns; quiet = running.busy() ? 0 : quiet + 1)
        await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
