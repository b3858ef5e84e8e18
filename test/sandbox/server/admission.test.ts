/** What admission refuses and fills in. Texts were recorded from a kube-apiserver 1.34.4; Sealos' own from its sources. */
import { describe, expect, test } from 'vitest';
import { createStore, StatusError } from '../../../source/sandbox/objects/index.ts';
import { defaulted } from '../../../source/sandbox/schema/index.ts';
import { usedOf } from '../../../source/sandbox/server/admission/quota.ts';
import { createAdmission, type Platform } from '../../../source/sandbox/server/index.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { admin, kind } from './support.ts';

const namespace = 'ns-a';
const labels = {
  'pod-security.kubernetes.io/enforce': 'baseline',
  'pod-security.kubernetes.io/enforce-version': 'v1.25',
  'pod-security.kubernetes.io/warn': 'restricted',
};
const user = { name: 'system:serviceaccount:user-system:a', groups: [] };

function town(objects: readonly object[] = [], platform: Partial<Platform> = {}) {
  const store = createStore();
  store.put(kind('v1', 'Namespace'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
  const put = (object: object) => {
    const whole = { ...object, metadata: { namespace, ...(object as KubeObject).metadata } } as KubeObject;
    return store.put(kind(whole.apiVersion, whole.kind), whole);
  };
  objects.forEach(put);
  const given = { balance: () => 1, domain: 'apps.test', deniedDomains: ['io.test'], ...platform };
  const admission = createAdmission({ store, platform: given });
  const warnings: string[] = [];
  const admit = (object: object, more: object = {}): KubeObject | string => {
    const whole = { ...object, metadata: { namespace, ...(object as KubeObject).metadata } } as KubeObject;
    try {
      return admission.admit({
        operation: 'CREATE',
        kind: kind(whole.apiVersion, whole.kind),
        namespace,
        name: whole.metadata.name,
        object: defaulted(kind(whole.apiVersion, whole.kind), whole),
        user,
        dryRun: false,
        warn: (text) => warnings.push(text),
        ...more,
      });
    } catch (error) {
      if (error instanceof StatusError) return `${error.status.code} ${error.status.message}`;
      throw error;
    }
  };
  return { store, put, admit, warnings };
}

const container = (name: string, limits?: object, requests?: object) => ({
  name,
  image: 'x',
  resources: { limits, requests },
});
const pod = (spec: object, name = 'p') => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
const ofContainers = (...containers: object[]) => pod({ containers });
const quotaOf = (hard: object) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q' },
  spec: { hard },
});
const claim = (storage: string, name = 'c') => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});

describe('quota', () => {
  const hard = {
    pods: '1',
    'limits.cpu': '1',
    'limits.memory': '1Gi',
    'requests.storage': '1Gi',
    'services.nodeports': '0',
    'count/configmaps': '1',
    secrets: '0',
  };

  test.each([
    [
      ofContainers(container('a'), container('b', { cpu: '100m' })),
      'pods "p" is forbidden: failed quota: q: must specify limits.cpu for: a; limits.memory for: a,b',
    ],
    [
      ofContainers(
        container('a', { cpu: '1500m', memory: '1.5Gi' }),
        container('b', { cpu: '1500m', memory: '1000M' }),
      ),
      'pods "p" is forbidden: exceeded quota: q, requested: limits.cpu=3,limits.memory=2610612736, used: limits.cpu=0,limits.memory=0, limited: limits.cpu=1,limits.memory=1Gi',
    ],
    [
      claim('2Gi'),
      'persistentvolumeclaims "c" is forbidden: exceeded quota: q, requested: requests.storage=2Gi, used: requests.storage=0, limited: requests.storage=1Gi',
    ],
    [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'c' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } },
      'services "c" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0',
    ],
    [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c' } },
      'secrets "c" is forbidden: exceeded quota: q, requested: secrets=1, used: secrets=0, limited: secrets=0',
    ],
  ])('refuses %#', (object, message) => {
    expect(town([quotaOf(hard)]).admit(object)).toBe(`403 ${message}`);
  });

  test('counts what is there, and forgets what has ended', () => {
    const { put, admit } = town([quotaOf(hard)]);
    const used = ofContainers(container('a', { cpu: '500m', memory: '500Mi' }));
    put(used);
    const second = pod({ containers: [container('a', { cpu: '600m', memory: '600Mi' })] }, 'second');
    expect(admit(second)).toBe(
      '403 pods "second" is forbidden: exceeded quota: q, requested: limits.cpu=600m,limits.memory=600Mi,pods=1, used: limits.cpu=500m,limits.memory=500Mi,pods=1, limited: limits.cpu=1,limits.memory=1Gi,pods=1',
    );
    put({ ...used, status: { phase: 'Succeeded' } });
    expect(admit(second)).toBeTypeOf('object');
  });

  test('a change pays for what it adds only', () => {
    const { put, admit } = town([quotaOf(hard)]);
    const before = put(claim('1Gi'));
    expect(admit(claim('1Gi'), { operation: 'UPDATE', before })).toBeTypeOf('object');
    expect(admit(claim('1536Mi'), { operation: 'UPDATE', before })).toBe(
      '403 persistentvolumeclaims "c" is forbidden: exceeded quota: q, requested: requests.storage=512Mi, used: requests.storage=1Gi, limited: requests.storage=1Gi',
    );
  });

  test('an init container that needs more counts instead of the others, a sidecar with them', () => {
    const { put, store } = town();
    const init = [container('i', { cpu: '3' }), { ...container('s', { cpu: '1' }), restartPolicy: 'Always' }];
    put(pod({ containers: [container('a', { cpu: '1' })], initContainers: init }));
    expect(usedOf(store, namespace, { 'limits.cpu': '9' })).toEqual({ 'limits.cpu': 3 });
    put(pod({ containers: [container('a', { cpu: '2500m' })], initContainers: init }, 'other'));
    const hard = { 'limits.cpu': '9', pods: '9', 'objectstorage/size': '20Gi' };
    expect(usedOf(store, namespace, hard)).toEqual({ 'limits.cpu': 6.5, pods: 2 });
  });
});

