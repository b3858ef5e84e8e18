/** Follows everything that the components of an instance log, from now on or as far as it goes: new pods join by themselves. */
import { ApiError } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import type { Context } from '../../context.ts';
import { heartbeat } from '../../observe/heartbeat.ts';
import { componentOf } from '../../stack/components.ts';
import type { ComponentId } from '../../stack/types.ts';
import { runName } from '../names.ts';
import type { TailRequest, Tell, Waiting } from '../types.ts';
import { type Position, readFileOf } from './file.ts';
import { type LiveRun, readRun } from './run.ts';
import { Runs } from './runs.ts';

const pods = { apiVersion: 'v1', kind: 'Pod' };

/** So long what is there already may take, in milliseconds, until it is watched what becomes of it. */
const firstLinesMs = 1_000;

/**
 * Until the signal aborts (rejects with its reason); without `follow`, until all there is has been told. Events of one run
 * are told in order; those of several as they come.
 * @throws ApiError where pods may not be read
 */
export async function tail(
  cluster: Pick<Cluster, 'logBytes' | 'get' | 'list' | 'watch' | 'exec'>,
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  request: TailRequest,
  told: Tell,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const heard = Promise.withResolvers<void>();
  const tell: Tell = (event) => {
    if (event.type === 'lines' || event.type === 'closed') heard.resolve();
    return told(event);
  };
  /** Of each container, the last of its runs: the next one begins when it has been read. */
  const chains = new Map<string, Promise<void>>();
  const waits = new Waits(tell);
  const positions = new Map<string, Position>();
  const { tailLines, since, ...whole } = request;
  /** Only of what was there at the start may a part be left out: whoever joins later is read from the first line on. */
  let askedNow: TailRequest = request;
  const readFile = (live: LiveRun, file: string) => {
    const { pod, container, component } = live.run;
    const key = `${pod}/${container}:${file}`;
    const position = positions.get(key) ?? { at: undefined, stamp: '', past: askedNow };
    positions.set(key, position);
    const wait = (waiting: Waiting | undefined) => waits.set(component, key, waiting);
    const before = chains.get(key) ?? Promise.resolve();
    const read = before.then(() =>
      readFileOf(live, file, request.follow, position, { cluster, clock, random, tell, wait }, until),
    );
    read.catch((error: unknown) => over.abort(error));
    chains.set(key, read);
  };
  const onRun = (live: LiveRun) => {
    const { pod, container, component } = live.run;
    const key = `${pod}/${container}`;
    const wait = (waiting: Waiting | undefined) => waits.set(component, key, waiting);
    const asked = askedNow;
    const begun = chains.get(key) ?? Promise.resolve();
    const look = (during: AbortSignal) => lookAt(pod, during);
    const deps = { cluster, clock, random, tell, wait, look, toldAt: clock.monotonic() };
    const read = runsAsked(live, request).reduce(
      (before, each) => before.then(() => readRun(each, asked, deps, until)),
      begun,
    );
    read.catch((error: unknown) => over.abort(error));
    chains.set(key, read);
    const { logFile } = componentOf(component);
    // It goes on through all runs of its container, and knows of none before.
    if (logFile?.container === container && !request.previous) readFile(live, logFile.path);
  };
  const runs = new Runs({ request, onRun });
  const lookAt = async (name: string, during: AbortSignal) => {
    try {
      runs.seeNamed(name, await cluster.get({ ...pods, name }, { signal: during }));
    } catch (error) {
      // Whoever may list pods and not read one knows what the watch tells.
      if (!(error instanceof ApiError && error.code === 403)) throw error;
    }
  };
  const look = () => {
    for (const component of request.components) waits.set(component, '', runs.waitingOf(component));
  };
  const readOnce = async () => {
    const { items } = await cluster.list(pods, { signal });
    runs.list(items);
    look();
    await Promise.all(chains.values());
  };
  /** Whoever waits for the first lines must not wait for a watch to open, which misses nothing meanwhile. */
  const firstLines = () =>
    chains.size === 0 ? undefined : Promise.race([heard.promise, clock.sleep(firstLinesMs, until).catch(() => {})]);
  const follow = async () => {
    let silence = new AbortController();
    const onSilence = () => {
      silence.abort();
      silence = new AbortController();
    };
    void heartbeat(cluster, clock, { behind: (listed) => runs.behind(listed), onSilence }, until).catch(() => {});
    // A watch that has gone deaf is left, and all is listed anew.
    while (!until.aborted)
      for await (const event of cluster.watch(pods, { signal: AbortSignal.any([until, silence.signal]) })) {
        if (event.type === 'synced') {
          runs.list(event.items);
          askedNow = whole;
          look();
          await firstLines();
          continue;
        }
        if (event.type === 'deleted') runs.remove(event.object);
        else if (event.type === 'added' || event.type === 'modified') runs.see(event.object);
        else continue;
        look();
      }
    throw until.reason instanceof Error ? until.reason : new ApiError({ code: 0, message: String(until.reason) });
  };
  try {
    await (request.follow ? follow() : readOnce());
  } finally {
    // Whatever ended it, nothing of it goes on: the cluster may be closed next.
    over.abort();
  }
}

/** With a run, or instead of it, the one before. */
function runsAsked(live: LiveRun, { previous, before }: TailRequest): readonly LiveRun[] {
  if (!live.before) return [live];
  if (previous) return [live.before];
  return before?.has(runName(live.before.run)) ? [live.before, live] : [live];
}

/** Tells why a component is silent, when that changes; what stops one of its runs counts for all. */
class Waits {
  readonly #tell: Tell;
  readonly #reasons = new Map<ComponentId, Map<string, Waiting>>();
  readonly #told = new Map<ComponentId, string>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** @param of what waits, within the component */
  set(component: ComponentId, of: string, waiting: Waiting | undefined): void {
    const reasons = this.#reasons.get(component) ?? new Map<string, Waiting>();
    this.#reasons.set(component, reasons);
    if (waiting) reasons.set(of, waiting);
    else reasons.delete(of);
    const [first] = reasons.values();
    const said = JSON.stringify(first) ?? '';
    if (this.#told.get(component) === said) return;
    this.#told.set(component, said);
    void this.#tell({ type: 'waiting', component, waiting: first });
  }
}
