/** What can be read of a part: its log, its state in detail, what happened to it. */
import type { Reading } from '../../console/actions.ts';
import { describeComponent } from '../../observe/describe.ts';
import { containersOf, eventsOf, mainObject, podsOf } from '../../observe/lookups.ts';
import { observe } from '../../observe/observer.ts';
import type { Snapshot } from '../../observe/types.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import type { OpenOutside } from '../session.ts';

const tailLines = 500;
const limitBytes = 2 ** 20;

/** Lines, as the cluster tells them. @throws ApiError, ConnectionError */
export async function readPart(
  outside: OpenOutside,
  app: string,
  what: Reading,
  part: ComponentId,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const snapshot = await lookOnce(outside, app, signal);
  switch (what) {
    case 'log':
      return logOf(outside, snapshot, part, signal);
    case 'describe':
      return describeComponent(part, snapshot);
    case 'yaml':
      return yamlOf(mainObject(part, snapshot));
    case 'events':
      return eventsOf(part, snapshot).map(
        ({ at, reason, message, involved }) =>
          `${new Date(at).toISOString().slice(0, 19)}Z  ${involved.kind}/${involved.name}  ${reason}: ${message}`,
      );
  }
}

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

/** As `kubectl get -o yaml` shows it, without the bookkeeping of who set what. */
async function yamlOf(object: KubeObject | undefined): Promise<readonly string[]> {
  if (!object) return [];
  const { stringify } = await import('yaml');
  const { managedFields: _, ...metadata } = object.metadata;
  return stringify({ ...object, metadata }, { lineWidth: 0 })
    .trimEnd()
    .split('\n');
}

/** The ends of the logs of all its containers, under their names where there are several. */
async function logOf({ cluster }: OpenOutside, snapshot: Snapshot, part: ComponentId, signal: AbortSignal) {
  const sources = podsOf(part, snapshot, true).flatMap((pod) =>
    containersOf(pod).map(({ name }) => ({ pod: pod.metadata.name, container: name })),
  );
  const texts = await Promise.all(
    sources.map(({ pod, container }) =>
      cluster
        .logText(pod, { container, tailLines, limitBytes, signal })
        .catch((error: unknown) => (error instanceof Error ? error.message : String(error))),
    ),
  );
  return texts.flatMap((text, index) => {
    const source = sources[index];
    const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    return sources.length > 1 && source ? [`${source.pod} ${source.container}`, ...lines, ''] : lines;
  });
}
