/** Lets a scenario happen: its platform from the first moment on, what goes wrong once the install before it is finished. */
import type { KubeObject } from '../../stack/types.ts';
import { type KubeblocksVersion, kubeblocksVersions } from '../controllers/kubeblocks/objects.ts';
import { PullError } from '../controllers/kubelet/images.ts';
import { imageBytes } from '../images.ts';
import { served } from '../server/served.ts';
import type { Troubles } from '../world/index.ts';
import type { Setting, Site } from './scenario.ts';

/** `install`: one has to be finished first. `installed`: it is. `on`: everything has begun. */
export type Stage = 'install' | 'installed' | 'on';

/** Remembers how far it is, whoever serves. */
export const stageRef = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'sandbox-scenario',
  namespace: 'kube-system',
} as const;
/** What whoever installed changes in it, with a merge patch. */
export const stageAfterInstall = { data: { stage: 'installed' satisfies Stage } } as const;

/** Undefined before the sandbox was ever served. */
export const stageOf = (object: KubeObject | undefined): Stage | undefined =>
  (object?.['data'] as { readonly stage?: Stage } | undefined)?.stage;

export interface Rehearsal {
  /** Filled when they begin. */
  readonly troubles: Readonly<Troubles>;
  readonly balance: () => number;
  readonly kubeblocks: KubeblocksVersion;
  readonly redisPasswordEnd: string | undefined;
  /** @throws PullError when its registry cannot be reached. */
  readonly imageBytes: (image: string) => number | undefined;
  /** Goes on where it was. The rest happens by itself. */
  start(site: Site): void;
}

const usualBalance = 10;
const configMaps = served('', 'configmaps');

/** @param complain hears of defects of the scenario */
export function rehearsal(setting: Setting, complain: (who: string, error: unknown) => void): Rehearsal {
  const troubles: Troubles = {};
  let isOn = false;

  const turnOn = () => {
    isOn = true;
    Object.assign(troubles, setting.troubles);
  };

  async function begin(site: Site): Promise<void> {
    await setting.begin?.(site);
    turnOn();
    keep(site, 'on');
  }

  return {
    troubles,
    balance: () => (isOn ? (setting.balance ?? usualBalance) : usualBalance),
    kubeblocks: setting.kubeblocks ?? kubeblocksVersions[1],
    redisPasswordEnd: setting.redisPasswordEnd,
    imageBytes(image) {
      if (setting.unreachable?.test(image)) throw new PullError(timedOut(image));
      return imageBytes(image);
    },
    start(site) {
      const { store } = site.objects;
      const { name, namespace } = stageRef;
      const stage = stageOf(store.get(configMaps, namespace, name));
      if (stage === undefined) {
        setting.prepare?.(site);
        if (setting.installed === undefined) turnOn();
        keep(site, setting.installed === undefined ? 'on' : 'install');
      } else if (stage === 'on') turnOn();
      if (stage === 'installed') begin(site).catch((error: unknown) => complain('scenario', error));
      store.onChange(({ kind, object, before }) => {
        if (kind !== configMaps || object.metadata.name !== name || object.metadata.namespace !== namespace) return;
        if (stageOf(object) !== 'installed' || stageOf(before) === 'installed') return;
        // Listeners must not write.
        queueMicrotask(() => begin(site).catch((error: unknown) => complain('scenario', error)));
      });
    },
  };
}

function keep({ objects, user }: Site, stage: Stage): void {
  const { apiVersion, kind, name, namespace } = stageRef;
  const object = { apiVersion, kind, metadata: { name, namespace }, data: { stage } };
  objects.patch(configMaps, namespace, name, 'apply', object, { user, fieldManager: 'sandbox', force: true });
}

/** As containerd says it. */
function timedOut(image: string): string {
  const [host = '', ...path] = image.split('/');
  const [repository, digest] = path.join('/').split(/[:@](.*)/s);
  const what = `https://${host}/v2/${repository}/manifests/${digest ?? 'latest'}`;
  return `rpc error: code = Unknown desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to do request: Head "${what}": dial tcp 20.205.243.164:443: i/o timeout`;
}
