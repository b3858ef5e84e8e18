/** The `/scale` of workloads: autoscaling/v1 Scale, as kubectl scale and autoscalers read and write it. */
import type { KubeObject } from '../../stack/types.ts';
import { notNegative } from '../schema/validate/causes.ts';
import { selectorText } from './label-selector.ts';
import { StatusError } from './status-error.ts';
import { isMap, mapOf } from './values.ts';

/** The Scale of a Deployment, StatefulSet or ReplicaSet. */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const [spec, status] = [mapOf(object['spec']), mapOf(object['status'])];
  const text = selectorText(spec['selector']);
  const replicas = spec['replicas'];
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace && { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    } as KubeObject['metadata'],
    spec: replicas ? { replicas } : {},
    status: { replicas: status['replicas'] ?? 0, ...(text && { selector: text }) },
  };
}

/** The object, scaled. @throws StatusError 400 for what is no Scale, 422 for a negative number. */
export function scaled(object: KubeObject, scale: unknown): KubeObject {
  if (!isMap(scale) || (scale['kind'] ?? 'Scale') !== 'Scale')
    throw StatusError.badRequest(
      `${mapOf(scale)['kind']} in version "v1" cannot be handled as a Scale: converting (v1.${mapOf(scale)['kind']}) to (autoscaling.Scale): unknown conversion`,
    );
  const replicas = mapOf(scale['spec'])['replicas'] ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw StatusError.badRequest(
      'Scale in version "v1" cannot be handled as a Scale: spec.replicas must be an integer',
    );
  const causes = notNegative('spec.replicas', replicas);
  if (causes.length) throw StatusError.invalid({ group: 'autoscaling', kind: 'Scale' }, object.metadata.name, causes);
  const version = mapOf(scale['metadata'])['resourceVersion'] as string | undefined;
  const metadata = version ? { ...object.metadata, resourceVersion: version } : object.metadata;
  return { ...object, metadata, spec: { ...mapOf(object['spec']), replicas } };
}
