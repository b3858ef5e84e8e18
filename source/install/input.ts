/** What the objects of an instance are rendered from: its answers, and what is found in the cluster. */
import type { AnswerSource, Answers } from '../stack/answers.ts';
import { instanceApiVersion } from '../stack/conventions.ts';
import { type RenderInput, workspaceOf } from '../stack/model.ts';
import type { Outside } from './contract.ts';
import type { Ledger } from './ledger.ts';
import { urlsInUse } from './own-secrets.ts';
import { completeHost, type FoundPlatform, findPlatform } from './platform.ts';

/** @param ledger of an instance that is there already; undefined for a new one */
export async function renderInput(
  outside: Outside,
  answers: Answers,
  ledger: Ledger | undefined,
  signal: AbortSignal,
): Promise<RenderInput & { readonly platform: FoundPlatform; readonly host: string }> {
  const { cluster } = outside;
  const { name } = answers;
  const platform = await findPlatform(outside, signal);
  const host =
    ledger && answers.host === undefined
      ? ledger.host
      : completeHost(answers.host ?? `${name}-${workspaceOf(cluster.namespace)}`, platform.domain);
  // Without it, a dry run would read as if the owner should be taken away.
  const root = ledger && (await cluster.get({ apiVersion: instanceApiVersion, kind: 'Instance', name }, { signal }));
  const instanceUid = root?.metadata.uid;
  return {
    answers,
    namespace: cluster.namespace,
    host,
    platform,
    migrate: ledger?.finished ? 'upgrade' : 'install',
    // What a first install learns on its way, a later one finds.
    urls: ledger ? await urlsInUse(cluster, name, signal) : 'composed',
    ...(instanceUid === undefined ? {} : { instanceUid }),
  };
}

/** The answers that an instance was made with; its release is a matter of its own. */
export function ledgerSource({ answers }: Ledger): AnswerSource {
  const { release: _, ...values } = answers;
  return { values, place: () => (t) => t.answers.places.ledger };
}