describe('limit range', () => {
  const range = (...limits: object[]) => ({
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'l' },
    spec: { limits },
  });

  test('gives defaults, and says which', () => {
    const limits = { cpu: '50m', memory: '64Mi' };
    const { admit } = town([range({ type: 'Container', default: limits, defaultRequest: limits })]);
    const admitted = admit(
      pod({ containers: [container('a')], initContainers: [container('i', { cpu: '1' }, { cpu: '1' })] }),
    );
    expect(admitted).toMatchObject({
      metadata: {
        annotations: {
          'kubernetes.io/limit-ranger':
            'LimitRanger plugin set: cpu, memory request for container a; cpu, memory limit for container a; memory request for init container i; memory limit for init container i',
        },
      },
      spec: {
        containers: [{ resources: { limits, requests: limits } }],
        initContainers: [{ resources: { limits: { cpu: '1', memory: '64Mi' } } }],
      },
    });
  });

  test.each([
    [
      ofContainers(container('a', { cpu: '5', memory: '1Mi' }, { cpu: '5m', memory: '1Mi' })),
      'pods "p" is forbidden: [minimum cpu usage per Container is 100m, but request is 5m, minimum memory usage per Container is 10Mi, but request is 1Mi, maximum cpu usage per Container is 1, but limit is 5]',
    ],
    [
      ofContainers(container('a')),
      'pods "p" is forbidden: [minimum cpu usage per Container is 100m.  No request is specified, minimum memory usage per Container is 10Mi.  No request is specified, maximum cpu usage per Container is 1.  No limit is specified, maximum memory usage per Container is 1Gi.  No limit is specified]',
    ],
    [
      claim('3Gi'),
      'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    ],
  ])('refuses %#', (object, message) => {
    const limits = range(
      {
        type: 'Container',
        min: { cpu: '100m', memory: '10Mi' },
        max: { cpu: '1', memory: '1Gi' },
        default: {},
        defaultRequest: {},
      },
      { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
    );
    expect(town([limits]).admit(object)).toBe(`403 ${message}`);
  });
});

test('a claim without a class gets the one that is for all', () => {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  const { put, admit } = town();
  expect(admit(claim('1Gi'))).not.toHaveProperty('spec.storageClassName');
  for (const metadata of [{ name: 'other' }, { name: 'usual', annotations }])
    put({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { ...metadata, namespace: undefined } });
  expect(admit(claim('1Gi'))).toHaveProperty('spec.storageClassName', 'usual');
  const own = claim('1Gi');
  const named = { ...own, spec: { ...own.spec, storageClassName: 'other' } };
  expect(admit(named)).toHaveProperty('spec.storageClassName', 'other');
});

describe('pod security', () => {
  test.each([
    [
      { containers: [{ name: 'a', image: 'x', securityContext: { privileged: true } }] },
      'privileged (container "a" must not set securityContext.privileged=true)',
    ],
    [
      { hostNetwork: true, hostPID: true, containers: [{ name: 'a', image: 'x' }] },
      'host namespaces (hostNetwork=true, hostPID=true)',
    ],
    [
      {
        containers: [
          { name: 'a', image: 'x', ports: [{ hostPort: 80 }, { hostPort: 81 }] },
          { name: 'b', image: 'x', ports: [{ hostPort: 82 }] },
        ],
        volumes: [{ name: 'v', hostPath: { path: '/x' } }],
      },
      'hostPath volumes (volume "v"), hostPort (containers "a", "b" use hostPorts 80, 81, 82)',
    ],
    [
      {
        initContainers: [{ name: 'i', image: 'x', securityContext: { privileged: true } }],
        containers: [{ name: 'a', image: 'x', securityContext: { privileged: true } }],
      },
      'privileged (containers "i", "a" must not set securityContext.privileged=true)',
    ],
    [
      {
        containers: [
          { name: 'a', image: 'x', securityContext: { capabilities: { add: ['SYS_ADMIN', 'CHOWN', 'NET_ADMIN'] } } },
        ],
      },
      'non-default capabilities (container "a" must not include "NET_ADMIN", "SYS_ADMIN" in securityContext.capabilities.add)',
    ],
  ])('refuses %#', (spec, why) => {
    expect(town().admit(pod(spec))).toBe(`403 pods "p" is forbidden: violates PodSecurity "baseline:v1.25": ${why}`);
  });

  test('warns of what it lets pass, for pods and for who makes them', () => {
    const text = (who: string) =>
      `would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (${who} must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (${who} must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or ${who} must set securityContext.runAsNonRoot=true), seccompProfile (pod or ${who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`;
    const { admit, warnings } = town();
    admit(ofContainers({ name: 'a', image: 'x' }, { name: 'b', image: 'x' }));
    const template = {
      metadata: { labels: { app: 'd' } },
      spec: { containers: [{ name: 'a', image: 'x', securityContext: { privileged: true } }] },
    };
    admit({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { app: 'd' } }, template },
    });
    expect(warnings).toEqual([
      text('containers "a", "b"'),
      text('container "a"').replace(
        ': allow',
        ': privileged (container "a" must not set securityContext.privileged=true), allow',
      ),
    ]);
  });

  test('a pod may settle it for its containers', () => {
    const { admit, warnings } = town();
    const own = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    const securityContext = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
    admit(pod({ securityContext, containers: [{ name: 'a', image: 'x', securityContext: own }] }));
    expect(warnings).toEqual([]);
  });
});

