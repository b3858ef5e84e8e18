/**
 * The custom resources of Sealos and KubeBlocks. The reduced definitions here were written from the field lists of
 * `sealos-platform.md` section 4: field names, enums and what is required are those of the originals, descriptions and
 * deeper validation are left out. Where the originals lie in `../shared/crds` beside the repository, they are used.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Api, KubeObject } from './api.ts';
import { type KubeblocksVersion, repository } from './layout.ts';
import { waitFor } from './waiting.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const whole: Schema = { type: 'integer', format: 'int64' };
const quantity: Schema = { 'x-kubernetes-int-or-string': true };
const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const texts: Schema = { type: 'array', items: text };
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
function fields(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, ...(required.length ? { required } : {}) };
}

interface Definition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly spec: Schema;
  readonly status: Schema;
  readonly scope?: 'Cluster';
  readonly shortNames?: readonly string[];
  readonly columns?: readonly (readonly [name: string, path: string])[];
}

function definitionOf({ group, version, kind, spec, status, scope, shortNames, columns = [] }: Definition): KubeObject {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: scope ?? 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular, ...(shortNames ? { shortNames } : {}) },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns.map(([name, jsonPath]) => ({ name, jsonPath, type: 'string' })),
          schema: {
            openAPIV3Schema: fields({ apiVersion: text, kind: text, metadata: { type: 'object' }, spec, status }),
          },
        },
      ],
    },
  } as KubeObject;
}

const displayType = oneOf('normal', 'more', 'hidden');
const menuData = listOf(fields({ link: text, name: text }));
const appData = fields({ desc: text, url: text });
const appTexts = fields({ data: appData, displayType, icon: text, menuData, name: text, type: text });
const inTemplateLanguage = fields({
  description: text,
  gitRepo: text,
  icon: text,
  readme: text,
  title: text,
  url: text,
});

const sealos: readonly Definition[] = [
  {
    group: 'app.sealos.io',
    version: 'v1',
    kind: 'App',
    spec: fields({
      ...{ data: appData, displayType, i18n: mapOf(appTexts), icon: text, menuData, name: text, type: text },
      position: { type: 'number' },
    }),
    status: fields({}),
  },
  {
    group: 'app.sealos.io',
    version: 'v1',
    kind: 'Instance',
    spec: {
      ...fields(
        {
          ...{
            author: text,
            categories: texts,
            description: text,
            draft: flag,
            gitRepo: text,
            icon: text,
            locale: text,
          },
          ...{ readme: text, templateType: text, title: text, url: text, i18n: mapOf(inTemplateLanguage) },
          defaults: mapOf(fields({ type: text, value: text }, ['type', 'value'])),
          inputs: mapOf(fields({ default: text, description: text, required: flag, type: text }, ['type'])),
        },
        ['templateType', 'title'],
      ),
      'x-kubernetes-validations': [{ message: 'defaults must have app_name key', rule: "'app_name' in self.defaults" }],
    },
    status: fields({}),
  },
  {
    group: 'objectstorage.sealos.io',
    version: 'v1',
    kind: 'ObjectStorageBucket',
    spec: fields({ policy: { ...oneOf('private', 'publicRead', 'publicReadwrite'), default: 'private' } }),
    status: fields({ name: text, size: whole }),
  },
  {
    group: 'objectstorage.sealos.io',
    version: 'v1',
    kind: 'ObjectStorageUser',
    spec: fields({ secretKeyVersion: { ...whole, default: 0 } }),
    status: fields({
      ...{ accessKey: text, secretKey: text, external: text, internal: text },
      ...{ objectsCount: whole, quota: whole, size: whole, secretKeyVersion: { ...whole, default: 0 } },
    }),
  },
];

const affinity = fields({
  nodeLabels: mapOf(text),
  podAntiAffinity: oneOf('Preferred', 'Required'),
  tenancy: oneOf('SharedNode', 'DedicatedNode'),
  topologyKeys: texts,
});
const tolerations = listOf(fields({ effect: text, key: text, operator: text, tolerationSeconds: whole, value: text }));
const phase = oneOf('Creating', 'Running', 'Updating', 'Stopping', 'Stopped', 'Deleting', 'Failed', 'Abnormal');
const conditions = listOf(
  fields(
    {
      lastTransitionTime: text,
      message: text,
      observedGeneration: whole,
      reason: text,
      status: oneOf('True', 'False', 'Unknown'),
      type: text,
    },
    ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
  ),
);
const claimTemplates = listOf(
  fields(
    {
      name: text,
      spec: fields({
        accessModes: texts,
        resources: fields({ limits: mapOf(quantity), requests: mapOf(quantity) }),
        storageClassName: text,
        volumeMode: text,
      }),
    },
    ['name'],
  ),
);

const componentIn08 = {
  ...{
    affinity,
    classDefRef: anything,
    componentDef: text,
    componentDefRef: text,
    enabledLogs: texts,
    instances: texts,
    issuer: anything,
  },
  ...{
    monitor: flag,
    noCreatePDB: flag,
    nodes: texts,
    replicas: { ...whole, minimum: 0 },
    rsmTransformPolicy: oneOf('ToPod', 'ToSts'),
  },
  name: { ...text, maxLength: 22, pattern: '^[a-z]([a-z0-9\\-]*[a-z0-9])?$' },
  resources: fields({ limits: mapOf(quantity), requests: mapOf(quantity), claims: listOf(anything) }),
  ...{
    serviceAccountName: text,
    serviceRefs: listOf(anything),
    services: listOf(anything),
    switchPolicy: fields({ type: oneOf('Noop') }),
  },
  ...{
    tls: flag,
    tolerations,
    updateStrategy: oneOf('Serial', 'BestEffortParallel', 'Parallel'),
    userResourceRefs: anything,
  },
  volumeClaimTemplates: claimTemplates,
};
const { rsmTransformPolicy: _only08, nodes: _nodes, ...componentInBoth } = componentIn08;
const componentIn09 = {
  ...componentInBoth,
  ...{
    annotations: mapOf(text),
    labels: mapOf(text),
    disableExporter: flag,
    env: listOf(anything),
    instanceUpdateStrategy: anything,
  },
  ...{
    instances: listOf(anything),
    offlineInstances: texts,
    parallelPodManagementConcurrency: quantity,
    podUpdatePolicy: text,
  },
  ...{
    schedulingPolicy: anything,
    serviceVersion: text,
    stop: flag,
    systemAccounts: listOf(anything),
    volumes: listOf(anything),
  },
};

function kubeblocksCluster(
  component: Readonly<Record<string, Schema>>,
  more: Readonly<Record<string, Schema>>,
): Definition {
  return {
    group: 'apps.kubeblocks.io',
    version: 'v1alpha1',
    kind: 'Cluster',
    spec: fields(
      {
        ...{
          affinity,
          availabilityPolicy: oneOf('zone', 'node', 'none'),
          backup: anything,
          clusterDefinitionRef: text,
        },
        ...{
          clusterVersionRef: text,
          componentSpecs: listOf(fields(component, ['replicas'])),
          network: anything,
          replicas: whole,
        },
        ...{ resources: anything, services: listOf(anything), shardingSpecs: listOf(anything), storage: anything },
        ...{ tenancy: oneOf('SharedNode', 'DedicatedNode'), tolerations, ...more },
        terminationPolicy: oneOf('DoNotTerminate', 'Halt', 'Delete', 'WipeOut'),
      },
      ['terminationPolicy'],
    ),
    status: fields({
      ...{ clusterDefGeneration: whole, conditions, message: text, observedGeneration: whole, phase },
      components: mapOf(
        fields({ message: mapOf(text), phase, podsReady: flag, podsReadyTime: text, membersStatus: listOf(anything) }),
      ),
    }),
    columns: [
      ['CLUSTER-DEFINITION', '.spec.clusterDefinitionRef'],
      ['VERSION', '.spec.clusterVersionRef'],
      ['TERMINATION-POLICY', '.spec.terminationPolicy'],
      ['STATUS', '.status.phase'],
    ],
  };
}

const opsTypes = [
  'Upgrade',
  'VerticalScaling',
  'VolumeExpansion',
  'HorizontalScaling',
  'Restart',
  'Reconfiguring',
  'Start',
  'Stop',
];
const opsPhases = ['Pending', 'Creating', 'Running', 'Cancelling', 'Cancelled', 'Failed', 'Succeed'];

function opsRequest(
  phases: readonly string[],
  types: readonly string[],
  more: Readonly<Record<string, Schema>>,
  required: readonly string[],
): Definition {
  const component = { componentName: text };
  return {
    group: 'apps.kubeblocks.io',
    version: 'v1alpha1',
    kind: 'OpsRequest',
    shortNames: ['ops'],
    spec: fields(
      {
        ...{
          clusterRef: text,
          type: oneOf(...types, 'Expose', 'Switchover', 'DataScript', 'Backup', 'Restore', 'Custom'),
          cancel: flag,
        },
        ttlSecondsAfterSucceed: whole,
        restart: listOf(fields(component, ['componentName'])),
        horizontalScaling: listOf(fields({ ...component, replicas: whole }, ['componentName'])),
        verticalScaling: listOf(
          fields({ ...component, limits: mapOf(quantity), requests: mapOf(quantity) }, ['componentName']),
        ),
        volumeExpansion: listOf(
          fields(
            {
              ...component,
              volumeClaimTemplates: listOf(fields({ name: text, storage: quantity }, ['name', 'storage'])),
            },
            ['componentName'],
          ),
        ),
        ...more,
      },
      required,
    ),
    status: fields({
      ...{
        phase: oneOf(...phases),
        progress: text,
        observedGeneration: whole,
        clusterGeneration: whole,
        startTimestamp: text,
      },
      ...{ completionTimestamp: text, components: mapOf(anything), conditions },
    }),
    columns: [
      ['TYPE', '.spec.type'],
      ['CLUSTER', '.spec.clusterRef'],
      ['STATUS', '.status.phase'],
      ['PROGRESS', '.status.progress'],
    ],
  };
}

/** Kinds of which only the presence, and little else, tells something. */
function plain(group: string, kind: string, scope?: 'Cluster'): Definition {
  return { group, version: 'v1alpha1', kind, spec: anything, status: anything, ...(scope ? { scope } : {}) };
}

