/** Which behaviour an image shows, by its name and by what is called in it. */
import { runCapture } from './capture.ts';
import { runClickHouse } from './clickhouse.ts';
import { runFlags, runHypercache } from './flags.ts';
import { Exit, type Host } from './host.ts';
import { runMigrate, runPython } from './manage.ts';
import { runNode } from './node.ts';
import { runBroker } from './redpanda.ts';
import { runRpk } from './rpk.ts';
import { runPersonhogReplica, runPersonhogRouter, runPropertyDefs } from './small-rust.ts';
import { runWeb } from './web.ts';
import { runWorker } from './worker.ts';
import { runZookeeper } from './zookeeper.ts';

type Behaviour = (host: Host) => Promise<void>;

/** By the command that is called, whatever the image. */
const commands: Readonly<Record<string, Behaviour>> = {
  'docker-server': runWeb,
  'docker-worker-celery': runWorker,
  migrate: runMigrate,
  python: runPython,
  node: runNode,
  rpk: runRpk,
  redpanda: runBroker,
};

/** By the image, where its own entrypoint runs. */
const entrypoints: Readonly<Record<string, Behaviour>> = {
  capture: runCapture,
  'feature-flags': runFlags,
  'hypercache-server': runHypercache,
  'property-defs-rs': runPropertyDefs,
  'personhog-replica': runPersonhogReplica,
  'personhog-router': runPersonhogRouter,
  clickhouse: runClickHouse,
  zookeeper: runZookeeper,
};

/** Paths of the commands that an image must offer. */
export const commandPaths = [
  '/usr/local/bin/python',
  '/usr/local/bin/node',
  '/code/bin/docker-server',
  '/code/bin/docker-worker-celery',
  '/code/bin/migrate',
  '/usr/local/bin/rpk',
  '/usr/local/bin/redpanda',
];

/** Whether a component answers to this name, whatever the image. */
export const isComponentCommand = (name: string): boolean => Object.hasOwn(commands, name);

/** Runs what `image` runs when it is called with the host's argv. Resolves when a command is over; servers stay. */
export async function runComponent(host: Host, image: string): Promise<void> {
  const called = host.argv[0]?.split('/').at(-1) ?? '';
  const behaviour = isComponentCommand(called) ? commands[called] : entrypoints[image];
  if (!behaviour) {
    host.log(`exec: "${called}": executable file not found in $PATH`);
    throw new Exit(127);
  }
  await behaviour(host);
}
