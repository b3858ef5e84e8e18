/** What makes pods: Deployment, ReplicaSet, StatefulSet, Job. */
import { equal } from '../../objects/values.ts';
import {
  type Causes,
  forbidden,
  invalid,
  isGiven,
  list,
  needed,
  notNegative,
  notSupported,
  oneOf,
  required,
  type Tree,
  tree,
  unchanged,
  when,
} from './causes.ts';
import { labels } from './names.ts';
import { podSpec } from './pods.ts';

const selects = (selector: Tree, given: Tree): boolean =>
  Object.entries(tree(selector['matchLabels'])).every(([key, value]) => given[key] === value);

function template(spec: Tree, kind: string): Causes {
  const pod = tree(spec['template']);
  const said = tree(pod['metadata'])['labels'];
  const given = tree(said);
  const claims = list(spec['volumeClaimTemplates']).map(({ metadata }) => tree(metadata)['name']);
  const selector = spec['selector'];
  const isEmpty = selector !== undefined && Object.keys(tree(selector)).length === 0;
  const doesMatch = selector !== undefined && (isEmpty || selects(tree(selector), given));
  return [
    ...needed('spec.selector', selector),
    ...when(isEmpty, invalid('spec.selector', selector, `empty selector is invalid for ${kind}`)),
    ...when(!doesMatch, invalid('spec.template.metadata.labels', said, '`selector` does not match template `labels`')),
    ...labels('spec.template.metadata.labels', given),
    ...podSpec(tree(pod['spec']), 'spec.template.spec', claims),
  ];
}

const restartPolicyOf = (spec: Tree): unknown => tree(tree(spec['template'])['spec'])['restartPolicy'];
const alwaysRestarts = (spec: Tree): Causes =>
  oneOf('spec.template.spec.restartPolicy', restartPolicyOf(spec), ['Always']);

function strategy({ type, rollingUpdate }: Tree): Causes {
  const field = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate')
    return when(isGiven(rollingUpdate), forbidden(field, "may not be specified when strategy `type` is 'Recreate'"));
  if (type !== 'RollingUpdate') {
    const shown = { Type: type, RollingUpdate: rollingUpdate ?? null };
    return [notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate'])];
  }
  const { maxSurge, maxUnavailable } = tree(rollingUpdate);
  const none = (each: unknown) => each === 0 || each === '0%';
  const why = 'may not be 0 when `maxSurge` is 0';
  return when(none(maxSurge) && none(maxUnavailable), invalid(`${field}.maxUnavailable`, maxUnavailable, why));
}

const unchangedField = (field: string, spec: Tree, before: Tree | undefined): Causes =>
  before ? unchanged(`spec.${field}`, spec[field], before[field]) : [];

export const deployment = (spec: Tree, before: Tree | undefined): Causes => [
  ...notNegative('spec.replicas', spec['replicas']),
  ...template(spec, 'deployment'),
  ...alwaysRestarts(spec),
  ...strategy(tree(spec['strategy'])),
  ...unchangedField('selector', spec, before),
];

export const replicaSet = (spec: Tree, before: Tree | undefined): Causes => [
  ...notNegative('spec.replicas', spec['replicas']),
  ...template(spec, 'replicaset'),
  ...unchangedField('selector', spec, before),
];

const changeable = [
  ...['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit'],
  ...['persistentVolumeClaimRetentionPolicy', 'minReadySeconds'],
];
const only = `'${changeable.slice(0, -1).join("', '")}' and '${changeable.at(-1)}'`;
const fixed = (spec: Tree) => Object.fromEntries(Object.entries(spec).filter(([key]) => !changeable.includes(key)));

export function statefulSet(spec: Tree, before: Tree | undefined): Causes {
  const policy = spec['podManagementPolicy'];
  return [
    ...when(
      policy !== 'OrderedReady' && policy !== 'Parallel',
      invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"),
    ),
    ...notNegative('spec.replicas', spec['replicas']),
    ...template(spec, 'statefulset'),
    ...alwaysRestarts(spec),
    ...when(
      before !== undefined && !equal(fixed(spec), fixed(before)),
      forbidden('spec', `updates to statefulset spec for fields other than ${only} are forbidden`),
    ),
  ];
}

const counts = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'];

export function job(spec: Tree, before: Tree | undefined): Causes {
  const policy = restartPolicyOf(spec);
  const field = 'spec.template.spec.restartPolicy';
  return [
    ...counts.flatMap((each) => notNegative(`spec.${each}`, spec[each])),
    ...podSpec(tree(tree(spec['template'])['spec']), 'spec.template.spec'),
    ...(policy === 'Always'
      ? [required(field, 'valid values: "OnFailure", "Never"')]
      : oneOf(field, policy, ['OnFailure', 'Never'])),
    ...unchangedField('template', spec, before),
    ...unchangedField('completions', spec, before),
  ];
}
