/** How a change reaches the cluster: by server-side apply where the program made the instance, by patches where it did not. */
import type { Cluster } from '../../cluster/types.ts';
import type { ConflictChoice, Outside } from '../../install/contract.ts';
import type { PlannedObject } from '../../install/events.ts';
import { ledgerSource, renderInput } from '../../install/input.ts';
import { type Ledger, readLedger, writeLedger } from '../../install/ledger.ts';
import { planOf, withoutField } from '../../install/plan.ts';
import { mainObject } from '../../observe/lookups.ts';
import type { Snapshot } from '../../observe/types.ts';
import { type Answers, resolveAnswers } from '../../stack/answers.ts';
import { publicUrl } from '../../stack/model.ts';
import { render } from '../../stack/render.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import { type Written, writtenOf } from '../settle.ts';
import type { Change, Finding, Wants } from './types.ts';

export interface Applier {
  /** What else than the server's refusal speaks against it: fields that others hold. */
  readonly findings: readonly Finding[];
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
  return {
    findings: conflicts === undefined ? planned.flatMap(foreign) : [],
    async apply(id, until) {
      applied.push(id);
      // What another program wrote meanwhile stays; what is stopped half-way is remembered as far as it has come.
      const found = (await readLedger(cluster, ledger.app, until)) ?? ledger;
      const entry = { at: new Date(context.clock.now()).toISOString(), by: context.holder.host, action: `scale ${id}` };
      await writeLedger(
        cluster,
        { ...found, answers: withWants(found, applied, wants), journal: [...found.journal, entry] },
        until,
      );
      const own = planned.filter(({ component, action }) => component === id && action !== 'same');
      const written: Written[] = [];
      // In the order they are rendered in: a pod reads the configuration that is there when it starts.
      for (const each of own)
        written.push(
          writtenOf(await cluster.apply(agreed(each, conflicts), { force: conflicts === 'take', signal: until })),
        );
      return written;
    },
  };
}

/** Without the fields that others keep. */
const agreed = ({ wanted, conflicts = [] }: PlannedObject, choice: ConflictChoice | undefined): KubeObject =>
  choice === 'keep' ? conflicts.map(({ field }) => field).reduce(withoutField, wanted) : wanted;

function withWants(ledger: Ledger, ids: readonly ComponentId[], wants: Wants): Answers {
  const components = Object.fromEntries(ids.map((id) => [id, { ...wants.get(id) }]));
  const source = { values: { components }, place: () => (t: { scale: { place: string } }) => t.scale.place };
  return resolveAnswers([source, ledgerSource(ledger)]);
}

const foreign = ({ kind, name, component, conflicts = [] }: PlannedObject): readonly Finding[] =>
  conflicts.map(({ manager, field }) => ({
    id: 'foreign',
    verdict: 'refuse',
    ...(component === 'instance' ? {} : { component }),
    message: (t) => t.scale.guards.foreign(`${kind}/${name}`, field, manager),
    hint: (t) => t.scale.guards.foreignHint,
  }));

/** Of an instance that another made: nothing but the fields that change, and only if nobody else has changed it since. */
export function patcherOf(cluster: Cluster, snapshot: Snapshot, changes: readonly Change[]): Applier {
  return {
    findings: [],
    async apply(id, signal) {
      const object = mainObject(id, snapshot);
      if (!object) return [];
      const { apiVersion, kind, metadata } = object;
      const ref = { apiVersion, kind, name: metadata.name };
      const own = changes.filter(({ component }) => component === id);
      return [writtenOf(await cluster.patch(ref, 'strategic', patchOf(object, own), { signal }))];
    },
  };
}

/** @param changes of one Deployment or StatefulSet */
export function patchOf({ metadata, ...rest }: KubeObject, changes: readonly Change[]): object {
  const { template } = (rest['spec'] ?? {}) as {
    readonly template?: { readonly spec?: { readonly containers?: readonly { readonly name: string }[] } };
  };
  const limits = changes.flatMap(({ field, to }) => (field === 'replicas' ? [] : [[field, to] as const]));
  const replicas = changes.find(({ field }) => field === 'replicas')?.to;
  const container = template?.spec?.containers?.[0]?.name;
  return {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      // The platform's own console shows these.
      ...(replicas === undefined
        ? {}
        : {
            annotations: {
              'deploy.cloud.sealos.io/minReplicas': replicas,
              'deploy.cloud.sealos.io/maxReplicas': replicas,
            },
          }),
    },
    spec: {
      ...(replicas === undefined ? {} : { replicas: Number(replicas) }),
      ...(limits.length === 0
        ? {}
        : {
            template: {
              spec: { containers: [{ name: container, resources: { limits: Object.fromEntries(limits) } }] },
            },
          }),
    },
  };
}
