/** What the broker says: how far topics are written and read, and how full its disk is (posthog-stack 4.3). */
import { ApiError } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import { objectName } from '../../stack/components.ts';
import { type Marks, parseMarks } from '../backlog/marks.ts';
import type { Space } from '../fill.ts';
import { parseGroups } from './rpk.ts';

export interface BrokerState {
  readonly marks: Marks;
  /** Undefined where it does not tell. */
  readonly disk: Space | undefined;
  /** Whether the answer took a command in its pod. */
  readonly isCostly: boolean;
}

/** Its administration. */
const port = 9644;
/** The API server may not be asked, or does not get through to pods. */
const noWay: readonly number[] = [403, 503];
/** So often it is found out whether there is a way now: a command costs the broker more than an answer. */
const anewEvery = 4;

/** Its metrics, through the API server. @throws ApiError; Error for what is none: a page of somebody on the way */
export async function brokerMetrics(
  cluster: Pick<Cluster, 'proxied'>,
  app: string,
  signal: AbortSignal,
): Promise<string> {
  const text = await cluster.proxied(`${objectName('kafka', app)}-0`, port, '/public_metrics', { signal });
  if (!/^redpanda_/m.test(text)) throw new Error('the broker tells no metrics');
  return text;
}

/** @returns what asks its metrics; by commands in its pod while there is no way to them */
export function brokerAsker(
  cluster: Pick<Cluster, 'proxied' | 'exec'>,
  app: string,
): (signal: AbortSignal) => Promise<BrokerState> {
  const name = objectName('kafka', app);
  const pod = `${name}-0`;
  let commands = 0;
  const overProxy = async (signal: AbortSignal): Promise<BrokerState> => {
    const text = await brokerMetrics(cluster, app, signal);
    return { marks: parseMarks(text), disk: parseBrokerDisk(text), isCostly: false };
  };
  const byCommand = async (signal: AbortSignal): Promise<BrokerState> => {
    const command = ['rpk', 'group', 'describe', '-r', '.*', '-X', `brokers=${name}:9092`];
    const { exitCode, stdout, stderr } = await cluster.exec(pod, command, { signal });
    const marks = parseGroups(stdout);
    if (exitCode !== 0 || marks.topics.size === 0) throw new Error(`rpk: ${(stderr || stdout).trim() || 'no groups'}`);
    return { marks, disk: undefined, isCostly: true };
  };
  return async (signal) => {
    if (commands % anewEvery !== 0) {
      commands += 1;
      return byCommand(signal);
    }
    try {
      const state = await overProxy(signal);
      commands = 0;
      return state;
    } catch (error) {
      if (!(error instanceof ApiError && noWay.includes(error.code))) throw error;
      // What is in the way matters more than that the detour is closed, too.
      const state = await byCommand(signal).catch(() => Promise.reject(error));
      commands += 1;
      return state;
    }
  };
}

const free = /^redpanda_storage_disk_free_bytes(?:\{[^}]*\})?\s+(\S+)/m;
const total = /^redpanda_storage_disk_total_bytes(?:\{[^}]*\})?\s+(\S+)/m;

/** Of the disk that its data is on. */
export function parseBrokerDisk(text: string): Space | undefined {
  const [left, size] = [Number(free.exec(text)?.[1]), Number(total.exec(text)?.[1])];
  return size > 0 && left >= 0 ? { used: Math.max(0, size - left), size } : undefined;
}
