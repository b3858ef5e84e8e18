import { describe, expect, test } from 'vitest';
import type { ProofEvent } from '../../source/install/events.ts';
import { prove } from '../../source/install/proof/index.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { defaultPlatform } from '../../source/stack/model.ts';
import { answer, app, host, page, type Sent, url, World } from './support-proof.ts';

async function proof(world: World, retryMs = 600_000) {
  const target = { app, namespace: 'ns-test', host, url, platform: defaultPlatform, admin: true, retryMs };
  const events: ProofEvent[] = [];
  const proving = prove(world.outside, target, new AbortController().signal);
  for (;;) {
    const step = await proving.next();
    if (step.done) return { events, ...step.value };
    if (step.value.type === 'proof') events.push(step.value);
  }
}

const english = ({ message, hint }: ProofEvent) =>
  [message(dictionaries.en), ...(hint ? [hint(dictionaries.en)] : [])].join(' | ');
const failed = (events: readonly ProofEvent[]) => events.filter(({ ok, warning }) => !ok && !warning) as [ProofEvent];
const broken = (code: string, message = code) =>
  Object.assign(new Error('fetch failed'), { cause: Object.assign(new Error(message), { code }) });

describe('the way to the public address', () => {
  test('a name that DNS does not know is waited for as long as it may take to settle', async () => {
    const world = new World().withAdmin();
    world.addresses = [];
    const { events, proven } = await proof(world);
    const [event] = failed(events);
    expect(event).toMatchObject({ hop: 'public-dns', ms: 600_000 });
    expect(english(event)).toBe(`${host} has no address in DNS | ${dictionaries.en.proof.hint.dns}`);
    expect(failed(events)).toHaveLength(1);
    expect(proven).toBe(false);
  });

  test.each([
    ['ECONNREFUSED', /refuses connections/, 600_000],
    ['UND_ERR_CONNECT_TIMEOUT', /does not answer in time/, 600_000],
    ['ENOTFOUND', /no address in DNS/, 600_000],
    ['ECONNRESET', /breaks: ECONNRESET/, 600_000],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /self-signed.*NODE_EXTRA_CA_CERTS/, 60_000],
    ['SELF_SIGNED_CERT_IN_CHAIN', /self-signed.*NODE_EXTRA_CA_CERTS/, 60_000],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /self-signed.*NODE_EXTRA_CA_CERTS/, 60_000],
    ['CERT_HAS_EXPIRED', /not valid: CERT_HAS_EXPIRED/, 60_000],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /not valid/, 60_000],
  ])('%s', async (code, text, ms) => {
    const world = new World().withAdmin();
    world.override = ({ via }) => {
      if (via === 'public') throw broken(code);
      return undefined;
    };
    const { events } = await proof(world);
    expect(failed(events).map((event) => event.hop)).toEqual(['public-connection']);
    expect(english(failed(events)[0])).toMatch(text);
    expect(failed(events)[0].ms).toBe(ms);
  });

  test.each(['refused', 'timeout', 'dns', 'tls', 'reset'])(
    "the transport's own word %s is understood",
    async (fault) => {
      const world = new World().withAdmin();
      world.override = ({ via }) => {
        if (via === 'public') throw Object.assign(new Error('no connection'), { fault });
        return undefined;
      };
      const texts = {
        refused: /refuses/,
        timeout: /in time/,
        dns: /DNS/,
        tls: /certificate/,
        reset: /breaks: no connection/,
      };
      expect(english(failed((await proof(world, 0)).events)[0])).toMatch(texts[fault as keyof typeof texts]);
    },
  );

  test('a gateway that settles after a while passes, once, with the time it took', async () => {
    const world = new World().withAdmin();
    let refusals = 12;
    world.override = ({ via, request }: Sent) =>
      via === 'public' && request.path === '/i/v0/e/' && refusals-- > 0
        ? answer(503, 'no healthy upstream')
        : undefined;
    const { events, proven } = await proof(world);
    expect(events.filter((event) => event.hop === 'public-capture')).toHaveLength(1);
    expect(proven).toBe(true);
    // Pauses grow to 10 s and no further.
    expect(world.slept).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000]);
  });

  test('hops of the public leg share the time to settle', async () => {
    const world = new World().withAdmin();
    const startedAt = world.now;
    world.override = ({ via, request }) => {
      if (via !== 'public') return undefined;
      if (world.now - startedAt < 300_000) throw broken('ECONNREFUSED');
      return request.path === '/i/v0/e/' ? answer(404, 'default backend - 404') : undefined;
    };
    const { events } = await proof(world);
    const by = new Map(events.map((event) => [event.hop, event.ms]));
    expect(by.get('public-connection')).toBeGreaterThanOrEqual(300_000);
    expect((by.get('public-connection') ?? 0) + (by.get('public-capture') ?? 0)).toBe(600_000);
  });

  test.each([
    ['no route', answer(404, 'default backend - 404'), /gateway answered 404.*kubectl describe ingress posthog/],
    ['no ready pod behind it', answer(503, 'no healthy upstream'), /gateway answered 503/],
    ['the wrong service', page(200), /web page came \(200\).*kubectl get ingress posthog/],
    ['capture itself', answer(400, { error: 'bad payload' }), /capture answered 400: .*bad payload/],
  ])('%s is told apart', async (_, response, text) => {
    const world = new World().withAdmin();
    world.override = ({ via, request }) => (via === 'public' && request.path === '/i/v0/e/' ? response : undefined);
    const { events } = await proof(world, 0);
    expect(failed(events).map((event) => event.hop)).toEqual(['public-capture']);
    expect(english(failed(events)[0])).toMatch(text);
  });
});
