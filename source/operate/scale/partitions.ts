/** Raises how many partitions a topic has: more readers can work at once, on what comes from then on. There is no way back. */
import type { Cluster } from '../../cluster/types.ts';
import { exitCodes, UserError } from '../../errors.ts';
import { objectName } from '../../stack/components.ts';

export interface MorePartitions {
  readonly topic: string;
  /** How many more. */
  readonly count: number;
}

/** What does it, in the broker's container. */
const command = (app: string, { topic, count }: MorePartitions): readonly string[] => [
  'rpk',
  'topic',
  'add-partitions',
  topic,
  '--num',
  String(count),
  '-X',
  `brokers=${objectName('kafka', app)}:9092`,
];

/** The same for somebody who does it by hand. */
export const kubectlFor = (app: string, namespace: string, more: MorePartitions): string =>
  `kubectl -n ${namespace} exec ${objectName('kafka', app)}-0 -- ${command(app, more).join(' ')}`;

/** @throws UserError `partitions` (exit 1) with the broker's words when it refused, and what the cluster says when it was not run */
export async function addPartitions(
  cluster: Pick<Cluster, 'exec'>,
  app: string,
  more: MorePartitions,
  signal: AbortSignal,
): Promise<void> {
  const pod = `${objectName('kafka', app)}-0`;
  const { exitCode, stdout, stderr } = await cluster.exec(pod, command(app, more), { signal, timeoutMs: 30_000 });
  // rpk tells the outcome of each topic in a table.
  if (exitCode === 0 && /\bOK\b/.test(stdout)) return;
  const said = (stderr || stdout).trim();
  throw new UserError({
    code: 'partitions',
    exit: exitCodes.failed,
    say: (t) => t.scale.partitionsFailed(more.topic, said),
  });
}