const kubeblocksCommon = [
  plain('apps.kubeblocks.io', 'ClusterDefinition', 'Cluster'),
  plain('apps.kubeblocks.io', 'ClusterVersion', 'Cluster'),
];

const kubeblocks: Readonly<Record<KubeblocksVersion, readonly Definition[]>> = {
  '0.8.2': [
    kubeblocksCluster(componentIn08, { monitor: anything }),
    opsRequest(opsPhases, opsTypes, { ttlSecondsBeforeAbort: whole }, ['clusterRef', 'type']),
    plain('workloads.kubeblocks.io', 'ReplicatedStateMachine'),
    ...kubeblocksCommon,
  ],
  '0.9.5': [
    kubeblocksCluster(componentIn09, { topology: text, schedulingPolicy: anything, runtimeClassName: text }),
    opsRequest(
      [...opsPhases, 'Aborted'],
      [...opsTypes, 'RebuildInstance'],
      {
        ...{
          clusterName: text,
          force: flag,
          enqueueOnForce: flag,
          timeoutSeconds: whole,
          preConditionDeadlineSeconds: whole,
        },
        ...{ ttlSecondsAfterUnsuccessfulCompletion: whole, start: listOf(anything), stop: listOf(anything) },
      },
      ['type'],
    ),
    plain('workloads.kubeblocks.io', 'InstanceSet'),
    plain('apps.kubeblocks.io', 'ComponentVersion', 'Cluster'),
    ...kubeblocksCommon,
  ],
};

