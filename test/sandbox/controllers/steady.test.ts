/** Stepped and seeded, the cluster does the same each time; with nothing to do, it does nothing. */
import { expect, test } from 'vitest';
import { kinds } from '../../../source/sandbox/schema/index.ts';
import { TestClock } from '../../support/test-clock.ts';
import { Cluster, container, deployment, podSpec } from './support.ts';

const probe = { httpGet: { port: 80 }, periodSeconds: 10 };
const probed = podSpec({
  containers: [
    container({
      readinessProbe: probe,
      livenessProbe: probe,
      resources: { limits: { cpu: '10m', memory: '16Mi' } },
    }),
  ],
});

test('the same steps give the same objects, to the last name and uid', async () => {
  const run = async () => {
    const cluster = new Cluster({
      script: { onStart: ({ run, end }) => run.pod.metadata.name.startsWith('bad') && end(1) },
    });
    cluster.create(deployment('good', { replicas: 5 }, probed));
    cluster.create(deployment('bad'));
    await cluster.pass(100);
    cluster.patch('apps/v1', 'Deployment', 'good', {
      spec: { template: { metadata: { annotations: { turn: '2' } } } },
    });
    await cluster.pass(60);
    return kinds.flatMap((each) => cluster.store.list(each));
  };
  const [first, second] = [await run(), await run()];
  expect(first.filter(({ kind }) => kind === 'Event').length).toBeGreaterThan(40);
  expect(second).toEqual(first);
});

test('twenty healthy pods cost their probes, and nothing is written', async () => {
  class CountingClock extends TestClock {
    sleeps = 0;
    override sleep(ms: number, signal?: AbortSignal): Promise<void> {
      this.sleeps++;
      return super.sleep(ms, signal);
    }
  }
  const clock = new CountingClock();
  const cluster = new Cluster({ clock });
  cluster.create(deployment('web', { replicas: 20 }, probed));
  await cluster.pass(30);
  expect(cluster.find('apps/v1', 'Deployment', 'web').status.availableReplicas).toBe(20);
  const { version } = cluster.store;
  clock.sleeps = 0;
  await cluster.pass(60);
  expect(cluster.store.version).toBe(version);
  // Each of two probes waits for its answer and for its next turn, six times a minute; one look goes through old Events.
  expect(clock.sleeps).toBeLessThanOrEqual(20 * 2 * 2 * 6 + 1);
});
