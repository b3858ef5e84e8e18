/** Expected values are what Kubernetes 1.34.4 answered to the same bodies (`?dryRun=All`). */
import { describe, expect, it } from 'vitest';
import { decode } from '../../../source/sandbox/objects/decode.ts';
import { defaulted, kindOf, validate } from '../../../source/sandbox/schema/index.ts';
import type { Kind } from '../../../source/sandbox/types.ts';
import type { KubeObject } from '../../../source/stack/types.ts';

const subdomainWhy =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function made(apiVersion: string, kind: string, rest: object, name = 'sbx-schema'): readonly [Kind, KubeObject] {
  const found = kindOf(apiVersion, kind);
  if (!found) throw new Error(`${apiVersion} ${kind} is not served`);
  return [found, { apiVersion, kind, metadata: { name, namespace: 'default' }, ...rest } as KubeObject];
}

const deployment = (podLabels: object, pod: object) =>
  made('apps/v1', 'Deployment', {
    spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: podLabels }, spec: pod } },
  });

const refused: readonly (readonly [what: string, body: readonly [Kind, KubeObject], causes: readonly string[]])[] = [
  [
    'a bad name and a bad key',
    made('v1', 'ConfigMap', { data: { 'a/b': 'x' } }, 'Bad_Name'),
    [
      `metadata.name: Invalid value: "Bad_Name": ${subdomainWhy}`,
      `data[a/b]: Invalid value: "a/b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
    ],
  ],
  [
    'labels that the selector does not match',
    deployment({ a: 'c' }, { containers: [{ name: 'c', image: 'nginx:1.27' }] }),
    ['spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`'],
  ],
  [
    'a container with four faults',
    made('v1', 'Pod', {
      spec: {
        containers: [
          {
            name: 'c',
            ports: [{ containerPort: 70_000 }],
            env: [{ name: '1=x', value: 'y' }],
            volumeMounts: [{ name: 'none', mountPath: '/x' }],
          },
        ],
      },
    }),
    [
      'spec.containers[0].image: Required value',
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      `spec.containers[0].env[0].name: Invalid value: "1=x": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      'spec.containers[0].volumeMounts[0].name: Not found: "none"',
    ],
  ],
  [
    'a Job whose pods always restart',
    made('batch/v1', 'Job', { spec: { template: { spec: { containers: [{ name: 'c', image: 'x' }] } } } }),
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    'an empty claim',
    made('v1', 'PersistentVolumeClaim', { spec: {} }),
    ['spec.accessModes: Required value: at least 1 access mode is required', 'spec.resources[storage]: Required value'],
  ],
  [
    'an Ingress with a bad host and a relative path',
    made('networking.k8s.io/v1', 'Ingress', {
      spec: {
        rules: [
          {
            host: 'A_b',
            http: {
              paths: [{ path: 'x', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
            },
          },
        ],
      },
    }),
    [
      `spec.rules[0].host: Invalid value: "A_b": ${subdomainWhy}`,
      'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path',
    ],
  ],
  [
    'a Deployment that says nothing',
    made('apps/v1', 'Deployment', { spec: {} }),
    [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
      'spec.template.spec.containers: Required value',
    ],
  ],
  [
    'a probe without a handler, and an unknown restartPolicy',
    made('v1', 'Pod', {
      spec: {
        containers: [{ name: 'c', image: 'x', livenessProbe: { periodSeconds: -1, successThreshold: 2 } }],
        restartPolicy: 'Some',
      },
    }),
    [
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
      'spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
      'spec.restartPolicy: Unsupported value: "Some": supported values: "Always", "OnFailure", "Never"',
    ],
  ],
  [
    'a Lease that is over at once',
    made('coordination.k8s.io/v1', 'Lease', { spec: { leaseDurationSeconds: 0 } }),
    ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
  ],
];

describe('validate', () => {
  it.each(refused)('refuses %s', (_, [kind, object], causes) => {
    const found = validate(kind, defaulted(kind, object));
    expect(found.map(({ field, message }) => `${field}: ${message}`)).toEqual(causes);
  });
});

describe('defaulted', () => {
  it('fills a Deployment', () => {
    const limits = { cpu: '100m', memory: '64Mi' };
    const [kind, object] = deployment(
      { a: 'b' },
      {
        containers: [
          {
            name: 'c',
            image: 'nginx:1.27',
            ports: [{ containerPort: 80 }],
            readinessProbe: { httpGet: { port: 80 } },
            resources: { limits },
          },
        ],
        volumes: [{ name: 'v', configMap: { name: 'x' } }],
      },
    );
    const filled = defaulted(kind, object);
    expect(filled['spec']).toEqual({
      replicas: 1,
      selector: { matchLabels: { a: 'b' } },
      template: {
        metadata: { labels: { a: 'b' } },
        spec: {
          volumes: [{ name: 'v', configMap: { name: 'x', defaultMode: 420 } }],
          containers: [
            {
              name: 'c',
              image: 'nginx:1.27',
              ports: [{ containerPort: 80, protocol: 'TCP' }],
              resources: { limits },
              readinessProbe: {
                httpGet: { path: '/', port: 80, scheme: 'HTTP' },
                timeoutSeconds: 1,
                periodSeconds: 10,
                successThreshold: 1,
                failureThreshold: 3,
              },
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              imagePullPolicy: 'IfNotPresent',
            },
          ],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          securityContext: {},
          schedulerName: 'default-scheduler',
        },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
    expect(validate(kind, filled)).toEqual([]);
    expect(decode(kind, filled).warnings).toEqual([]);
  });
});
