/** Small objects that the cases share. */
export const configMap = (name: string, data: Readonly<Record<string, unknown>> = { a: '1' }, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data,
});

export const limits = { cpu: '100m', memory: '64Mi', 'ephemeral-storage': '100Mi' };

export const container = (more: object = {}) => ({
  name: 'main',
  image: 'example.com/app:1',
  resources: { limits, requests: limits },
  ...more,
});

/** Zero replicas: nothing has to be pulled. */
export const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container()] } },
    ...spec,
  },
});

export const configMaps = '/api/v1/namespaces/{ns}/configmaps';
export const secrets = '/api/v1/namespaces/{ns}/secrets';
export const services = '/api/v1/namespaces/{ns}/services';
export const pods = '/api/v1/namespaces/{ns}/pods';
export const claims = '/api/v1/namespaces/{ns}/persistentvolumeclaims';
export const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';
export const statefulSets = '/apis/apps/v1/namespaces/{ns}/statefulsets';
export const jobs = '/apis/batch/v1/namespaces/{ns}/jobs';
export const ingresses = '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses';

export const asApply = { 'content-type': 'application/apply-patch+yaml' };
export const asMerge = { 'content-type': 'application/merge-patch+json' };
export const asJson = { 'content-type': 'application/json-patch+json' };
export const asStrategic = { 'content-type': 'application/strategic-merge-patch+json' };
