/** What part in the stack a container plays, by its image and how it is called, whoever installed it. */
import { parseQuantity } from '../../stack/quantity.ts';
import { kindOf } from '../schema/index.ts';
import type { ContainerRun, Kind, Store } from '../types.ts';
import { databaseRole } from './databases.ts';
import type { Role } from './flow.ts';

const pods = kindOf('v1', 'Pod') as Kind;

const byImage: Readonly<Record<string, Role>> = {
  clickhouse: 'clickhouse',
  redpanda: 'kafka',
  'property-defs-rs': 'property-defs',
};
const byMode: Readonly<Record<string, Role>> = {
  'ingestion-v2-combined': 'ingestion',
  'recordings-blob-ingestion-v2': 'replay-ingestion',
};

/** @param image its name in the release */
export function roleOf(image: string | undefined, run: ContainerRun): Role | undefined {
  const { command, env } = run;
  const called = command[0]?.split('/').at(-1) ?? '';
  const database = databaseRole(run.image, run.container);
  if (database) return database;
  if (image === undefined || initNames(run.pod).includes(run.container)) return undefined;
  if (image === 'web')
    return called === 'docker-server' ? 'web' : called === 'docker-worker-celery' ? 'worker' : undefined;
  if (image === 'capture') return env['CAPTURE_MODE'] === 'recordings' ? 'replay-capture' : 'capture';
  if (image === 'node') return env['PLUGIN_SERVER_MODE'] === undefined ? 'plugins' : byMode[env['PLUGIN_SERVER_MODE']];
  if (image === 'redpanda' && called === 'bash') return undefined;
  return byImage[image];
}

interface PodSpec {
  readonly containers?: readonly {
    readonly name: string;
    readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
  }[];
  readonly initContainers?: readonly { readonly name: string }[];
}
const specOf = (pod: ContainerRun['pod']) => pod['spec'] as PodSpec;
const initNames = (pod: ContainerRun['pod']) => specOf(pod).initContainers?.map(({ name }) => name) ?? [];

/** A limit of a container as a number; `otherwise` without one. */
export const limitOf = ({ pod, container }: ContainerRun, resource: string, otherwise: string): number =>
  parseQuantity(
    specOf(pod).containers?.find(({ name }) => name === container)?.resources?.limits?.[resource] ?? otherwise,
  );

/** Whether the container's pod takes part, as its status says now. */
export function isReady(store: Store, { pod }: ContainerRun): boolean {
  const { conditions = [] } = (store.get(pods, pod.metadata.namespace, pod.metadata.name)?.status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