describe('the platform', () => {
  const ingress = (host: string) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i' },
    spec: { rules: [{ host }] },
  });
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } };

  test('in debt, users change nothing, and still delete; others are not asked', () => {
    const { admit } = town([], { balance: () => -1.234 });
    expect(admit(map)).toBe(
      '403 admission webhook "debt.sealos.io" denied the request: 40001: account balance less than 0, now account is -1.23¥. Please recharge the user a.',
    );
    expect(admit(map, { operation: 'DELETE', before: map })).toBeTypeOf('object');
    expect(admit(map, { user: admin })).toBeTypeOf('object');
  });

  test.each([
    ['x.apps.test', undefined],
    ['x.io.test', '40303: ingress host x.io.test is under forbidden domain suffix io.test'],
    ['example.com', 'lookup example.com: no such host'],
    [
      'taken.apps.test',
      '40301: ingress host taken.apps.test is owned by other user, you can not create ingress with same host.',
    ],
  ])('a host %s', (host, why) => {
    const { admit, put } = town();
    const taken = ingress('taken.apps.test');
    put({ ...taken, metadata: { ...taken.metadata, namespace: 'ns-b' } });
    const answer = admit(ingress(host));
    if (why) expect(answer).toBe(`403 admission webhook "vingress.sealos.io" denied the request: ${why}`);
    else expect(answer).toBeTypeOf('object');
  });

  test('quota and namespace are not the users’ to change', () => {
    const { admit } = town();
    const quota = { ...quotaOf({}), metadata: { name: 'quota-ns-a' } };
    for (const operation of ['UPDATE', 'DELETE'])
      expect(admit(quota, { operation, before: quota })).toBe(
        `403 admission webhook "debt.sealos.io" denied the request: ns ns-a request ResourceQuota ${operation} permission denied`,
      );
    const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    expect(admit(own, { operation: 'UPDATE', before: own })).toMatch(/user can not update namespace$/);
  });
});
