/** Changes of pods as fast as a cluster makes them, and whether a watch sees each of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { podName, podsPath } from './pods.ts';
import { eachLine, type Place } from './requests.ts';

export const changesPerSecond = 300;

export interface Watched {
  readonly acknowledged: number;
  /** Changes that were acknowledged and never seen. */
  readonly lost: number;
  /** Milliseconds from a change being asked for to its being seen. */
  readonly ages: readonly number[];
}

interface Event {
  readonly object: { readonly metadata: { readonly resourceVersion: string } };
}

/** Changes the pods in turn, evenly, and watches them from beside. */
export async function changeAndWatch(place: Place, pods: number, seconds: number): Promise<Watched> {
  const { metadata } = JSON.parse((await place.send('GET', `${podsPath}?limit=1`)).toString('utf8')) as Event['object'];
  const watch = await place.open(`${podsPath}?watch=true&resourceVersion=${metadata.resourceVersion}`);
  const seen = new Map<string, number>();
  const reading = eachLine(watch, (line) => {
    seen.set((JSON.parse(line) as Event).object.metadata.resourceVersion, performance.now());
  }).catch(() => undefined);

  const acknowledged = new Map<string, number>();
  const change = async (number: number): Promise<void> => {
    const asked = performance.now();
    const answer = await place.send('PATCH', `${podsPath}/${podName(number % pods)}`, {
      metadata: { annotations: { 'bench/number': String(number) } },
    });
    const { metadata: after } = JSON.parse(answer.toString('utf8')) as Event['object'];
    acknowledged.set(after.resourceVersion, asked);
  };
  const changing: Promise<void>[] = [];
  const started = performance.now();
  const total = seconds * changesPerSecond;
  while (changing.length < total) {
    const due = Math.min(total, ((performance.now() - started) / 1000) * changesPerSecond);
    while (changing.length < due) changing.push(change(changing.length));
    await sleep(5);
  }
  await Promise.all(changing);
  await sleep(500);
  watch.destroy();
  await reading;
  const ages = [...acknowledged].flatMap(([version, asked]) => (seen.get(version) ?? Number.NaN) - asked);
  return {
    acknowledged: acknowledged.size,
    lost: ages.filter(Number.isNaN).length,
    ages: ages.filter((age) => !Number.isNaN(age)),
  };
}
