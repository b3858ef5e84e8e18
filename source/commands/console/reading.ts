/** What can be read of a part or of one of its objects: its log, its state in detail, what happened to it, what it is. */

import type { Reading } from '../../console/actions.ts';
import { messageOf } from '../../errors.ts';
import { describeComponent, describeObject } from '../../observe/describe.ts';
import { eventsAbout } from '../../observe/happenings.ts';
import { type ObjectName, objectNamed } from '../../observe/inventory.ts';
import { containersOf, eventsOf, mainObject, type ObservedEvent, podsOf } from '../../observe/lookups.ts';
import { masked } from '../../observe/masked.ts';
import { observe } from '../../observe/observer.ts';
import type { Snapshot } from '../../observe/types.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import { toYaml } from '../../text/yaml.ts';
import type { OpenOutside } from '../session.ts';

const tailLines = 500;
const limitBytes = 2 ** 20;

/** Lines, as the cluster tells them. @param snapshot of the instance, when it is watched already. @throws ApiError, ConnectionError */
export async function read(
  outside: OpenOutside,
  app: string,
  what: Reading,
  of: ComponentId | ObjectName,
  snapshot: Snapshot | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const seen = snapshot ?? (await lookOnce(outside, app, signal));
  const isPart = typeof of === 'string';
  const object = isPart ? mainObject(of, seen) : objectNamed(of, seen);
  switch (what) {
    case 'log':
      return logsOf(outside, isPart ? podsOf(of, seen, true) : object ? [object] : [], signal);
    case 'describe':
      return isPart ? describeComponent(of, seen) : describeObject(of, seen);
    case 'yaml':
      return yamlOf(object);
    case 'events':
      return (isPart ? eventsOf(of, seen) : eventsAbout(of, seen)).map(eventLine);
  }
}

const eventLine = ({ at, reason, message, involved }: ObservedEvent): string =>
  `${new Date(at).toISOString().slice(0, 19)}Z  ${involved.kind}/${involved.name}  ${reason}: ${message}`;

async function lookOnce({ cluster, context }: OpenOutside, app: string, signal: AbortSignal): Promise<Snapshot> {
  const looking = new AbortController();
  try {
    const observer = observe(cluster, {
      app,
      clock: context.clock,
      signal: AbortSignal.any([signal, looking.signal]),
    });
    await observer.ready;
    return observer.snapshot();
  } finally {
    looking.abort();
  }
}

/** As `kubectl get -o yaml` shows it, without the bookkeeping of who set what, and without what is secret. */
function yamlOf(object: KubeObject | undefined): readonly string[] {
  if (!object) return [];
  const { apiVersion, kind, metadata, ...rest } = object;
  const { managedFields: _, ...own } = metadata;
  return toYaml(masked({ apiVersion, kind, metadata: own, ...rest }))
    .trimEnd()
    .split('\n');
}

/** The ends of the logs of all containers, under their names where there are several. */
async function logsOf({ cluster }: OpenOutside, pods: readonly KubeObject[], signal: AbortSignal) {
  const sources = pods.flatMap((pod) =>
    containersOf(pod).map(({ name }) => ({ pod: pod.metadata.name, container: name })),
  );
  const texts = await Promise.all(
    sources.map(({ pod, container }) =>
      cluster.logText(pod, { container, tailLines, limitBytes, signal }).catch(messageOf),
    ),
  );
  return texts.flatMap((text, index) => {
    const source = sources[index];
    const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    return sources.length > 1 && source ? [`${source.pod} ${source.container}`, ...lines, ''] : lines;
  });
}
