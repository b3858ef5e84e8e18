/** What makes pods: Deployment, ReplicaSet, StatefulSet, Job. */
import { equal } from '../../objects/values.ts';
import {
  type Causes,
  forbidden,
  invalid,
  isGiven,
  list,
  notNegative,
  notSupported,
  oneOf,
  required,
  type Tree,
  tree,
} from './causes.ts';
import { labels } from './names.ts';
import { podSpec } from './pods.ts';

function selects(selector: Tree, given: Tree): boolean {
  return Object.entries(tree(selector['matchLabels'])).every(([key, value]) => given[key] === value);
}

function template(spec: Tree, kind: string): Causes {
  const pod = tree(spec['template']);
  const said = tree(pod['metadata'])['labels'];
  const given = tree(said);
  const claims = list(spec['volumeClaimTemplates']).map(({ metadata }) => tree(metadata)['name']);
  const selector = spec['selector'];
  const isEmpty = selector !== undefined && Object.keys(tree(selector)).length === 0;
  const selected: Causes =
    selector === undefined
      ? [required('spec.selector')]
      : isEmpty
        ? [invalid('spec.selector', selector, `empty selector is invalid for ${kind.toLowerCase()}`)]
        : [];
  const doesMatch = selector !== undefined && (isEmpty || selects(tree(selector), given));
  return [
    ...selected,
    ...(doesMatch
      ? []
      : [invalid('spec.template.metadata.labels', said, '`selector` does not match template `labels`')]),
    ...labels('spec.template.metadata.labels', given),
    ...podSpec(tree(pod['spec']), 'spec.template.spec', claims),
  ];
}

function alwaysRestarts(spec: Tree): Causes {
  return oneOf('spec.template.spec.restartPolicy', tree(tree(spec['template'])['spec'])['restartPolicy'], ['Always']);
}

function strategy(value: Tree): Causes {
  const rolling = value['rollingUpdate'];
  const type = value['type'];
  if (type === 'Recreate')
    return isGiven(rolling)
      ? [forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
      : [];
  if (type !== 'RollingUpdate')
    return [
      notSupported('spec.strategy', { Type: type, RollingUpdate: rolling ?? null }, ['Recreate', 'RollingUpdate']),
    ];
  const { maxSurge, maxUnavailable } = tree(rolling);
  const none = (each: unknown) => each === 0 || each === '0%';
  return none(maxSurge) && none(maxUnavailable)
    ? [invalid('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
    : [];
}

export function deployment(spec: Tree, before: Tree | undefined): Causes {
  return [
    ...notNegative('spec.replicas', spec['replicas']),
    ...template(spec, 'Deployment'),
    ...alwaysRestarts(spec),
    ...strategy(tree(spec['strategy'])),
    ...unchangedSelector(spec, before),
  ];
}

export function replicaSet(spec: Tree, before: Tree | undefined): Causes {
  return [
    ...notNegative('spec.replicas', spec['replicas']),
    ...template(spec, 'ReplicaSet'),
    ...unchangedSelector(spec, before),
  ];
}

const unchangedSelector = (spec: Tree, before: Tree | undefined): Causes =>
  before && !equal(spec['selector'], before['selector'])
    ? [invalid('spec.selector', spec['selector'], 'field is immutable')]
    : [];

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];
const only = `'${changeable.slice(0, -1).join("', '")}' and '${changeable.at(-1)}'`;
const without = (spec: Tree, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(spec).filter(([key]) => !keys.includes(key)));

export function statefulSet(spec: Tree, before: Tree | undefined): Causes {
  const policy = spec['podManagementPolicy'];
  return [
    ...(policy === 'OrderedReady' || policy === 'Parallel'
      ? []
      : [invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")]),
    ...notNegative('spec.replicas', spec['replicas']),
    ...template(spec, 'StatefulSet'),
    ...alwaysRestarts(spec),
    ...(before && !equal(without(spec, changeable), without(before, changeable))
      ? [forbidden('spec', `updates to statefulset spec for fields other than ${only} are forbidden`)]
      : []),
  ];
}

export function job(spec: Tree, before: Tree | undefined): Causes {
  const pod = tree(tree(spec['template'])['spec']);
  const policy = pod['restartPolicy'];
  const why = 'valid values: "OnFailure", "Never"';
  return [
    ...['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'].flatMap(
      (each) => notNegative(`spec.${each}`, spec[each]),
    ),
    ...podSpec(pod, 'spec.template.spec'),
    ...(policy === 'OnFailure' || policy === 'Never'
      ? []
      : [
          policy === 'Always'
            ? required('spec.template.spec.restartPolicy', why)
            : notSupported('spec.template.spec.restartPolicy', policy, ['OnFailure', 'Never']),
        ]),
    ...(before && !equal(spec['template'], before['template'])
      ? [invalid('spec.template', spec['template'], 'field is immutable')]
      : []),
    ...(before && !equal(spec['completions'], before['completions'])
      ? [invalid('spec.completions', spec['completions'], 'field is immutable')]
      : []),
  ];
}
