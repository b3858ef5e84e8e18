/**
 * What no watch tells: events that wait, CPU and memory. Asked every five seconds, all sources at once, each never twice at
 * the same time; one that fails says why, is asked less often, and the others go on.
 */
import { ConnectionError } from '../cluster/index.ts';
import type { Cluster } from '../cluster/types.ts';
import type { Clock, Context } from '../context.ts';
import { objectName } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';
import { type Backlog, backlogs, type Look, withLook } from './backlog/backlog.ts';
import { parseMarks } from './backlog/marks.ts';
import { type Use, useOf } from './use.ts';

/** Where figures come from; the name is for messages. */
export const sourceIds = ['broker', 'metrics'] as const;
export type SourceId = (typeof sourceIds)[number];

export interface Measurements {
  /** Undefined until the broker has answered once; what it said last while it does not answer. */
  readonly backlog: ReadonlyMap<ComponentId, Backlog> | undefined;
  /** Undefined where the cluster does not tell it. */
  readonly use: ReadonlyMap<ComponentId, Use> | undefined;
  /** Why a source tells nothing now. */
  readonly troubles: ReadonlyMap<SourceId, Error>;
}

const everyMs = 5_000;
const longestMs = 60_000;
const patienceMs = 10_000;
/** The broker's administration. */
const brokerPort = 9644;

type Asked = Pick<Cluster, 'proxied' | 'list'>;

/** Until the signal aborts: the figures at every round. */
export async function* measure(
  cluster: Asked,
  { clock }: Pick<Context, 'clock'>,
  app: string,
  signal: AbortSignal,
): AsyncGenerator<Measurements> {
  let looks: readonly Look[] = [];
  let use: ReadonlyMap<ComponentId, Use> | undefined;
  const sources: Readonly<Record<SourceId, Source>> = {
    broker: source(async (until) => {
      const pod = `${objectName('kafka', app)}-0`;
      const text = await cluster.proxied(pod, brokerPort, '/public_metrics', { signal: until });
      looks = withLook(looks, { at: clock.monotonic(), marks: parseMarks(text) });
    }),
    metrics: source(async (until) => {
      const kind = { apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics' };
      use = useOf((await cluster.list(kind, { signal: until })).items, app);
    }),
  };
  while (!signal.aborted) {
    const began = clock.monotonic();
    await Promise.all(sourceIds.map((id) => sources[id].ask(clock, signal)));
    if (signal.aborted) return;
    const troubles = new Map(sourceIds.flatMap((id) => (sources[id].trouble ? [[id, sources[id].trouble]] : [])));
    yield {
      backlog: looks.length > 0 ? backlogs(looks) : undefined,
      use: troubles.has('metrics') ? undefined : use,
      troubles,
    };
    await clock.sleep(Math.max(0, everyMs - (clock.monotonic() - began)), signal).catch(() => {});
  }
}

interface Source {
  readonly trouble: Error | undefined;
  /** Does nothing while it is not due yet. */
  ask(clock: Clock, signal: AbortSignal): Promise<void>;
}

/** @param work rejects when the source has nothing to say, or has not said it in time */
function source(work: (signal: AbortSignal) => Promise<void>): Source {
  let trouble: Error | undefined;
  let [failures, dueAt] = [0, Number.NEGATIVE_INFINITY];
  return {
    get trouble() {
      return trouble;
    },
    async ask(clock, signal) {
      if (clock.monotonic() < dueAt) return;
      const [late, answered] = [new AbortController(), new AbortController()];
      const tooLate = new ConnectionError('timeout', `no answer within ${patienceMs / 1000} s`);
      clock.sleep(patienceMs, answered.signal).then(
        () => late.abort(tooLate),
        () => {},
      );
      try {
        await work(AbortSignal.any([signal, late.signal]));
        [trouble, failures, dueAt] = [undefined, 0, Number.NEGATIVE_INFINITY];
      } catch (error) {
        trouble = error instanceof Error ? error : new Error(String(error));
        failures += 1;
        dueAt = clock.monotonic() + Math.min(longestMs, everyMs * 2 ** failures);
      } finally {
        answered.abort();
      }
    },
  };
}
