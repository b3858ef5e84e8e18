/** What an instance keeps for life, refused with the reason when answers would change it. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import type { JsonObject } from '../stack/manifests.ts';
import type { RenderInput } from '../stack/model.ts';
import { render } from '../stack/render.ts';
import type { KubeObject } from '../stack/types.ts';
import type { Ledger } from './ledger.ts';

/** @throws UserError `unchangeable` (exit 3) for another release, first user or volume sizes than the instance has. */
export function refuseUnchangeable(ledger: Ledger | undefined, input: RenderInput): void {
  if (!ledger) return;
  const { answers } = input;
  const old = ledger.answers.release;
  if (old !== answers.release) throw unchangeable((t) => t.install.unchangeable.release(old, answers.release));
  const [owner, wanted] = [ledger.answers.admin?.email, answers.admin?.email];
  if (ledger.finished && owner !== undefined && wanted !== undefined && owner !== wanted)
    throw unchangeable(
      (t) => t.install.unchangeable.admin(owner, wanted),
      (t) => t.install.unchangeable.adminHint,
    );
  const before = volumesOf({ ...input, answers: ledger.answers });
  for (const [name, size] of volumesOf(input)) {
    const was = before.get(name);
    if (was !== undefined && was !== size)
      throw unchangeable(
        (t) => t.install.unchangeable.volume(name, was, size),
        (t) => t.install.unchangeable.volumeHint(ledger.answers.size),
      );
  }
}

function unchangeable(say: Say, hint?: Say): UserError {
  return new UserError({ code: 'unchangeable', exit: exitCodes.refused, say, ...(hint ? { hint } : {}) });
}

/** `Kind/object/claim` -> size. */
function volumesOf(input: RenderInput): Map<string, string> {
  return new Map(render(input).flatMap(({ object }) => claimsOf(object)));
}

function claimsOf(object: KubeObject): [string, string][] {
  const spec = (object['spec'] ?? {}) as JsonObject;
  const holders = object.kind === 'Cluster' ? (spec['componentSpecs'] as readonly JsonObject[]) : [spec];
  return holders.flatMap((holder) =>
    ((holder['volumeClaimTemplates'] ?? []) as readonly JsonObject[]).map((claim): [string, string] => {
      const requests = ((claim['spec'] as JsonObject)['resources'] as JsonObject)['requests'] as JsonObject;
      const name = String(claim['name'] ?? (claim['metadata'] as JsonObject | undefined)?.['name']);
      return [
        `${object.kind}/${object.metadata.name}/${holder === spec ? '' : `${String(holder['name'])}/`}${name}`,
        String(requests['storage']),
      ];
    }),
  );
}
