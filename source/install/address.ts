/** The public address: open when it answers, or the reason why it does not. */
import { connectionError } from '../cluster/index.ts';
import type { HttpResponse } from '../cluster/types.ts';
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import type { Address, PublicAddress } from '../observe/concerns.ts';
import { routedUrl } from '../observe/routed-url.ts';
import type { Snapshot } from '../observe/types.ts';
import type { Outside } from './contract.ts';
import { ledgerIn } from './ledger.ts';

const triesEveryMs = 2_000;
/** DNS and the gateway need a while for a new host. */
const settlesMs = 10 * 60_000;
/** Before that, nobody wonders. */
const usualMs = 15_000;

/**
 * Resolves when PostHog answers there: an Ingress is ready when it leads somewhere, not when it exists.
 * @param tell hears why it does not answer yet, when that takes longer than usual, and again when the reason changes.
 * @throws UserError `address` or `address-<fault>` (exit 1) when it does not after 10 minutes.
 */
export async function addressAnswers(
  { context, publicHttp }: Outside,
  url: string,
  tell: (why: Say) => void,
  signal: AbortSignal,
): Promise<void> {
  const http = publicHttp(url);
  const askedSince = context.clock.monotonic();
  let told: string | undefined;
  try {
    for (;;) {
      const answer = await http.request({ path: '/_health', timeoutMs: 10_000, signal }).catch((error: Error) => error);
      signal.throwIfAborted();
      if (!(answer instanceof Error) && answer.status === 200) return;
      const since = context.clock.monotonic() - askedSince;
      if (since > settlesMs) throw unanswered(url, answer);
      if (since >= usualMs && told !== keyOf(answer)) {
        told = keyOf(answer);
        tell(whyOf(answer));
      }
      await context.clock.sleep(triesEveryMs, signal);
    }
  } finally {
    await http.close();
  }
}

/** As its record has it, or else as its objects do. Undefined where nothing tells it. */
export function addressIn(snapshot: Snapshot): PublicAddress | undefined {
  const recorded = ledgerIn(snapshot)?.url;
  if (recorded) return { url: recorded, isRecorded: true };
  const url = routedUrl(snapshot);
  return url === undefined ? undefined : { url, isRecorded: false };
}

const everyMs = 60_000;
/** One that fails may have met a moment: it is asked once more before that is told. */
const secondTryMs = 2_000;
const patienceMs = 5_000;

/** Whether PostHog answers at its address, once a minute until the signal aborts. */
export async function* addressAsked(
  { context: { clock }, publicHttp }: Pick<Outside, 'context' | 'publicHttp'>,
  address: PublicAddress,
  signal: AbortSignal,
): AsyncGenerator<Address> {
  const http = publicHttp(address.url);
  const ask = () => http.request({ path: '/_health', timeoutMs: patienceMs, signal }).catch((error: Error) => error);
  const isWell = (answer: HttpResponse | Error) => !(answer instanceof Error) && answer.status === 200;
  try {
    while (!signal.aborted) {
      let answer = await ask();
      if (!isWell(answer) && connectionError(answer)?.fault !== 'timeout') {
        await clock.sleep(secondTryMs, signal);
        answer = await ask();
      }
      if (signal.aborted) return;
      yield {
        ...address,
        trouble: isWell(answer) ? undefined : whyOf(answer),
        certificateUntil: http.certificateUntil?.(),
      };
      await clock.sleep(everyMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await http.close();
  }
}

const keyOf = (answer: HttpResponse | Error): string =>
  answer instanceof Error ? (connectionError(answer)?.fault ?? answer.message) : String(answer.status);

/** `answer`: what came instead of 200, a response of the gateway or the fault of the connection. */
function unanswered(url: string, answer: HttpResponse | Error): UserError {
  const [connection, why] = [connectionError(answer), whyOf(answer)];
  return new UserError({
    code: connection ? `address-${connection.fault}` : 'address',
    exit: exitCodes.failed,
    say: (t) => t.install.run.address(url, why(t)),
    hint: (t) => (connection?.fault === 'tls' ? t.install.run.addressTlsHint : t.install.run.addressHint),
    cause: answer,
  });
}

function whyOf(answer: HttpResponse | Error): Say {
  const connection = connectionError(answer);
  return (t) => {
    if (connection) return `${t.cluster.faults[connection.fault]} (${connection.detail})`;
    return answer instanceof Error ? answer.message : t.install.run.addressStatus(answer.status);
  };
}