/** Some of them continue on lines that are indented too little, which this parser refuses and Kubernetes' own takes. */
const longDescription = /^ *description: '(?:[^']|'')*'\n/gm;

async function originals(prefix: RegExp): Promise<KubeObject[]> {
  const folder = join(repository, '../shared/crds');
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    files.filter((file) => prefix.test(file)).map((file) => readFile(join(folder, file), 'utf8')),
  );
  const documents = texts.flatMap((content) =>
    parseAllDocuments(content.replaceAll(longDescription, '')).map((document) => document.toJS() as KubeObject | null),
  );
  // Some are not apply-able as they are: what the server writes has no place in a request.
  return documents.flatMap((document) => (document ? [withoutStatus(document)] : []));
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object as KubeObject & { status?: unknown };
  const { creationTimestamp: __, ...metadata } = rest.metadata;
  return { ...rest, metadata };
}

function merged(reduced: readonly KubeObject[], original: readonly KubeObject[]): KubeObject[] {
  const names = new Set(original.map(({ metadata }) => metadata.name));
  return [...original, ...reduced.filter(({ metadata }) => !names.has(metadata.name))];
}

const kind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' } as const;

async function install(api: Api, definitions: readonly KubeObject[], signal: AbortSignal): Promise<void> {
  await Promise.all(definitions.map((definition) => api.apply(definition, signal)));
  for (const { metadata } of definitions)
    await waitFor(
      async () => {
        const found = await api.find<KubeObject & { status?: { conditions?: { type: string; status: string }[] } }>(
          { ...kind, name: metadata.name },
          signal,
        );
        return found?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
      },
      { what: `the resource ${metadata.name}`, signal },
    );
}

export async function installSealosResources(api: Api, signal: AbortSignal): Promise<void> {
  await install(api, merged(sealos.map(definitionOf), await originals(/^sealos-/)), signal);
}

/** Installs the resources of one KubeBlocks version and takes those of another away: it is told apart by what is served. */
export async function installKubeblocksResources(
  api: Api,
  version: KubeblocksVersion,
  signal: AbortSignal,
): Promise<void> {
  const definitions = merged(
    kubeblocks[version].map(definitionOf),
    await originals(new RegExp(`^kubeblocks-v${version}`)),
  );
  const wanted = new Set(definitions.map(({ metadata }) => metadata.name));
  const present = (await api.list(kind, signal)).map(({ metadata }) => metadata.name);
  for (const name of present.filter((name) => /\.kubeblocks\.io$/.test(name) && !wanted.has(name)))
    await api.remove({ ...kind, name }, signal);
  await install(api, definitions, signal);
}
