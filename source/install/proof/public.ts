/** The way to the public address, hop by hop: name, connection with certificate, gateway (stack-spec I.4). */
import type { Say } from '../../messages/index.ts';
import { hopId, unexpected } from './answers.ts';
import type { Fault, Hop } from './hop.ts';
import type { Run } from './run.ts';

const answerMs = 60_000;
/** A gateway may show its own certificate until it has read the Ingress, but not for long. */
const certificateMs = 60_000;

export const dnsHop: Hop = {
  id: 'public-dns',
  leg: 'public',
  needs: [],
  timeoutMs: answerMs,
  settles: true,
  async run(run, signal) {
    const { host } = run.target;
    const addresses = await run.outside.lookup(host, signal);
    if (addresses.length === 0)
      return { ok: false, message: (t) => t.proof.fault.dns(host), hint: (t) => t.proof.hint.dns };
    return { ok: true, message: (t) => t.proof.ok.dns(host, addresses.join(', ')) };
  },
};

/** Any answer proves the connection; what it says is the next hop's. */
export const connectionHop: Hop = {
  id: 'public-connection',
  leg: 'public',
  needs: ['public-dns'],
  timeoutMs: answerMs,
  settles: true,
  async run(run, signal) {
    try {
      await run.entry.send('web', { path: '/_health' }, signal);
    } catch (error) {
      signal.throwIfAborted();
      return connectionFault(error, run);
    }
    const { scheme } = run.target.platform;
    return { ok: true, message: (t) => (scheme === 'https' ? t.proof.ok.connectionTls : t.proof.ok.connection) };
  },
};

export const publicWebHop: Hop = {
  id: hopId('public', 'web'),
  leg: 'public',
  needs: ['public-connection'],
  timeoutMs: answerMs,
  settles: true,
  async run(run, signal) {
    const response = await run.entry.send('web', { path: '/_health' }, signal);
    if (response.status !== 200 || !/^"?ok/i.test(response.body.trim())) return unexpected(run, 'web', response);
    const { url } = run.target;
    return { ok: true, message: (t) => t.proof.ok.webPublic(url) };
  },
};

const selfSigned = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const otherCertificate = /^(CERT_|ERR_TLS_CERT|HOSTNAME_MISMATCH|ERR_SSL|EPROTO)/;
const noName = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA']);
const tooLate = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Says whether it is the name, TCP or TLS. The codes are Node's and undici's, somewhere in the chain of causes. */
function connectionFault(error: unknown, run: Run): Fault {
  const { host, url, retryMs = certificateMs } = run.target;
  const codes = chain(error)
    .flatMap(({ code, fault, detail }) => [code, fault, detail])
    .filter((code) => typeof code === 'string');
  const fault = (message: Say, hint: Say, limit: Partial<Fault> = {}): Fault => ({
    ok: false,
    message,
    hint,
    ...limit,
  });
  const certificateLimit = { limitMs: Math.min(certificateMs, retryMs) };
  const detail = run.clean(chain(error).at(-1)?.message ?? '');
  if (codes.some((code) => selfSigned.has(code)))
    return fault(
      (t) => t.proof.fault.selfSigned(url),
      (t) => t.proof.hint.selfSigned,
      certificateLimit,
    );
  if (codes.some((code) => otherCertificate.test(code) || code === 'tls'))
    return fault(
      (t) => t.proof.fault.certificate(url, detail),
      (t) => t.proof.hint.certificate,
      certificateLimit,
    );
  if (codes.some((code) => noName.has(code) || code === 'dns'))
    return fault(
      (t) => t.proof.fault.dns(host),
      (t) => t.proof.hint.dns,
    );
  if (codes.some((code) => code === 'ECONNREFUSED' || code === 'refused'))
    return fault(
      (t) => t.proof.fault.refused(url),
      (t) => t.proof.hint.tcp,
    );
  if (codes.some((code) => tooLate.has(code) || code === 'timeout'))
    return fault(
      (t) => t.proof.fault.timeout(url),
      (t) => t.proof.hint.tcp,
    );
  return fault(
    (t) => t.proof.fault.broken(url, detail),
    (t) => t.proof.hint.tcp,
  );
}

interface Cause {
  readonly code?: string;
  /** Of the transport's ConnectionError. */
  readonly fault?: string;
  readonly detail?: string;
  readonly message?: string;
}

function chain(error: unknown): readonly Cause[] {
  const found: Cause[] = [];
  for (
    let cause = error;
    cause !== null && typeof cause === 'object' && found.length < 8;
    cause = (cause as { cause?: unknown }).cause
  )
    found.push(cause as Cause);
  return found;
}
