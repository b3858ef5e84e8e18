/** What the real server fills in where a user says nothing (its `SetDefaults_*` functions; checked against recorded answers). */
import type { KubeObject } from '../../stack/types.ts';
import { type JsonMap as Tree, mapOf as tree } from '../objects/values.ts';
import type { Kind } from '../types.ts';
import { kindOf, schemaOf } from './kinds.ts';
import { withSchemaDefaults } from './schema-defaults.ts';

type Fill = (value: Tree) => Tree;

/**
 * One step after the other: values stand where nothing is said, functions of a field fill in what is there (of a list, each
 * item), and a function alone sees the whole.
 */
const filling =
  (...steps: readonly (Tree | Fill)[]): Fill =>
  (value) =>
    steps.reduce<Tree>((filled, step) => (typeof step === 'function' ? step(filled) : withFields(filled, step)), value);

function withFields(value: Tree, fields: Tree): Tree {
  const result: Record<string, unknown> = { ...value };
  for (const [key, field] of Object.entries(fields)) {
    const given = value[key];
    if (typeof field !== 'function') result[key] = key in value ? given : field;
    else if (Array.isArray(given)) result[key] = given.map((item) => field(tree(item)));
    else if (given !== undefined && given !== null) result[key] = field(tree(given));
  }
  return result;
}

const handler: Fill = filling({
  httpGet: filling({ path: '/', scheme: 'HTTP' }),
  grpc: filling({ service: '' }),
});
const probe: Fill = filling(handler, {
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
});
const fieldReference: Fill = filling({ fieldRef: filling({ apiVersion: 'v1' }) });
const downwardApi: Fill = filling({ items: fieldReference });
const protocol: Fill = filling({ protocol: 'TCP' });

const container: Fill = filling(
  { resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
  (each) => ({ imagePullPolicy: isLatest(String(each['image'] ?? '')) ? 'Always' : 'IfNotPresent', ...each }),
  { livenessProbe: probe, readinessProbe: probe, startupProbe: probe },
  { ports: protocol, env: filling({ valueFrom: fieldReference }) },
  { lifecycle: filling({ preStop: handler, postStart: handler }) },
);

/** A digest names one image for ever; `latest`, or no tag, whatever it is today. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^/]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}

const mode: Fill = filling({ defaultMode: 420 });
const volume: Fill = filling(
  ({ name, ...sources }) => (Object.keys(sources).length === 0 ? { name, emptyDir: {} } : { name, ...sources }),
  { configMap: mode, secret: mode, downwardAPI: filling(mode, downwardApi) },
  {
    projected: filling(mode, {
      sources: filling({ serviceAccountToken: filling({ expirationSeconds: 3600 }), downwardAPI: downwardApi }),
    }),
  },
);

/** Of pods and of templates of pods. */
const podSpec: Fill = filling(
  {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  },
  (spec) => {
    const account = spec['serviceAccountName'] ?? spec['serviceAccount'];
    return account === undefined ? spec : { ...spec, serviceAccountName: account, serviceAccount: account };
  },
  { containers: container, initContainers: container, volumes: volume },
);
const template: Fill = filling({ spec: podSpec });

/** What is limited and not asked for is asked for to its limit. Of pods only, not of templates. */
const asking: Fill = filling({
  resources: (resources: Tree) => {
    const limits = resources['limits'];
    return limits === undefined
      ? resources
      : { ...resources, requests: { ...tree(limits), ...tree(resources['requests']) } };
  },
});

const rolling = (rollingUpdate: Tree): Fill =>
  filling({ type: 'RollingUpdate' }, (strategy) =>
    strategy['type'] === 'RollingUpdate'
      ? { ...strategy, rollingUpdate: { ...rollingUpdate, ...tree(strategy['rollingUpdate']) } }
      : strategy,
  );

const claim: Fill = filling({ spec: filling({ volumeMode: 'Filesystem' }), status: { phase: 'Pending' } });

const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
const binding: Fill = filling({
  roleRef: filling(rbac),
  subjects: (subject: Tree) => (subject['kind'] === 'ServiceAccount' ? subject : { ...rbac, ...subject }),
});

/** A Job without labels is labelled as its pods are. */
function labelledAsItsPods(job: Tree): Tree {
  const { labels } = tree(tree(tree(job['spec'])['template'])['metadata']);
  return labels === undefined ? job : { ...job, metadata: { labels, ...tree(job['metadata']) } };
}

const job: Fill = filling(
  (spec) => (spec['parallelism'] === undefined ? { completions: 1, ...spec } : spec),
  (spec) => ({ podReplacementPolicy: spec['podFailurePolicy'] ? 'Failed' : 'TerminatingOrFailed', ...spec }),
  { parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, manualSelector: false, template },
);

const service: Fill = filling(
  { ports: (port: Tree) => ({ protocol: 'TCP', targetPort: port['port'], ...port }) },
  { sessionAffinity: 'None', type: 'ClusterIP' },
  (spec) => (spec['type'] === 'ExternalName' ? spec : { internalTrafficPolicy: 'Cluster', ...spec }),
);

/** A default limit is also what is asked for, and a largest one is also the default. */
function limit(given: Tree): Tree {
  const most = { ...tree(given['max']), ...tree(given['default']) };
  if (given['type'] !== 'Container' || Object.keys(most).length === 0) return given;
  return {
    ...given,
    default: most,
    defaultRequest: { ...most, ...tree(given['min']), ...tree(given['defaultRequest']) },
  };
}

const byKind: Readonly<Record<string, Fill>> = {
  Pod: filling({ spec: filling(podSpec, { containers: asking, initContainers: asking, enableServiceLinks: true }) }),
  Deployment: filling({
    spec: filling(
      { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {} },
      { template, strategy: rolling({ maxUnavailable: '25%', maxSurge: '25%' }) },
    ),
  }),
  ReplicaSet: filling({ spec: filling({ replicas: 1, template }) }),
  StatefulSet: filling({
    spec: filling(
      { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10 },
      { updateStrategy: {}, persistentVolumeClaimRetentionPolicy: {} },
      { template, updateStrategy: rolling({ partition: 0 }) },
      { persistentVolumeClaimRetentionPolicy: filling({ whenDeleted: 'Retain', whenScaled: 'Retain' }) },
      { volumeClaimTemplates: filling({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, claim) },
    ),
  }),
  Job: filling(labelledAsItsPods, { spec: job }),
  Service: filling({ spec: service }),
  PersistentVolumeClaim: claim,
  PersistentVolume: filling({
    spec: filling({ persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
  }),
  Secret: filling({ type: 'Opaque' }),
  StorageClass: filling({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  LimitRange: filling({ spec: filling({ limits: limit }) }),
  Endpoints: filling({ subsets: filling({ ports: protocol }) }),
  EndpointSlice: filling({ ports: filling({ protocol: 'TCP', name: '' }) }),
};

/** The object with what the server would have filled in; nothing that depends on other objects. */
export function defaulted(kind: Kind, object: KubeObject): KubeObject {
  const fill = kind === kindOf(object.apiVersion, object.kind) ? byKind[kind.kind] : undefined;
  if (fill) return fill(object) as unknown as KubeObject;
  return kind.group.includes('.') && !kind.group.endsWith('.k8s.io')
    ? (withSchemaDefaults(schemaOf(kind), object) as KubeObject)
    : object;
}
