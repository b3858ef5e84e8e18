/** What applying would do, asked of the server itself: everything as a strict dry run, nothing changed. */
import { ApiError, toUserError } from '../cluster/index.ts';
import type { ApplyOptions, Cluster } from '../cluster/types.ts';
import { UserError } from '../errors.ts';
import { withoutBookkeeping } from '../observe/masked.ts';
import { peakDemand } from '../stack/demand.ts';
import type { KubeObject, RenderedObject } from '../stack/types.ts';
import type { PlanAction, PlanEvent, PlannedObject } from './events.ts';
import type { Ledger } from './ledger.ts';

/** Minutes an install usually takes, most of it migrations (stack-spec E: 20 to 75 minutes by CPU), and a change or a look. */
const usualMinutes = { install: [25, 75], change: [2, 15], same: [0, 2] } as const;

/**
 * @throws UserError when the server refuses an object, naming it.
 */
export async function planOf(
  cluster: Cluster,
  about: Pick<PlanEvent, 'name' | 'size' | 'url' | 'owner' | 'isResumed'>,
  objects: readonly RenderedObject[],
  ledger: Ledger | undefined,
  signal: AbortSignal,
): Promise<PlanEvent> {
  const planned = await Promise.all(objects.map((each) => planObject(cluster, each, ledger, signal)));
  const changes = planned.some(({ action }) => action !== 'same');
  const minutes = !ledger?.finished ? usualMinutes.install : changes ? usualMinutes.change : usualMinutes.same;
  const { pods, cpu, memory, storage } = peakDemand(objects, ledger?.finished ? 'upgrade' : 'install');
  return { type: 'plan', ...about, objects: planned, pods, cpu, memory, storage, minutes };
}

async function planObject(
  cluster: Cluster,
  { component, object }: RenderedObject,
  ledger: Ledger | undefined,
  signal: AbortSignal,
): Promise<PlannedObject> {
  const { apiVersion, kind, metadata } = object;
  const { name } = metadata;
  const planned = (action: PlanAction): PlannedObject => ({ kind, name, action, component, wanted: object });
  if (kind === 'Job' && ledger?.jobs[name] !== undefined) return planned('same');
  const live = await cluster.get({ apiVersion, kind, name }, { signal });
  // Secrets are made once and then only completed; Jobs run once. Neither is changed by applying again.
  if (live && (kind === 'Secret' || kind === 'Job')) return planned('same');
  try {
    const { would, conflicts } = await tried(cluster, object, signal);
    const change = { before: live, after: would };
    if (conflicts.length > 0) return { ...planned('conflict'), conflicts, change };
    if (live && sameContent(live, would)) return planned('same');
    return { ...planned(live ? 'change' : 'create'), change };
  } catch (error) {
    signal.throwIfAborted();
    const known = toUserError(error, cluster);
    throw new UserError({
      code: known.code,
      exit: known.exit,
      say: known.say,
      ...(known.hint ? { hint: known.hint } : {}),
      object: `${kind}/${name}`,
      cause: error,
    });
  }
}

/** What the server would make of it: where others hold fields, as if those were taken. */
async function tried(cluster: Cluster, object: KubeObject, signal: AbortSignal) {
  const apply = (options?: ApplyOptions) => cluster.apply(object, { dryRun: true, signal, ...options });
  try {
    return { would: await apply(), conflicts: [] };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 409 || error.conflicts.length === 0) throw error;
    return { would: await apply({ force: true }), conflicts: error.conflicts };
  }
}

/** Equal but for what the server writes itself. */
export function sameContent(a: KubeObject, b: KubeObject): boolean {
  return stable(content(a)) === stable(content(b));
}

function content(object: KubeObject): unknown {
  const { status: _, ...rest } = withoutBookkeeping(object);
  return rest;
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The object without a field that somebody else shall keep. `field` as the server names it in a conflict: `.spec.template.spec.containers[name="web"].image`. */
export function withoutField(object: KubeObject, field: string): KubeObject {
  const path = [...field.matchAll(/\.([^.[\]]+)|\[([^\]]+)\]/g)].map(
    ([, name, selector]) => name ?? selectorOf(selector as string),
  );
  return without(object, path) as KubeObject;
}

type Selector = Readonly<Record<string, unknown>>;

function selectorOf(selector: string): Selector {
  return Object.fromEntries(
    [...selector.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|[^,\]]+)/g)].map(([, key, value]) => [
      key,
      JSON.parse(value as string),
    ]),
  );
}

function without(value: unknown, [head, ...rest]: readonly (string | Selector)[]): unknown {
  if (head === undefined || value === null || typeof value !== 'object') return value;
  if (typeof head !== 'string') {
    const matches = (item: unknown) =>
      Object.entries(head).every(([key, wanted]) => (item as Record<string, unknown>)[key] === wanted);
    return (value as readonly unknown[]).flatMap((item) =>
      matches(item) ? (rest.length === 0 ? [] : [without(item, rest)]) : [item],
    );
  }
  if (!(head in value)) return value;
  if (rest.length === 0) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== head));
  return { ...value, [head]: without((value as Record<string, unknown>)[head], rest) };
}
