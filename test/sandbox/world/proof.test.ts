/** The whole proof of an install on the simulated world. */
import { expect, test } from 'vitest';
import { ensureAdmin } from '../../../source/install/admin.ts';
import type { ProofEvent } from '../../../source/install/events.ts';
import { hopsOf, prove } from '../../../source/install/proof/index.ts';
import { dictionaries } from '../../../source/messages/index.ts';
import { defaultPlatform } from '../../../source/stack/model.ts';
import { namespace } from '../controllers/support.ts';
import { during, host, install, logOf, newSite, outsideOf } from './support.ts';

const signal = new AbortController().signal;

test.each([0, 300])('a small install is proven, hop by hop, among %d other events a second', async (rate) => {
  const site = newSite();
  await install(site);
  site.world.traffic.setRate(rate);
  expect(logOf(site, 'posthog-migrate').at(-1)).toBe('All migrations complete');
  const outside = outsideOf(site);
  const url = `https://${host}`;
  const created = await during(
    site,
    ensureAdmin(outside, { app: 'posthog', host, url, email: 'a@example.com' }, signal),
  );
  expect(created.created).toBe(true);
  const target = { app: 'posthog', namespace, host, url, platform: defaultPlatform, admin: true };
  const events: ProofEvent[] = [];
  const proving = prove(outside, target, signal);
  for (let step = await during(site, proving.next()); !step.done; step = await during(site, proving.next()))
    if (step.value.type === 'proof') events.push(step.value);
  const faults = events.filter(({ ok }) => !ok).map(({ message, hop }) => `${hop}: ${message(dictionaries.en)}`);
  expect(faults).toEqual([]);
  expect(events.map(({ hop }) => hop)).toEqual(hopsOf(true).map(({ id }) => id));
});

test('the same steps from the same seed give the same objects and logs', async () => {
  const played = async () => {
    const site = newSite();
    await install(site);
    site.world.traffic.setRate(200);
    await site.clock.pass(10_000);
    const logs = site.cluster
      .pods()
      .map(({ metadata, spec }) => [
        metadata.name,
        spec.containers.map(({ name }: { name: string }) => site.world.logs.read(metadata.uid, name, 0, 0)),
      ]);
    return { logs, pods: site.cluster.pods(), counters: site.world.traffic.counters };
  };
  const first = await played();
  expect(first.logs.length).toBeGreaterThan(15);
  expect(await played()).toEqual(first);
});
