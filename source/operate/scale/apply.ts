/** How a change reaches the cluster: by server-side apply where the program made the instance, by patches where it did not. */
import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import { exitCodes, UserError } from '../../errors.ts';
import type { ConflictChoice, Outside } from '../../install/contract.ts';
import type { PlannedObject } from '../../install/events.ts';
import { ledgerSource, renderInput } from '../../install/input.ts';
import { type Ledger, readLedger, writeLedger } from '../../install/ledger.ts';
import { planOf, sameContent, withoutField } from '../../install/plan.ts';
import { mainObject } from '../../observe/lookups.ts';
import type { Snapshot } from '../../observe/types.ts';
import { type Written, writtenOf } from '../../observe/written.ts';
import { type Answers, resolveAnswers } from '../../stack/answers.ts';
import { publicUrl } from '../../stack/model.ts';
import { render } from '../../stack/render.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import { databasePatchOf, patchOf } from './patches.ts';
import type { Change, Finding, Wants } from './types.ts';

export interface Applier {
  /** What else than the server's refusal speaks against it: fields that others hold. */
  readonly findings: readonly Finding[];
  /** Those of several objects, of which some are written by now. */
  readonly begun: ReadonlySet<ComponentId>;
  apply(id: ComponentId, signal: AbortSignal): Promise<readonly Written[]>;
}

interface Known {
  readonly ledger: Ledger;
  readonly wants: Wants;
  /** What to do with fields that others hold; undefined: nothing is done. */
  readonly conflicts: ConflictChoice | undefined;
}

/** By the instance's answers with these on top: a later install keeps them. */
export async function applierOf(
  outside: Outside,
  { ledger, wants, conflicts }: Known,
  signal: AbortSignal,
): Promise<Applier> {
  const { cluster, context } = outside;
  const answers = withWants(ledger, [...wants.keys()], wants);
  const input = await renderInput(outside, answers, ledger, signal);
  const objects = render(input).filter(
    ({ component, object }) => component !== 'instance' && wants.has(component) && object.kind !== 'Job',
  );
  const about = {
    name: ledger.app,
    size: answers.size,
    url: publicUrl(input.host, input.platform),
    owner: undefined,
    isResumed: false,
  };
  const { objects: planned } = await planOf(cluster, about, objects, ledger, signal);
  const applied: ComponentId[] = [];
  const begun = new Set<ComponentId>();
  return {
    begun,
    findings: conflicts === 'take' ? [] : planned.flatMap((each) => foreign(each, conflicts, wants)),
    async apply(id, until) {
      const own = planned.filter(({ component, action }) => component === id && action !== 'same');
      // What another program wrote meanwhile stays; what is stopped half-way is remembered as far as it has come.
      const found = (await readLedger(cluster, ledger.app, until)) ?? ledger;
      if (!isAsRecorded(id, ledger, found) || !(await areAsReviewed(cluster, own, until))) throw changedMeanwhile(id);
      applied.push(id);
      const entry = { at: new Date(context.clock.now()).toISOString(), by: context.holder.host, action: `scale ${id}` };
      await writeLedger(
        cluster,
        { ...found, answers: withWants(found, applied, wants), journal: [...found.journal, entry] },
        until,
      );
      const written: Written[] = [];
      // In the order they are rendered in: a pod reads the configuration that is there when it starts.
      try {
        for (const each of own) {
          const now = await cluster.apply(agreed(each, conflicts), { force: conflicts === 'take', signal: until });
          written.push(writtenOf(now));
          begun.add(id);
        }
      } catch (error) {
        // What was refused is not so: a later install would bring it after all.
        if (error instanceof ApiError && written.length === 0) await writeLedger(cluster, found, until);
        throw error;
      }
      return written;
    },
  };
}

/** Whether nobody has recorded anything else of the component since: another console of this program holds the same fields. */
const isAsRecorded = (id: ComponentId, { answers }: Ledger, { answers: found }: Ledger): boolean =>
  found.size === answers.size && isDeepStrictEqual(found.components[id], answers.components[id]);

/** Whether all is as it was when the review was made. States may have moved on; what is wanted may not, nor may it be gone. */
async function areAsReviewed(
  cluster: Cluster,
  planned: readonly PlannedObject[],
  signal: AbortSignal,
): Promise<boolean> {
  const same = await Promise.all(
    planned.map(async ({ wanted: { apiVersion, kind, metadata }, change }) => {
      const live = await cluster.get({ apiVersion, kind, name: metadata.name }, { signal });
      const before = change?.before;
      if (!before || !live) return before === live;
      return before.metadata.generation === undefined
        ? sameContent(before, live)
        : before.metadata.uid === live.metadata.uid && before.metadata.generation === live.metadata.generation;
    }),
  );
  return same.every(Boolean);
}

const changedMeanwhile = (id: ComponentId): UserError =>
  new UserError({
    code: 'changed-meanwhile',
    exit: exitCodes.refused,
    say: (t) => t.scale.changedMeanwhile(id),
    hint: (t) => t.scale.changedMeanwhileHint,
  });

/** Without the fields that others keep. */
const agreed = ({ wanted, conflicts = [] }: PlannedObject, choice: ConflictChoice | undefined): KubeObject =>
  choice === 'keep' ? conflicts.map(({ field }) => field).reduce(withoutField, wanted) : wanted;

function withWants(ledger: Ledger, ids: readonly ComponentId[], wants: Wants): Answers {
  const components = Object.fromEntries(ids.map((id) => [id, { ...wants.get(id) }]));
  const source = { values: { components }, place: () => (t: { scale: { place: string } }) => t.scale.place };
  return resolveAnswers([source, ledgerSource(ledger)]);
}

/** Fields that others hold; where theirs are kept, those that would have to change. */
function foreign(
  { kind, name, component, conflicts = [] }: PlannedObject,
  choice: ConflictChoice | undefined,
  wants: Wants,
): readonly Finding[] {
  const isAsked = (field: string) =>
    component !== 'instance' &&
    Object.keys(wants.get(component) ?? {}).some((each) =>
      field.endsWith(each === 'replicas' ? '.replicas' : `.resources.limits.${each}`),
    );
  return conflicts
    .filter(({ field }) => choice === undefined || isAsked(field))
    .map(({ manager, field }) => ({
      id: 'foreign',
      verdict: 'refuse',
      ...(component === 'instance' ? {} : { component }),
      message: (t) => t.scale.guards.foreign(`${kind}/${name}`, field, manager),
      hint: (t) => (choice === 'keep' ? t.scale.guards.keptHint : t.scale.guards.foreignHint),
    }));
}

/** Of an instance that another made: nothing but the fields that change, and only if nobody else has changed it since. */
export function patcherOf(cluster: Cluster, snapshot: Snapshot, changes: readonly Change[]): Applier {
  return {
    // One object is written, or it is not.
    begun: new Set(),
    findings: [],
    async apply(id, signal) {
      const object = mainObject(id, snapshot);
      if (!object) return [];
      const { apiVersion, kind, metadata } = object;
      const ref = { apiVersion, kind, name: metadata.name };
      const own = changes.filter(({ component }) => component === id);
      // Its state may have moved on since; what is wanted of it may not.
      const live = await cluster.get(ref, { signal });
      const guarded = live && live.metadata.generation === metadata.generation ? live : object;
      const patched =
        kind === 'Cluster'
          ? cluster.patch(ref, 'merge', databasePatchOf(guarded, own), { signal })
          : cluster.patch(ref, 'strategic', patchOf(guarded, own), { signal });
      return [writtenOf(await patched)];
    },
  };
}
