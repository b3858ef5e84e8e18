/** Claims and their volumes: bound when somebody wants them, kept while somebody uses them (pkg/controller/volume of 1.34). */
import { parseQuantity } from '../../stack/quantity.ts';
import type { Change } from '../types.ts';
import { type Controller, type Desk, keyOf } from './desk.ts';
import { known } from './known.ts';
import { type Claim, isLeaving, isOver, type Pod, type Volumed } from './model.ts';
import { selectedNode } from './scheduler.ts';

const component = 'persistentvolume-controller';
const protection = 'kubernetes.io/pvc-protection';
/** How long making a volume takes, in simulated time. */
const making = 1000;

export function claims(desk: Desk): Controller {
  const binder = desk.actor(component, 'system:serviceaccount:kube-system:persistent-volume-binder');
  /** Claims whose volumes are being made, by uid: when they began. */
  const begun = new Map<string, number>();
  const say = (claim: Claim, type: 'Normal' | 'Warning', reason: string, message: string, who = component): void =>
    desk.recorder.record(claim, who, type, reason, message);

  function concerns({ type, kind, object }: Change): readonly string[] {
    if (kind === known.claims) return [keyOf(object)];
    if (kind === known.classes) return desk.list<Claim>(known.claims).map(keyOf);
    if (kind !== known.pods || !(type === 'DELETED' || isOver(object as Pod))) return [];
    return ((object as Pod).spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
      persistentVolumeClaim ? [`${object.metadata.namespace}/${persistentVolumeClaim.claimName}`] : [],
    );
  }

  return {
    name: component,
    concerns,
    reconcile(namespace, name) {
      const claim = desk.find<Claim>(known.claims, namespace, name);
      if (!claim) dropVolumes(namespace, name);
      else if (isLeaving(claim)) release(claim);
      else if (claim.status?.phase === 'Bound') grow(claim);
      else return provision(claim);
      return undefined;
    },
  };

  function provision(claim: Claim): number | undefined {
    const { storageClassName } = claim.spec;
    const { uid = '', namespace, name, annotations } = claim.metadata;
    if (!storageClassName) {
      const why = 'no persistent volumes available for this claim and no storage class is set';
      say(claim, 'Normal', 'FailedBinding', why);
      return undefined;
    }
    const found = desk.find(known.classes, undefined, storageClassName);
    if (!found) {
      say(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${storageClassName}" not found`);
      return undefined;
    }
    const provisioner = String(found['provisioner']);
    if (found['volumeBindingMode'] === 'WaitForFirstConsumer' && !annotations?.[selectedNode]) {
      say(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
      return undefined;
    }
    const since = begun.get(uid);
    const wait = making / desk.pace.speed;
    if (since !== undefined && desk.pace.monotonic() - since >= wait) {
      begun.delete(uid);
      bind(claim, provisioner, String(found['reclaimPolicy'] ?? 'Delete'));
      return undefined;
    }
    if (since === undefined) {
      begun.set(uid, desk.pace.monotonic());
      say(
        claim,
        'Normal',
        'ExternalProvisioning',
        `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
      );
      say(
        claim,
        'Normal',
        'Provisioning',
        `External provisioner is provisioning volume for claim "${namespace}/${name}"`,
        provisioner,
      );
    }
    return wait;
  }

  function bind(claim: Claim, provisioner: string, reclaimPolicy: string): void {
    const { namespace, name, uid, annotations } = claim.metadata;
    const { accessModes, storageClassName, resources } = claim.spec;
    const volumeName = `pvc-${uid}`;
    const capacity = { storage: resources?.requests?.['storage'] ?? '1Gi' };
    const volume = binder.ensure(known.volumes, {
      metadata: { name: volumeName, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
      spec: {
        ...{ accessModes, capacity, storageClassName },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
        local: { path: `/var/openebs/local/${volumeName}` },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'kubernetes.io/hostname', operator: 'In', values: [annotations?.[selectedNode] ?? ''] },
                ],
              },
            ],
          },
        },
        persistentVolumeReclaimPolicy: reclaimPolicy,
        volumeMode: 'Filesystem',
      },
    });
    binder.status(known.volumes, volume, { phase: 'Bound' });
    say(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeName}`, provisioner);
    const bound = binder.patch(known.claims, claim, {
      metadata: {
        annotations: {
          'pv.kubernetes.io/bind-completed': 'yes',
          'pv.kubernetes.io/bound-by-controller': 'yes',
          'volume.kubernetes.io/storage-provisioner': provisioner,
        },
      },
      spec: { volumeName },
    });
    binder.status(known.claims, bound, { phase: 'Bound', accessModes, capacity });
  }

  function grow(claim: Claim): void {
    const wanted = claim.spec.resources?.requests?.['storage'];
    const has = claim.status?.capacity?.['storage'];
    if (!wanted || !has || parseQuantity(wanted) <= parseQuantity(has)) return;
    const volume = desk.find<Volumed>(known.volumes, undefined, claim.spec.volumeName ?? '');
    if (volume) binder.patch(known.volumes, volume, { spec: { capacity: { storage: wanted } } });
    binder.status(known.claims, claim, { ...claim.status, capacity: { storage: wanted } });
    say(claim, 'Normal', 'FileSystemResizeSuccessful', 'MountVolume.NodeExpandVolume succeeded for volume', 'kubelet');
  }

  function release(claim: Claim): void {
    const { namespace, name, finalizers = [] } = claim.metadata;
    const isUsed = desk
      .list<Pod>(known.pods, namespace)
      .some((pod) => !isOver(pod) && pod.spec.volumes?.some((each) => each.persistentVolumeClaim?.claimName === name));
    if (isUsed || !finalizers.includes(protection)) return;
    binder.patch(known.claims, claim, { metadata: { finalizers: finalizers.filter((each) => each !== protection) } });
  }

  function dropVolumes(namespace: string, name: string): void {
    for (const volume of desk.list<Volumed>(known.volumes)) {
      const { claimRef, persistentVolumeReclaimPolicy } = volume.spec;
      if (claimRef?.namespace !== namespace || claimRef.name !== name) continue;
      if (persistentVolumeReclaimPolicy === 'Delete') binder.remove(known.volumes, volume);
      else if (volume.status?.phase !== 'Released') binder.status(known.volumes, volume, { phase: 'Released' });
    }
  }
}
