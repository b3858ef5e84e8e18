/** The whole proof of a finished install, at any time. */
import { exitCodes, UserError } from '../errors.ts';
import { readSecret } from '../observe/sources/secret.ts';
import { defaultPlatform } from '../stack/model.ts';
import { ownSecrets } from '../stack/render.ts';
import type { Outside } from './contract.ts';
import type { InstallEvent } from './events.ts';
import { readLedger } from './ledger.ts';
import { type ProofTarget, type Proven, prove } from './proof/index.ts';
import { chooseInstance } from './status.ts';

/**
 * Tells every hop, then `done`.
 * @throws UserError `proof-failed` (exit 1); `no-record` (exit 3) for instances that this program did not make.
 */
export async function* proveAgain(
  outside: Outside,
  name: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<InstallEvent> {
  const { cluster, context } = outside;
  const startedAt = context.clock.monotonic();
  const { name: app } = await chooseInstance(outside, name, signal);
  const ledger = await readLedger(cluster, app, signal);
  if (!ledger)
    throw new UserError({
      code: 'no-record',
      exit: exitCodes.refused,
      say: (t) => t.install.noRecord(app),
      hint: (t) => t.install.noRecordHint,
    });
  const { host, url } = ledger;
  const { protocol, port } = new URL(url);
  const platform = {
    ...defaultPlatform,
    scheme: protocol === 'http:' ? ('http' as const) : ('https' as const),
    ...(port === '' ? {} : { port: Number(port) }),
  };
  const key = (await readSecret(cluster, ownSecrets(app).admin, signal))?.['api-key'];
  // An owner whose key is lost is an owner: the proof says so and how to make another.
  const admin = key !== undefined || ledger.answers.admin !== undefined;
  const end = yield* proofEvents(outside, { app, namespace: cluster.namespace, host, url, platform, admin }, signal);
  yield {
    type: 'done',
    url,
    name: app,
    elapsedMs: context.clock.monotonic() - startedAt,
    ...end,
    ...(end.proven ? {} : { message: (t) => t.install.done.noAdmin(url) }),
  };
}

/**
 * @returns whether it was proven to the end, with a user's eyes, and the key of that user's project.
 * @throws UserError `proof-failed` (exit 1) naming the hops.
 */
export async function* proofEvents(
  outside: Outside,
  target: ProofTarget,
  signal: AbortSignal,
): AsyncGenerator<InstallEvent, Proven> {
  const proving = prove(outside, target, signal);
  const failed: string[] = [];
  for (;;) {
    const step = await proving.next();
    if (step.done) {
      if (failed.length === 0) return step.value;
      throw new UserError({
        code: 'proof-failed',
        exit: exitCodes.failed,
        say: (t) => t.install.proofFailed(failed.join(', ')),
        hint: (t) => t.install.proofFailedHint,
      });
    }
    if (step.value.type === 'proof' && !step.value.ok && !step.value.warning) failed.push(step.value.hop);
    yield step.value;
  }
}
