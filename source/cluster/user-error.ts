/** Turns what the cluster answered into what a user can understand and do. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { ApiError, connectionError, notKubernetes } from './api-error.ts';
import type { Cluster } from './types.ts';

interface Explanation {
  readonly code: string;
  readonly say: Say;
  readonly hint?: Say;
}

/** Admission and rights: which answer means what (sealos-platform 6.3). In order: the first that fits. */
const explanations: readonly {
  readonly fits: (error: ApiError) => boolean;
  readonly explain: (error: ApiError, host: string) => Explanation;
}[] = [
  {
    fits: ({ code }) => code === 401,
    explain: () => ({
      code: 'unauthorized',
      say: (t) => t.cluster.unauthorized,
      hint: (t) => t.cluster.unauthorizedHint,
    }),
  },
  {
    fits: ({ code, reason }) => reason === notKubernetes && code < 500,
    explain: (_, host) => ({
      code: 'not-kubernetes',
      say: (t) => t.cluster.notKubernetes(host),
      hint: (t) => t.cluster.unreachableHint(host),
    }),
  },
  {
    fits: ({ message }) => /\b40001\b|balance less than 0/.test(message),
    explain: () => ({ code: 'debt', say: (t) => t.cluster.debt, hint: (t) => t.cluster.debtHint }),
  },
  {
    fits: ({ message }) => /subscription status of workspace/.test(message),
    explain: () => ({
      code: 'subscription',
      say: (t) => t.cluster.subscription,
      hint: (t) => t.cluster.subscriptionHint,
    }),
  },
  {
    fits: ({ message }) => /\b40303\b/.test(message),
    explain: () => ({
      code: 'host-forbidden',
      say: (t) => t.cluster.hostForbidden,
      hint: (t) => t.cluster.hostForbiddenHint,
    }),
  },
  {
    fits: ({ message }) => /\b40301\b/.test(message),
    explain: () => ({ code: 'host-taken', say: (t) => t.cluster.hostTaken, hint: (t) => t.cluster.hostTakenHint }),
  },
  {
    fits: ({ message }) => /\b40300\b|lookup \S+.*no such host/.test(message),
    explain: () => ({
      code: 'host-unverified',
      say: (t) => t.cluster.hostUnverified,
      hint: (t) => t.cluster.hostUnverifiedHint,
    }),
  },
  {
    fits: ({ message }) => /\b40302\b|\b50000\b.*icp/i.test(message),
    explain: () => ({ code: 'host-icp', say: (t) => t.cluster.hostIcp, hint: (t) => t.cluster.hostIcpHint }),
  },
  {
    fits: ({ message }) => /exceeded quota/.test(message),
    explain: ({ message }) => ({
      code: 'quota',
      say: (t) => t.cluster.quota(message),
      hint: (t) => t.cluster.quotaHint,
    }),
  },
  {
    fits: ({ message }) => /violates PodSecurity/.test(message),
    explain: ({ message }) => ({
      code: 'pod-security',
      say: (t) => t.cluster.podSecurity(message),
      hint: (t) => t.cluster.podSecurityHint,
    }),
  },
  {
    fits: ({ code }) => code === 403,
    explain: ({ message }) => ({
      code: 'forbidden',
      say: (t) => t.cluster.forbidden(message),
      hint: (t) => t.cluster.forbiddenHint,
    }),
  },
  {
    fits: ({ code }) => code === 409,
    explain: ({ message }) => ({
      code: 'conflict',
      say: (t) => t.cluster.conflict(message),
      hint: (t) => t.cluster.conflictHint,
    }),
  },
  {
    fits: ({ code }) => code === 429,
    explain: () => ({ code: 'busy', say: (t) => t.cluster.busy, hint: (t) => t.cluster.busyHint }),
  },
  {
    fits: ({ code }) => code >= 500,
    explain: ({ message }) => ({
      code: 'server',
      say: (t) => t.cluster.server(message),
      hint: (t) => t.cluster.serverHint,
    }),
  },
  { fits: () => true, explain: ({ message }) => ({ code: 'refused', say: (t) => t.cluster.refused(message) }) },
];

/** A UserError stays as it is; what is neither the server's nor the connection's doing is a bug and is thrown on. */
export function toUserError(error: unknown, { server }: Pick<Cluster, 'server'>): UserError {
  if (error instanceof UserError) return error;
  if (error instanceof ApiError) {
    const { explain } = explanations.find(({ fits }) => fits(error)) as (typeof explanations)[number];
    const explanation = explain(error, server.host);
    return new UserError({
      exit: exitCodes.refused,
      ...explanation,
      ...(error.object ? { object: error.object } : {}),
      cause: error,
    });
  }
  const connection = connectionError(error);
  if (!connection) throw error;
  const { fault, detail } = connection;
  return new UserError({
    code: fault === 'tls' ? 'tls' : 'unreachable',
    exit: exitCodes.refused,
    say: (t) =>
      fault === 'tls'
        ? t.cluster.tls(server.host, detail)
        : t.cluster.unreachable(server.host, t.cluster.faults[fault], detail),
    hint: (t) => (fault === 'tls' ? t.cluster.tlsHint : t.cluster.unreachableHint(server.host)),
    cause: error,
  });
}
