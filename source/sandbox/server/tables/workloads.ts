/** Tables of apps and batch. */
import { selectorText } from '../../objects/label-selector.ts';
import { status, type TableOfKind, type Tables, table } from './table.ts';
import { durationOf, type Loose, or } from './words.ts';

const containers: TableOfKind = {
  'Containers*1': ({ spec }) => spec.template.spec.containers.map(({ name }: Loose) => name).join(','),
  'Images*1': ({ spec }) => spec.template.spec.containers.map(({ image }: Loose) => image).join(','),
};
const withSelector: TableOfKind = { ...containers, 'Selector*1': ({ spec }) => or(selectorText(spec.selector)) };

const ready = (object: Loose): string => `${status(object).readyReplicas ?? 0}/${object.spec.replicas}`;

function jobPhase(job: Loose): string {
  const { conditions = [] } = status(job);
  const has = (type: string) => conditions.some((each: Loose) => each.type === type && each.status === 'True');
  const ended = ['Complete', 'Failed'].find(has);
  if (ended) return ended;
  if (job.metadata.deletionTimestamp) return 'Terminating';
  if (job.spec.suspend && has('Suspended')) return 'Suspended';
  return ['FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running';
}

function completions(job: Loose): string {
  const { completions: wanted, parallelism = 1 } = job.spec;
  return `${status(job).succeeded ?? 0}/${wanted ?? (parallelism > 1 ? `1 of ${parallelism}` : 1)}`;
}

function lasted(job: Loose, now: number): string {
  const { startTime, completionTime } = status(job);
  return startTime ? durationOf((completionTime ? Date.parse(completionTime) : now) - Date.parse(startTime)) : '';
}

export const workloadTables: Tables = {
  'apps/deployments': table(
    {
      Ready: ready,
      'Up-to-date': (object) => status(object).updatedReplicas ?? 0,
      Available: (object) => status(object).availableReplicas ?? 0,
    },
    withSelector,
  ),
  'apps/replicasets': table(
    {
      'Desired:integer': ({ spec }) => spec.replicas,
      'Current:integer': (object) => status(object).replicas ?? 0,
      'Ready:integer': (object) => status(object).readyReplicas ?? 0,
    },
    withSelector,
  ),
  'apps/statefulsets': table({ Ready: ready }, containers),
  'batch/jobs': table({ Status: jobPhase, Completions: completions, Duration: lasted }, withSelector),
};
