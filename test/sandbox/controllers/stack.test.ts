/** The manifests of a small install, applied step by step as the installer does, on containers that do as they should. */
import { describe, expect, test } from 'vitest';
import { type KubeObject, type Step, steps } from '../../../source/stack/types.ts';
import { stackOf } from '../../stack/fixtures/objects.ts';
import { type Any, admin, Cluster, kind, namespace, workspace } from './support.ts';

const rendered = stackOf('small', { namespace, host: `posthog.${workspace.domain}` });

/** Values of keys that containers look for in the installer's Secrets. */
function secretData(): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  JSON.stringify(rendered, (key, value: Any) => {
    if (key === 'secretKeyRef') found[value.name] = { ...found[value.name], [value.key]: `value-of-${value.key}` };
    return value;
  });
  return found;
}

function applied(cluster: Cluster, object: KubeObject): void {
  const values = secretData()[object.metadata.name];
  const complete = object.kind === 'Secret' ? { ...object, stringData: values ?? {} } : object;
  const options = { user: admin, fieldManager: 'posthog-sealos', fieldValidation: 'Strict' } as const;
  const known = kind(object.apiVersion, object.kind);
  cluster.objects.patch(known, namespace, object.metadata.name, 'apply', complete, options);
}

const isJob = (name: string): boolean => /init|migrate/.test(name);

/** Seconds of the clock until nothing is missing any more. */
async function comesUp(cluster: Cluster): Promise<number> {
  const start = cluster.clock.monotonic();
  const usable = (): boolean =>
    cluster
      .pods()
      .every(({ status }) =>
        status.conditions?.some(
          (each: Any) => each.type === 'Ready' && (each.status === 'True' || each.reason === 'PodCompleted'),
        ),
      ) &&
    cluster.list('batch/v1', 'Job').every(({ status }) => status.succeeded === 1) &&
    ['Deployment', 'StatefulSet'].every((name) =>
      cluster.list('apps/v1', name).every(({ spec, status }) => status.readyReplicas === spec.replicas),
    ) &&
    cluster.list('apps.kubeblocks.io/v1alpha1', 'Cluster').every(({ status }) => status?.phase === 'Running');
  for (const step of steps) {
    for (const each of rendered.filter((one) => one.step === (step as Step))) applied(cluster, each.object);
    await cluster.controllers.settled();
    for (let tries = 0; !usable(); tries++) {
      if (tries > 600) throw new Error(`${step} does not come up`);
      await cluster.clock.pass(cluster.speed > 100 ? 50 : 1000);
      await cluster.controllers.settled();
    }
  }
  return (cluster.clock.monotonic() - start) / 1000;
}

describe.each(['0.8.2', '0.9.5'] as const)('on KubeBlocks %s', (kubeblocks) => {
  test.each([
    [1, 45, 120],
    [Number.POSITIVE_INFINITY, 0, 10],
  ])('a small install comes up at speed %d', async (speed, least, most) => {
    const script = {
      onStart: ({ run, end }: { run: { container: string; pod: Any }; end: (code: number) => void }) => {
        const isInit = run.pod.spec.initContainers?.some((each: Any) => each.name === run.container);
        if (isInit || (isJob(run.container) && run.pod.spec.restartPolicy !== 'Always')) end(0);
      },
    };
    const cluster = new Cluster({ kubeblocks, speed, script });
    const seconds = await comesUp(cluster);
    expect(seconds).toBeGreaterThanOrEqual(least);
    expect(seconds).toBeLessThan(most);
    const quota = cluster.find('v1', 'ResourceQuota', `quota-${namespace}`).status;
    expect(Number(quota.used.pods)).toBe(cluster.pods().filter(({ status }) => status.phase === 'Running').length);
    expect(cluster.list('v1', 'Event').filter(({ reason }) => reason.startsWith('Failed'))).toEqual([]);
  });
});
