/** Claims and their volumes: bound when somebody wants them, kept while somebody uses them (pkg/controller/volume of 1.34). */
import { parseQuantity } from '../../stack/quantity.ts';
import type { KubeObject } from '../../stack/types.ts';
import { type Again, type Controller, caringFor, type Desk, keyOf } from './desk.ts';
import type { EventType } from './events.ts';
import { known } from './known.ts';
import { type Claim, isLeaving, isOver, type Pod, type Volumed } from './model.ts';
import { selectedNode } from './scheduler.ts';

const component = 'persistentvolume-controller';
const protection = 'kubernetes.io/pvc-protection';
/** How long making a volume takes, in simulated time. */
const making = 1000;

/** Why no volume is made yet, as an Event says it. @param found its class, if there is one */
function obstacleTo({ metadata, spec }: Claim, found: KubeObject | undefined): Said | undefined {
  const { storageClassName } = spec;
  if (!storageClassName)
    return ['Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set'];
  if (!found) return ['Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${storageClassName}" not found`];
  const waits = found['volumeBindingMode'] === 'WaitForFirstConsumer' && !metadata.annotations?.[selectedNode];
  return waits
    ? ['Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding']
    : undefined;
}
type Said = readonly [EventType, reason: string, message: string];

export function claims(desk: Desk): Controller {
  const binder = desk.actor(component, 'system:serviceaccount:kube-system:persistent-volume-binder');
  /** Claims whose volumes are being made, by uid: when they began. */
  const begun = new Map<string, number>();
  const say = (claim: Claim, type: EventType, reason: string, message: string, who = component): void =>
    desk.recorder.record(claim, who, type, reason, message);

  return caringFor<Claim>(desk, {
    ...{ name: component, kind: known.claims, gone: dropVolumes },
    also({ type, kind, object }) {
      if (kind === known.classes) return desk.list<Claim>(known.claims).map(keyOf);
      if (kind !== known.pods || !(type === 'DELETED' || isOver(object as Pod))) return [];
      return ((object as Pod).spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
        persistentVolumeClaim ? [`${object.metadata.namespace}/${persistentVolumeClaim.claimName}`] : [],
      );
    },
    reconcile(claim, again) {
      if (isLeaving(claim)) release(claim);
      else if (claim.status?.phase === 'Bound') grow(claim);
      else provision(claim, again);
    },
  });

  function provision(claim: Claim, again: Again): void {
    const found = desk.find(known.classes, undefined, claim.spec.storageClassName ?? '');
    const obstacle = obstacleTo(claim, found);
    if (!found || obstacle) {
      if (obstacle) say(claim, ...obstacle);
      return;
    }
    const provisioner = String(found['provisioner']);
    const { uid = '', namespace, name } = claim.metadata;
    const since = begun.get(uid) ?? desk.pace.monotonic();
    const wait = making / desk.pace.speed;
    if (begun.has(uid) && desk.pace.monotonic() - since >= wait) {
      begun.delete(uid);
      bind(claim, provisioner, String(found['reclaimPolicy'] ?? 'Delete'));
      return;
    }
    if (!begun.has(uid)) {
      const external = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
      say(claim, 'Normal', 'ExternalProvisioning', external);
      const words = `External provisioner is provisioning volume for claim "${namespace}/${name}"`;
      say(claim, 'Normal', 'Provisioning', words, provisioner);
    }
    begun.set(uid, since);
    again(wait);
  }

  function bind(claim: Claim, provisioner: string, reclaimPolicy: string): void {
    const { namespace, name, uid, annotations } = claim.metadata;
    const { accessModes, storageClassName, resources } = claim.spec;
    const volumeName = `pvc-${uid}`;
    const capacity = { storage: resources?.requests?.['storage'] ?? '1Gi' };
    const onNode = { key: 'kubernetes.io/hostname', operator: 'In', values: [annotations?.[selectedNode] ?? ''] };
    const volume = binder.ensure(known.volumes, {
      metadata: { name: volumeName, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
      spec: {
        ...{ accessModes, capacity, storageClassName },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
        local: { path: `/var/openebs/local/${volumeName}` },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [onNode] }] } },
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
