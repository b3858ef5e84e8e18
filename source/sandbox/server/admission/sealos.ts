/** The admission webhooks of Sealos, which ask users only (sealos-platform 6.3). */
import type { KubeObject } from '../../../stack/types.ts';
import { StatusError } from '../../objects/index.ts';
import type { AdmissionReview, Store } from '../../types.ts';
import { served } from '../served.ts';
import { fieldsOf } from './reading.ts';

export interface Platform {
  /** What is left on the account, in its currency; below zero nothing is created or changed any more. */
  readonly balance: () => number;
  /** Public addresses of the users' apps are below it. */
  readonly domain: string;
  /** Domains that are the platform's own. */
  readonly deniedDomains: readonly string[];
}

const users = 'system:serviceaccount:user-system:';

/** @throws StatusError 403, 400 as the real server wraps a webhook's refusal. */
export function sealosWebhooks(store: Store, platform: Platform, review: AdmissionReview): void {
  const { kind, operation, user, namespace, name } = review;
  if (!user.name.startsWith(users)) return;
  if (kind.group === '' && kind.kind === 'Namespace')
    throw denied('vnamespace.sealos.io', `user can not ${operation.toLowerCase()} namespace`);
  const isGuarded = kind.group === '' && kind.kind === 'ResourceQuota' && /^(quota-|debt-limit0$)/.test(name);
  if (isGuarded) throw denied('debt.sealos.io', `ns ${namespace} request ResourceQuota ${operation} permission denied`);
  if (operation === 'DELETE') return;
  const balance = platform.balance();
  if (balance < 0) {
    const owner = user.name.slice(users.length);
    const text = `account balance less than 0, now account is ${balance.toFixed(2)}¥. Please recharge the user ${owner}.`;
    throw denied('debt.sealos.io', `40001: ${text}`);
  }
  if (kind.group === 'networking.k8s.io' && kind.kind === 'Ingress') checkHosts(store, platform, review);
}

const denied = (webhook: string, text: string) =>
  new StatusError(403, 'Forbidden', `admission webhook "${webhook}" denied the request: ${text}`);

const hostsOf = (ingress: KubeObject): readonly string[] => {
  const { rules = [] } = fieldsOf<{ readonly rules: readonly ({ readonly host?: string } | null)[] }>(ingress);
  return rules.flatMap((rule) => rule?.host ?? []);
};

/** Denied domains, then the CNAME, then the owner, rule by rule. */
function checkHosts(store: Store, { domain, deniedDomains }: Platform, { object, namespace }: AdmissionReview): void {
  const refuse = (text: string) => denied('vingress.sealos.io', text);
  const ingresses = store.list(served('networking.k8s.io', 'ingresses'));
  const others = ingresses.filter(({ metadata }) => metadata.namespace !== namespace);
  for (const host of hostsOf(object)) {
    const forbidden = deniedDomains.find((suffix) => host === suffix || host.endsWith(`.${suffix}`));
    if (forbidden) throw refuse(`40303: ingress host ${host} is under forbidden domain suffix ${forbidden}`);
    // Nobody has made a CNAME for any other name: the look-up fails before anything is compared.
    if (!host.endsWith(`.${domain}`)) throw refuse(`lookup ${host}: no such host`);
    if (others.some((other) => hostsOf(other).includes(host)))
      throw refuse(`40301: ingress host ${host} is owned by other user, you can not create ingress with same host.`);
  }
}
