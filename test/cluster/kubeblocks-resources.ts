/**
 * The custom resources of both versions of KubeBlocks, reduced: written from the field lists of `sealos-platform.md` section 4. Field names, enums and what is
 * required are those of the originals; descriptions and deeper validation are left out.
 */
import type { KubeblocksVersion } from './layout.ts';
import {
  anything,
  type Definition,
  fields,
  flag,
  listOf,
  mapOf,
  oneOf,
  quantity,
  type Schema,
  text,
  texts,
  whole,
} from './resource-schema.ts';

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

export const kubeblocksResources: Readonly<Record<KubeblocksVersion, readonly Definition[]>> = {
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
