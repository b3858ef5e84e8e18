/**
 * Lowers CPU requests of every pod when it is admitted, so that a whole stack fits on two cores with its manifests unchanged.
 * Limits, which quotas count and which the program reads, stay.
 */
import type { Api } from './api.ts';

const policy = 'lower-cpu-requests';
const lowered = '5m';

/** Server-side apply by CEL: JSON patches by index are not possible, because there is no `lists.range`. */
function expressionFor(list: 'containers' | 'initContainers'): string {
  const container = `Object.spec.${list}`;
  const changed = `object.spec.${list}.map(c, ${container}{
    name: c.name,
    resources: ${container}.resources{requests: {"cpu": "${lowered}"}}
  })`;
  return `has(object.spec.${list}) ? Object{spec: Object.spec{${list}: ${changed}}} : Object{}`;
}

export async function applyAdmission(api: Api, signal: AbortSignal): Promise<void> {
  const apiVersion = 'admissionregistration.k8s.io/v1beta1';
  const spec = {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'IfNeeded',
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    mutations: (['containers', 'initContainers'] as const).map((list) => ({
      patchType: 'ApplyConfiguration',
      applyConfiguration: { expression: expressionFor(list) },
    })),
  };
  await api.apply({ apiVersion, kind: 'MutatingAdmissionPolicy', metadata: { name: policy }, spec }, signal);
  const binding = {
    apiVersion,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: policy },
    spec: { policyName: policy },
  };
  await api.apply(binding, signal);
}
