/** What the server fills in, and what it refuses, object by object. Everything is a dry run. */
import {
  claims,
  container,
  deployment,
  deployments,
  ingresses,
  jobs,
  limits,
  pods,
  services,
  statefulSets,
} from './objects.ts';
import { type Cases, contract } from './suite.ts';

const pod = (spec: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'd-pod', ...metadata },
  spec: { containers: [container()], ...spec },
});
const job = (spec: object, template: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'd-job' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container()], ...template } }, ...spec },
});
const statefulSet = (spec: object) => ({
  ...deployment('d-set', { serviceName: 'd-set', ...spec }),
  kind: 'StatefulSet',
});
const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'd-service' }, spec });
const claim = (spec: object, name = 'd-claim') => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
const ingress = (spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'd-ingress' },
  spec,
});
const backend = { service: { name: 'x', port: { number: 80 } } };
const rule = (path: object) => ({
  rules: [{ http: { paths: [{ backend, pathType: 'Prefix', ...path }] } }],
});
const probe = { httpGet: { port: 80 } };

const asked: Readonly<Record<string, readonly [path: string, object: unknown]>> = {
  'a Pod': [pods, pod({})],
  'a Pod with probes, ports and volumes': [
    pods,
    pod({
      containers: [
        container({
          image: 'example.com/app',
          ports: [{ containerPort: 80 }],
          livenessProbe: probe,
          env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          volumeMounts: [{ name: 'config', mountPath: '/c' }],
        }),
      ],
      volumes: [{ name: 'config', configMap: { name: 'x' } }],
    }),
  ],
  'a Deployment': [deployments, deployment('d-deployment')],
  'a StatefulSet': [
    statefulSets,
    statefulSet({ volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim({}).spec }] }),
  ],
  'a Job': [jobs, job({})],
  'a Service without an address': [
    services,
    service({ clusterIP: 'None', selector: { a: 'b' }, ports: [{ port: 80 }] }),
  ],
  'a claim': [claims, claim({})],
  'an Ingress': [ingresses, ingress(rule({ path: '/' }))],
  'a Pod without containers': [pods, pod({ containers: [] })],
  'a container without a name': [pods, pod({ containers: [{ image: 'x', resources: { limits } }] })],
  'a container without an image': [pods, pod({ containers: [{ name: 'x', resources: { limits } }] })],
  'two containers of one name': [pods, pod({ containers: [container(), container()] })],
  'a container name that is none': [pods, pod({ containers: [container({ name: 'Main_1' })] })],
  'a port out of range': [pods, pod({ containers: [container({ ports: [{ containerPort: 70_000 }] })] })],
  'requests above limits': [pods, pod({ containers: [container({ resources: { limits, requests: { cpu: '2' } } })] })],
  'a quantity that is none': [pods, pod({ containers: [container({ resources: { limits: { cpu: 'much' } } })] })],
  'an environment name that is none': [pods, pod({ containers: [container({ env: [{ name: 'A=B', value: '' }] })] })],
  'a volume that is not there': [
    pods,
    pod({ containers: [container({ volumeMounts: [{ name: 'x', mountPath: '/x' }] })] }),
  ],
  'a probe that is none': [pods, pod({ containers: [container({ livenessProbe: {} })] })],
  'a probe with odd numbers': [
    pods,
    pod({ containers: [container({ livenessProbe: { ...probe, periodSeconds: -1, successThreshold: 2 } })] }),
  ],
  'a restart policy that is none': [pods, pod({ restartPolicy: 'Sometimes' })],
  'a pull policy that is none': [pods, pod({ containers: [container({ imagePullPolicy: 'Often' })] })],
  'a privileged Pod': [pods, pod({ containers: [container({ securityContext: { privileged: true } })] })],
  'a Pod in the host network': [pods, pod({ hostNetwork: true })],
  'a Pod larger than the quota': [
    pods,
    pod({ containers: [container({ resources: { limits: { ...limits, cpu: '100' } } })] }),
  ],
  'a Pod without limits': [pods, pod({ containers: [{ name: 'main', image: 'x' }] })],
  'a service account that is not there': [pods, pod({ serviceAccountName: 'nobody' })],
  'labels that do not match the selector': [
    deployments,
    deployment('d-match', { selector: { matchLabels: { other: 'x' } } }),
  ],
  'no selector': [deployments, deployment('d-noselector', { selector: undefined })],
  'an empty selector': [deployments, deployment('d-empty', { selector: {} })],
  'replicas below nothing': [deployments, deployment('d-negative', { replicas: -1 })],
  'a strategy that is none': [deployments, deployment('d-strategy', { strategy: { type: 'Sideways' } })],
  'no surge and none unavailable': [
    deployments,
    deployment('d-surge', { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
  ],
  'Recreate with a surge': [
    deployments,
    deployment('d-recreate', { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
  ],
  'a Deployment whose pods end': [
    deployments,
    deployment('d-never', {
      template: {
        metadata: { labels: { app: 'd-never' } },
        spec: { restartPolicy: 'Never', containers: [container()] },
      },
    }),
  ],
  'a Job that restarts for ever': [jobs, job({}, { restartPolicy: 'Always' })],
  'a Job of no completions': [jobs, job({ completions: -1, backoffLimit: -1 })],
  'a StatefulSet of odd policy': [statefulSets, statefulSet({ podManagementPolicy: 'Random' })],
  'a Service without ports': [services, service({ selector: { a: 'b' } })],
  'a Service with two ports of no name': [
    services,
    service({ clusterIP: 'None', ports: [{ port: 80 }, { port: 81 }] }),
  ],
  'a Service port out of range': [services, service({ clusterIP: 'None', ports: [{ port: 0 }] })],
  'a Service of no type': [services, service({ type: 'Magic', ports: [{ port: 80 }] })],
  'a Service address that is none': [services, service({ clusterIP: '1.2.3', ports: [{ port: 80 }] })],
  'a claim of nothing': [claims, claim({ resources: {} })],
  'a claim of less than nothing': [claims, claim({ resources: { requests: { storage: '-1' } } })],
  'a claim of no mode': [claims, claim({ accessModes: [] })],
  'a claim of an odd mode': [claims, claim({ accessModes: ['WriteOften'] })],
  'a claim larger than the quota': [claims, claim({ resources: { requests: { storage: '1000Gi' } } })],
  'an Ingress with nothing': [ingresses, ingress({})],
  'an Ingress path that is none': [ingresses, ingress(rule({ path: 'x' }))],
  'an Ingress path type that is none': [ingresses, ingress(rule({ path: '/', pathType: 'Like' }))],
  'an Ingress host that is none': [
    ingresses,
    ingress({ rules: [{ host: 'A_b', http: { paths: [{ backend, path: '/', pathType: 'Exact' }] } }] }),
  ],
  'an Ingress with no backend': [
    ingresses,
    ingress({ rules: [{ http: { paths: [{ path: '/', pathType: 'Exact', backend: {} }] } }] }),
  ],
};

const cases: Cases = Object.fromEntries(
  Object.entries(asked).map(([title, [path, object]]) => [
    title,
    ({ ask }) => ask('POST', `${path}?dryRun=All`, object),
  ]),
);

const changes: Readonly<Record<string, readonly [path: string, name: string, object: unknown, patch: unknown]>> = {
  'a selector that changes': [
    deployments,
    'd-change',
    deployment('d-change'),
    { spec: { selector: { matchLabels: { app: 'other' } } } },
  ],
  'a claim template that changes': [statefulSets, 'd-set', statefulSet({}), { spec: { serviceName: 'other' } }],
  'a Job template that changes': [
    jobs,
    'd-job',
    job({ suspend: true }),
    { spec: { template: { spec: { containers: [container({ image: 'y' })] } } } },
  ],
  'a claim that changes': [
    claims,
    'd-claim-mode',
    claim({ storageClassName: 'none' }, 'd-claim-mode'),
    { spec: { accessModes: ['ReadOnlyMany'] } },
  ],
  'a claim that shrinks': [
    claims,
    'd-claim-size',
    claim({ storageClassName: 'none' }, 'd-claim-size'),
    { spec: { resources: { requests: { storage: '500Mi' } } } },
  ],
};
const changed: Cases = Object.fromEntries(
  Object.entries(changes).map(([title, [path, name, object, patch]]) => [
    title,
    async ({ ask, prepare }) => {
      await prepare('POST', path, object);
      await ask('PATCH', `${path}/${name}`, patch, { 'content-type': 'application/merge-patch+json' });
    },
  ]),
);

contract('rules', { ...cases, ...changed });
