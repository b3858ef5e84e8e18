/** Jobs: pods until enough of them succeeded, or too many failed (pkg/controller/job, ttlafterfinished of 1.34). */
import { type Again, type Controller, caringFor, type Desk } from './desk.ts';
import { known } from './known.ts';
import { type Condition, conditionOf, holds, isLeaving, isReady, type Job, type Pod } from './model.ts';
import { dropPod, isActive, makePod, podFrom, podsOf } from './pods.ts';

const component = 'job-controller';
const firstBackOff = 10_000;
const longestBackOff = 600_000;

const failures = {
  BackoffLimitExceeded: 'Job has reached the specified backoff limit',
  DeadlineExceeded: 'Job was active longer than specified deadline',
} as const;

const restartsOf = ({ status }: Pod): number =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].reduce(
    (sum, { restartCount }) => sum + restartCount,
    0,
  );

/** When its last container ended, epoch milliseconds. */
const endOf = ({ status }: Pod): number =>
  Math.max(
    0,
    ...(status?.containerStatuses ?? []).map(({ state }) => Date.parse(state.terminated?.finishedAt ?? '') || 0),
  );

export function jobs(desk: Desk): Controller {
  const actor = desk.actor(component);

  return caringFor<Job>(desk, {
    ...{ name: component, kind: known.jobs, children: [known.pods] },
    reconcile(job, again) {
      if (isLeaving(job)) return;
      const ended = ['Complete', 'Failed'].some((type) => holds(job.status?.conditions, type));
      if (ended) expire(job, again);
      else proceed(job, again);
    },
  });

  function expire(job: Job, again: Again): void {
    const { ttlSecondsAfterFinished: ttl } = job.spec;
    const ended = job.status?.conditions?.find(
      ({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True',
    );
    if (ttl === undefined) return;
    const left = Date.parse(ended?.lastTransitionTime ?? '') + ttl * 1000 - desk.pace.now();
    // Further away than a timer can say: the next look is soon enough.
    if (left > 0) again(Math.min(left, 2 ** 31 - 1));
    else actor.remove(known.jobs, job, { propagation: 'Foreground' });
  }

  function proceed(job: Job, again: Again): void {
    const { completions, parallelism = 1, backoffLimit = 6, activeDeadlineSeconds, suspend, template } = job.spec;
    const pods = podsOf(desk, job, job.spec.selector ?? {});
    const active = pods.filter(isActive);
    const failed = pods.filter(({ status }) => status?.phase === 'Failed');
    const succeeded = pods.filter(({ status }) => status?.phase === 'Succeeded').length;
    const startTime = suspend ? undefined : (job.status?.startTime ?? desk.now());
    const restarts =
      template.spec.restartPolicy === 'OnFailure' ? active.reduce((sum, pod) => sum + restartsOf(pod), 0) : 0;
    // Restarts of a container count, too; the last one that is allowed is given up while it waits (isn't `>=` with a limit of 0).
    const isExceeded = failed.length > backoffLimit || (restarts > 0 && restarts >= Math.max(backoffLimit, 1));
    const age = startTime ? desk.pace.now() - Date.parse(startTime) : 0;
    const isLate = activeDeadlineSeconds !== undefined && age >= activeDeadlineSeconds * 1000;
    const figures = { startTime, active, failed: failed.length, succeeded };
    const isEnough = succeeded >= (completions ?? 1);
    const failure = isExceeded ? 'BackoffLimitExceeded' : isLate && !suspend ? 'DeadlineExceeded' : undefined;
    if (isEnough || failure) {
      finish(job, figures, isEnough ? undefined : failure);
      return;
    }
    if (suspend) {
      for (const pod of active) dropPod(actor, job, pod);
      tell(job, { ...figures, active: [] }, [
        { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' },
      ]);
      return;
    }
    const missing = Math.min(parallelism, (completions ?? 1) - succeeded) - active.length;
    const wait = missing > 0 ? backOff(failed) : 0;
    if (wait <= 0)
      for (let count = 0; count < missing; count++) makePod(actor, job, podFrom(job, template, desk.suffix()));
    const waiting = holds(job.status?.conditions, 'Suspended')
      ? [{ type: 'Suspended', status: 'False' as const, reason: 'JobResumed', message: 'Job resumed' }]
      : [];
    const now = podsOf(desk, job, job.spec.selector ?? {}).filter(isActive);
    tell(job, { ...figures, active: now }, waiting);
    const toDeadline = activeDeadlineSeconds === undefined ? [] : [activeDeadlineSeconds * 1000 - age];
    const next = [...(wait > 0 ? [wait] : []), ...toDeadline];
    if (next.length > 0) again(Math.min(...next));
  }

  /** How long to wait before the next try, in milliseconds of true time. */
  function backOff(failed: readonly Pod[]): number {
    if (failed.length === 0) return 0;
    const delay = Math.min(firstBackOff * 2 ** (failed.length - 1), longestBackOff) / desk.pace.speed;
    return Math.max(...failed.map(endOf)) + delay - desk.pace.now();
  }

  interface Figures {
    readonly startTime: string | undefined;
    readonly active: readonly Pod[];
    readonly failed: number;
    readonly succeeded: number;
  }

  function finish(job: Job, figures: Figures, failure: keyof typeof failures | undefined): void {
    for (const pod of figures.active) dropPod(actor, job, pod);
    const failed = figures.failed + (failure ? figures.active.length : 0);
    const [first, second, reason, message] = failure
      ? ['FailureTarget', 'Failed', failure, failures[failure]]
      : ['SuccessCriteriaMet', 'Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'];
    const conditions = [first, second].map((type) => ({ type, status: 'True' as const, reason, message }));
    tell(job, { ...figures, active: [], failed }, conditions, failure ? undefined : desk.now());
    if (failure) actor.say(job, 'Warning', reason, message);
    else actor.say(job, 'Normal', 'Completed', 'Job completed');
  }

  function tell(
    job: Job,
    { startTime, active, failed, succeeded }: Figures,
    more: readonly Condition[],
    completionTime?: string,
  ): void {
    const before = job.status?.conditions ?? [];
    const others = before.filter(({ type }) => !more.some((each) => each.type === type));
    const added = more.map((each) => conditionOf(before, each, desk.now()));
    const conditions = [...others, ...added.map((each) => ({ lastProbeTime: each.lastTransitionTime, ...each }))];
    const ready = active.filter(isReady).length;
    const status = {
      ...(conditions.length > 0 && { conditions }),
      ...(startTime && { startTime }),
      ...(completionTime && { completionTime }),
      ...(active.length > 0 && { active: active.length }),
      ...(succeeded > 0 && { succeeded }),
      ...(failed > 0 && { failed }),
      terminating: 0,
      uncountedTerminatedPods: {},
      ready,
    };
    actor.status(known.jobs, job, status);
  }
}
