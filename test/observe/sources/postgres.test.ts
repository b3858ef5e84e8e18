/** What PostgreSQL takes of its volume. */
import { expect, test } from 'vitest';
import type { Cluster } from '../../../source/cluster/types.ts';
import { askPostgres } from '../../../source/observe/sources/postgres.ts';

const pod = (name: string, role: string, status = 'True') => ({
  metadata: { name, labels: { 'kubeblocks.io/role': role } },
  status: { conditions: [{ type: 'Ready', status }] },
});
const claim = (name: string, storage: string) => ({ metadata: { name }, status: { capacity: { storage } } });
const answered = { exitCode: 0, stdout: '165000000\n', stderr: '' };

function asking(pods: readonly object[], claims: readonly object[], answer = answered) {
  const runs: unknown[] = [];
  const cluster = {
    list: async ({ kind }: { kind: string }) => ({ items: kind === 'Pod' ? pods : claims }),
    exec: async (name: string, command: readonly string[], { container }: { container: string }) => {
      runs.push([name, container, command[0]]);
      return answer;
    },
  } as unknown as Cluster;
  return { runs, asked: askPostgres(cluster, 'ph', new AbortController().signal) };
}
const primary = pod('ph-pg-postgresql-1', 'primary');
const claims = [claim('data-ph-pg-postgresql-0', '5Gi'), claim('data-ph-pg-postgresql-1', '10Gi')];

test('the primary is asked, and its own claim counts', async () => {
  const { asked, runs } = asking([pod('ph-pg-postgresql-0', 'secondary'), primary], claims);
  expect(await asked).toEqual({ used: 165_000_000, size: 10 * 2 ** 30 });
  expect(runs).toEqual([['ph-pg-postgresql-1', 'postgresql', 'psql']]);
});

test.each([
  ['no pod is ready', [pod('ph-pg-postgresql-0', 'primary', 'False')], claims, answered, 'no pod of postgres is ready'],
  ['it refuses', [primary], claims, { exitCode: 2, stdout: '', stderr: 'FATAL: no\n' }, 'FATAL: no'],
  ['there is no such claim', [primary], [], answered, 'is not known'],
  ['it says nothing', [primary], claims, { ...answered, stdout: '\n' }, 'is not known'],
])('why there is no figure: %s', async (_, pods, all, answer, why) => {
  await expect(asking(pods, all, answer).asked).rejects.toThrow(why);
});
