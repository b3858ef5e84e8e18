/** What an unexpected answer means. */
import type { HttpResponse } from '../../cluster/types.ts';
import type { Say } from '../../messages/index.ts';
import type { ComponentId } from '../../stack/types.ts';
import type { Fault, Hop, Leg } from './hop.ts';
import type { Run } from './run.ts';
import { parseJson } from './text.ts';

/** Id of a hop in a leg. */
export const hopId = (leg: Leg, id: string): string => (leg === 'public' ? `public-${id}` : id);

/** Outside, what reads back needs the hop before it, and itself to have passed inside: it would fail for the same reason. */
export const needing = (leg: Leg, id: string, ...before: readonly string[]): Hop['needs'] =>
  leg === 'public' ? [...before.map((each) => hopId(leg, each)), id] : before;

/** What sends needs: a project inside, where there is one; outside a connection, and itself to have passed inside. */
export const sending = (leg: Leg, id: string, withAccount: boolean): Hop['needs'] => {
  if (leg === 'public') return ['public-connection', id];
  return withAccount ? ['account'] : [];
};

/** Statuses with which gateways answer while no route, or no ready pod, stands behind one. */
const gatewayStatuses = new Set([404, 502, 503, 504]);

/** Names the routing when the answer is not from the service that was meant, else shows it. */
export function unexpected(run: Run, component: ComponentId, response: HttpResponse): Fault {
  const { status } = response;
  const log = logHint(run, component);
  if (run.leg === 'public' && gatewayStatuses.has(status) && parseJson(response.body) === undefined) {
    return {
      ok: false,
      message: (t) => t.proof.fault.gateway(status),
      hint: (t) => t.proof.hint.gateway(run.target.app),
    };
  }
  if (isHtml(response)) {
    return {
      ok: false,
      message: (t) => t.proof.fault.html(status),
      hint: run.leg === 'public' ? (t) => t.proof.hint.route(run.target.app) : log,
    };
  }
  const excerpt = run.clean(response.body);
  return { ok: false, message: (t) => t.proof.fault.status(component, status, excerpt), hint: log };
}

export function isHtml({ headers, body }: HttpResponse): boolean {
  return String(headers['content-type'] ?? '').includes('text/html') || /^\s*<(!doctype|html)/i.test(body);
}

/** Where to look when a component does not do its part. */
export function logHint({ target }: Run, component: ComponentId): Say {
  return (t) => t.proof.hint.log(component, target.app);
}

export const json = { 'content-type': 'application/json' } as const;

/** The body as JSON; undefined when it is none. */
export const answerOf = (response: HttpResponse): unknown => parseJson(response.body);
