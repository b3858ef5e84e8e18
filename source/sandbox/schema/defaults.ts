/** What the real server fills in where a user says nothing (its `SetDefaults_*` functions; checked against recorded answers). */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind } from '../types.ts';
import { kindOf, schemaOf } from './kinds.ts';
import { withSchemaDefaults } from './schema-defaults.ts';

type Tree = Readonly<Record<string, unknown>>;

const none: Tree = {};
const tree = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : none);
/** `defaults` where `value` says nothing. */
const filled = (value: unknown, defaults: Tree): Tree => ({ ...defaults, ...tree(value) });
/** Changes a field that is there. */
const within = (value: Tree, key: string, change: (inner: Tree) => Tree): Tree =>
  value[key] === undefined || value[key] === null ? value : { ...value, [key]: change(tree(value[key])) };
const each = (value: Tree, key: string, change: (item: Tree) => Tree): Tree =>
  Array.isArray(value[key]) ? { ...value, [key]: value[key].map((item) => change(tree(item))) } : value;

const templateFields = (spec: Tree): Tree => within(spec, 'template', (template) => within(template, 'spec', podSpec));

const byKind: Readonly<Record<string, (object: Tree) => Tree>> = {
  Pod: (pod) =>
    filled(
      within(pod, 'spec', (spec) => filled(withRequests(podSpec(spec)), { enableServiceLinks: true })),
      {
        status: { phase: 'Pending' },
      },
    ),
  Deployment: (object) =>
    within(object, 'spec', (spec) => {
      const filledSpec = filled(templateFields(spec), {
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: {},
      });
      return within(filledSpec, 'strategy', rolling({ maxUnavailable: '25%', maxSurge: '25%' }));
    }),
  ReplicaSet: (object) => within(object, 'spec', (spec) => filled(templateFields(spec), { replicas: 1 })),
  StatefulSet: (object) =>
    within(object, 'spec', (spec) => {
      const filledSpec = filled(templateFields(spec), {
        replicas: 1,
        podManagementPolicy: 'OrderedReady',
        revisionHistoryLimit: 10,
        updateStrategy: {},
        persistentVolumeClaimRetentionPolicy: {},
      });
      const updating = within(filledSpec, 'updateStrategy', rolling({ partition: 0 }));
      const retaining = within(updating, 'persistentVolumeClaimRetentionPolicy', (policy) =>
        filled(policy, { whenDeleted: 'Retain', whenScaled: 'Retain' }),
      );
      return each(retaining, 'volumeClaimTemplates', (claim) =>
        claimFields(filled(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' })),
      );
    }),
  Job: (object) =>
    within(labelledAsItsPods(object), 'spec', (spec) => {
      const { completions, parallelism } = spec;
      const counts = completions === undefined && parallelism === undefined ? { completions: 1 } : none;
      return filled(templateFields(spec), {
        ...counts,
        parallelism: 1,
        backoffLimit: 6,
        completionMode: 'NonIndexed',
        suspend: false,
        manualSelector: false,
        podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
      });
    }),
  Service: (object) =>
    within(object, 'spec', (spec) => {
      const ports = each(spec, 'ports', (port) => filled(port, { protocol: 'TCP', targetPort: port['port'] }));
      const inside = spec['type'] === 'ExternalName' ? none : { internalTrafficPolicy: 'Cluster' };
      return filled(ports, { sessionAffinity: 'None', type: 'ClusterIP', ...inside });
    }),
  PersistentVolumeClaim: (object) => claimFields(object),
  PersistentVolume: (object) =>
    filled(
      within(object, 'spec', (spec) =>
        filled(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
      ),
      { status: { phase: 'Pending' } },
    ),
  Secret: (object) => filled(object, { type: 'Opaque' }),
  Namespace: (object) =>
    filled(filled(object, { spec: { finalizers: ['kubernetes'] } }), { status: { phase: 'Active' } }),
  StorageClass: (object) => filled(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  RoleBinding: bindingFields,
  ClusterRoleBinding: bindingFields,
  LimitRange: (object) => within(object, 'spec', (spec) => each(spec, 'limits', limitFields)),
  Endpoints: (object) => each(object, 'subsets', (subset) => each(subset, 'ports', withProtocol)),
  EndpointSlice: (object) => each(object, 'ports', (port) => filled(withProtocol(port), { name: '' })),
};

/** The object with what the server would have filled in; nothing that depends on other objects. */
export function defaulted(kind: Kind, object: KubeObject): KubeObject {
  const fill = kind === kindOf(object.apiVersion, object.kind) ? byKind[kind.kind] : undefined;
  if (fill) return withoutUndefined(fill(object)) as unknown as KubeObject;
  return kind.group.includes('.') && !kind.group.endsWith('.k8s.io')
    ? (withSchemaDefaults(schemaOf(kind), object) as KubeObject)
    : object;
}

const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

const rolling =
  (rollingUpdate: Tree) =>
  (strategy: Tree): Tree => {
    const typed = filled(strategy, { type: 'RollingUpdate' });
    return typed['type'] === 'RollingUpdate'
      ? { ...typed, rollingUpdate: filled(typed['rollingUpdate'], rollingUpdate) }
      : typed;
  };

function claimFields(claim: Tree): Tree {
  const mode = within(claim, 'spec', (spec) => filled(spec, { volumeMode: 'Filesystem' }));
  return filled(mode, { status: { phase: 'Pending' } });
}

function bindingFields(object: Tree): Tree {
  const group = 'rbac.authorization.k8s.io';
  const role = within(object, 'roleRef', (roleRef) => filled(roleRef, { apiGroup: group }));
  return each(role, 'subjects', (subject) =>
    subject['kind'] === 'ServiceAccount' ? subject : filled(subject, { apiGroup: group }),
  );
}

function labelledAsItsPods(job: Tree): Tree {
  const pods = tree(tree(tree(job['spec'])['template'])['metadata'])['labels'];
  return pods === undefined ? job : within(job, 'metadata', (metadata) => filled(metadata, { labels: pods }));
}

/** A default limit is also what is asked for, and a largest one is also the default. */
function limitFields(limit: Tree): Tree {
  if (limit['type'] !== 'Container') return limit;
  const most = filled(limit['default'], tree(limit['max']));
  const asked = filled(limit['defaultRequest'], { ...most, ...tree(limit['min']) });
  return { ...limit, ...(Object.keys(most).length > 0 && { default: most, defaultRequest: asked }) };
}

const withProtocol = (port: Tree): Tree => filled(port, { protocol: 'TCP' });

/** Of pods and of templates of pods. */
function podSpec(spec: Tree): Tree {
  const whole = filled(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  const account = whole['serviceAccountName'] ?? whole['serviceAccount'];
  const named = account === undefined ? whole : { ...whole, serviceAccountName: account, serviceAccount: account };
  const containers = each(each(named, 'containers', containerFields), 'initContainers', containerFields);
  return each(containers, 'volumes', volumeFields);
}

function containerFields(container: Tree): Tree {
  const image = String(container['image'] ?? '');
  let whole = filled(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isLatest(image) ? 'Always' : 'IfNotPresent',
  });
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) whole = within(whole, probe, probeFields);
  whole = each(whole, 'ports', withProtocol);
  whole = each(whole, 'env', (env) => within(env, 'valueFrom', fieldReference));
  return within(whole, 'lifecycle', (lifecycle) =>
    within(within(lifecycle, 'preStop', handlerFields), 'postStart', handlerFields),
  );
}

/** A digest names one image for ever; `latest`, or no tag, whatever it is today. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^/]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}

const handlerFields = (handler: Tree): Tree =>
  within(
    within(handler, 'httpGet', (get) => filled(get, { path: '/', scheme: 'HTTP' })),
    'grpc',
    (grpc) => filled(grpc, { service: '' }),
  );

const probeFields = (probe: Tree): Tree =>
  filled(handlerFields(probe), { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });

const fieldReference = (from: Tree): Tree => within(from, 'fieldRef', (field) => filled(field, { apiVersion: 'v1' }));

const mode = (source: Tree): Tree => filled(source, { defaultMode: 420 });
function volumeFields(volume: Tree): Tree {
  const { name: _, ...sources } = volume;
  let whole = Object.keys(sources).length === 0 ? { ...volume, emptyDir: {} } : volume;
  for (const source of ['configMap', 'secret']) whole = within(whole, source, mode);
  whole = within(whole, 'downwardAPI', (source) => mode(each(source, 'items', fieldReference)));
  return within(whole, 'projected', (source) =>
    each(mode(source), 'sources', (item) =>
      within(
        within(item, 'serviceAccountToken', (token) => filled(token, { expirationSeconds: 3600 })),
        'downwardAPI',
        (api) => each(api, 'items', fieldReference),
      ),
    ),
  );
}

/** What is limited and not asked for is asked for to its limit. Of pods only, not of templates. */
function withRequests(spec: Tree): Tree {
  const asking = (container: Tree): Tree =>
    within(container, 'resources', (resources) =>
      resources['limits'] === undefined
        ? resources
        : { ...resources, requests: filled(resources['requests'], tree(resources['limits'])) },
    );
  return each(each(spec, 'containers', asking), 'initContainers', asking);
}
