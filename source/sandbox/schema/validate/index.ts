/** What the real server refuses of an object, kind by kind, in its words. */
import type { KubeObject } from '../../../stack/types.ts';
import type { Kind } from '../../types.ts';
import { kindOf } from '../kinds.ts';
import { type Causes, type Tree, tree } from './causes.ts';
import { configMap, secret } from './data.ts';
import { metadata } from './names.ts';
import { claim, ingress, lease, roleBinding, service } from './others.ts';
import { podSpec } from './pods.ts';
import { deployment, job, replicaSet, statefulSet } from './workloads.ts';

type Rule = (object: Tree, before: Tree | undefined) => Causes;
const ofSpec =
  (rule: (spec: Tree, before: Tree | undefined) => Causes): Rule =>
  (object, before) =>
    rule(tree(object['spec']), before && tree(before['spec']));

const rules: Readonly<Record<string, Rule>> = {
  ConfigMap: configMap,
  Secret: secret,
  Pod: ofSpec((spec) => podSpec(spec, 'spec')),
  Deployment: ofSpec(deployment),
  ReplicaSet: ofSpec(replicaSet),
  StatefulSet: ofSpec(statefulSet),
  Job: ofSpec(job),
  Service: ofSpec(service),
  PersistentVolumeClaim: ofSpec(claim),
  Ingress: ofSpec(ingress),
  Lease: ofSpec(lease),
  RoleBinding: roleBinding,
  ClusterRoleBinding: roleBinding,
};

/** In the order in which the real server tells them; empty for what it takes. `before`: of an update. */
export function validate(kind: Kind, object: KubeObject, before?: KubeObject): Causes {
  const own = kind === kindOf(object.apiVersion, object.kind) ? rules[kind.kind] : undefined;
  const whole = object as unknown as Tree;
  return [
    ...metadata(kind.kind, tree(object.metadata)),
    ...(own?.(whole, before as unknown as Tree | undefined) ?? []),
  ];
}
