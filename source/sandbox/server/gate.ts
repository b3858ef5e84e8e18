/** Who gets in: a known token, nothing that goes wrong on purpose, and the right to do it. */
import type { IncomingMessage } from 'node:http';
import { StatusError } from '../objects/index.ts';
import type { Store, User } from '../types.ts';
import type { Faults } from './faults.ts';
import { authorize, denial } from './rbac.ts';
import { type RequestInfo, requestInfoOf } from './request-info.ts';

export interface Entrant {
  readonly info: RequestInfo;
  readonly user: User;
}

export interface Gate {
  /** @throws StatusError */
  admit(request: IncomingMessage): Entrant;
  /** Whether the request that was admitted last is to lose its connection. */
  cuts(): boolean;
}

export function gateOf(store: Store, users: (token: string) => User | undefined, faults: Readonly<Faults>): Gate {
  let requests = 0;
  let wrong: Readonly<Faults> = faults;
  const isUnlucky = () => requests % 2 === 0;
  return {
    admit(request) {
      // Whatever the Host header says: without its token nothing of the sandbox is told.
      const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const user = token === undefined ? undefined : users(token);
      // Whoever administers the sandbox can always end what goes wrong.
      wrong = user?.groups.includes('system:masters') ? {} : faults;
      if (!user || wrong.expiredTokens) throw StatusError.unauthorized();
      requests += 1;
      if (wrong.tooManyRequests !== undefined) throw StatusError.tooManyRequests(wrong.tooManyRequests);
      if (wrong.errors && isUnlucky()) throw StatusError.internal('the sandbox was told to fail');
      const info = infoOf(request);
      if (!authorize(store, user, info)) throw refusalOf(user, info);
      return { info, user };
    },
    cuts: () => Boolean(wrong.resets) && isUnlucky(),
  };
}

/** @throws StatusError 400 */
function infoOf(request: IncomingMessage): RequestInfo {
  try {
    return requestInfoOf(request.method ?? '', request.url ?? '/');
  } catch {
    throw StatusError.badRequest(`the address cannot be read: ${request.url}`);
  }
}

function refusalOf(user: User, info: RequestInfo): StatusError {
  const { resource } = info;
  const why = denial(user, info);
  if (!resource) return new StatusError(403, 'Forbidden', `forbidden: ${why}`, {});
  return StatusError.forbidden({ group: resource.group, plural: resource.resource }, resource.name ?? '', why);
}
