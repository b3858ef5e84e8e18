/**
 * Fits a whole stack on two cores, with its manifests unchanged, when pods are admitted: CPU requests are lowered, and
 * probes ask every second instead of every ten, because stand-ins start at once. Limits, which quotas count and which
 * the program reads, stay.
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

/** Ten times as often, and as long in all: what fails in the manifests' time fails here too, only later. */
function probeExpressionFor(probe: 'startupProbe' | 'readinessProbe'): string {
  const container = 'Object.spec.containers';
  return `Object{spec: Object.spec{containers: object.spec.containers.filter(c, has(c.${probe})).map(c, ${container}{
    name: c.name,
    ${probe}: ${container}.${probe}{
      initialDelaySeconds: 0,
      periodSeconds: 1,
      failureThreshold: c.${probe}.failureThreshold * 10
    }
  })}}`;
}

export async function applyAdmission(api: Api, signal: AbortSignal): Promise<void> {
  const apiVersion = 'admissionregistration.k8s.io/v1beta1';
  const spec = {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'IfNeeded',
    // The contract suite's pods show what the API server itself does; their names begin with a letter of their own.
    matchConditions: [
      {
        name: 'not-of-the-contract',
        expression: "!(has(object.metadata.name) && object.metadata.name.matches('^[a-z]-'))",
      },
    ],
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    mutations: [
      ...(['containers', 'initContainers'] as const).map(expressionFor),
      ...(['startupProbe', 'readinessProbe'] as const).map(probeExpressionFor),
    ].map((expression) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } })),
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

const refusal = 'refuse-pod-status';

/** While it is on, the API server learns nothing from the node about its pods, as when it cannot be reached. */
export async function refusePodStatus(api: Api, isOn: boolean, signal: AbortSignal): Promise<void> {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const kinds = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'] as const;
  if (!isOn) {
    for (const kind of kinds.toReversed()) await api.remove({ apiVersion, kind, name: refusal }, signal);
    return;
  }
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['pods/status'] };
  const specs = [
    {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: 'false', message: 'not now' }],
    },
    { policyName: refusal, validationActions: ['Deny'] },
  ];
  for (const [index, kind] of kinds.entries())
    await api.apply({ apiVersion, kind, metadata: { name: refusal }, spec: specs[index] }, signal);
}
