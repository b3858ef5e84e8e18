/** Tables of apps and batch. */
import { selectorText } from '../../objects/label-selector.ts';
import { status, type Tables, table } from './table.ts';
import { durationOf, type Loose, or } from './words.ts';

const names = (template: Loose): string => template.spec.containers.map(({ name }: Loose) => name).join(',');
const images = (template: Loose): string => template.spec.containers.map(({ image }: Loose) => image).join(',');
const containers = 'Containers*1|Images*1';
const workload = (object: Loose): readonly string[] => {
  const { template } = object.spec;
  return [names(template), images(template)];
};
const withSelector = [
  `${containers}|Selector*1`,
  (object: Loose) => [...workload(object), or(selectorText(object.spec.selector))],
] as const;

function jobCells(job: Loose, now: number): readonly unknown[] {
  const { succeeded = 0, startTime, completionTime, conditions = [] } = status(job);
  const { completions, parallelism = 1, suspend } = job.spec;
  const has = (type: string) => conditions.some((each: Loose) => each.type === type && each.status === 'True');
  const phase =
    ['Complete', 'Failed'].find(has) ??
    (job.metadata.deletionTimestamp ? 'Terminating' : suspend && has('Suspended') ? 'Suspended' : undefined) ??
    ['FailureTarget', 'SuccessCriteriaMet'].find(has) ??
    'Running';
  const of = completions ?? (parallelism > 1 ? `1 of ${parallelism}` : 1);
  const lasted = startTime
    ? durationOf((completionTime ? Date.parse(completionTime) : now) - Date.parse(startTime))
    : '';
  return [phase, `${succeeded}/${of}`, lasted];
}

export const workloadTables: Tables = {
  'apps/deployments': table(
    'Ready|Up-to-date|Available',
    (object) => {
      const { readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status(object);
      return [`${readyReplicas}/${object.spec.replicas}`, updatedReplicas, availableReplicas];
    },
    withSelector,
  ),
  'apps/replicasets': table(
    'Desired:integer|Current:integer|Ready:integer',
    (object) => [object.spec.replicas, status(object).replicas ?? 0, status(object).readyReplicas ?? 0],
    withSelector,
  ),
  'apps/statefulsets': table('Ready', (object) => [`${status(object).readyReplicas ?? 0}/${object.spec.replicas}`], [
    containers,
    workload,
  ]),
  'batch/jobs': table('Status|Completions|Duration', jobCells, withSelector),
};
