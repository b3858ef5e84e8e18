/** What is read of objects that never change. */
import { expect, test } from 'vitest';
import { happeningsOf } from '../../source/observe/happenings.ts';
import { keptWith } from '../../source/observe/kept-with.ts';
import { eventsOf } from '../../source/observe/lookups.ts';
import { deployment, event, pod, snapshotOf } from './objects.ts';

test('an object is read once, and another one that looks the same is read, too', () => {
  const read: string[] = [];
  const nameOf = keptWith(({ name }: { readonly name: string }) => {
    read.push(name);
    return { name };
  });
  const first = { name: 'a' };
  expect([nameOf(first), nameOf(first), nameOf({ name: 'a' })]).toEqual([{ name: 'a' }, { name: 'a' }, { name: 'a' }]);
  expect(read).toEqual(['a', 'a']);
});

test('events are those of the picture that is asked, whatever was asked before', () => {
  const [Pod, Deployment] = [[pod('web', 'posthog-1', [])], [deployment('web', 'posthog')]];
  const [old, now] = [event('Pod', 'posthog-1', 'Pulled', 'x', 9), event('Pod', 'posthog-1', 'BackOff', 'y', 1)];
  const before = snapshotOf({ Pod, Deployment, Event: [old] });
  const after = snapshotOf({ Pod, Deployment, Event: [old, now] });
  for (const seen of [before, after, before]) {
    const reasons = seen === after ? ['BackOff', 'Pulled'] : ['Pulled'];
    expect(eventsOf('web', seen).map(({ reason }) => reason)).toEqual(reasons);
    expect(happeningsOf(seen).map(({ reason, part }) => [reason, part])).toEqual(reasons.map((each) => [each, 'web']));
  }
  // The pod is gone, its events are not.
  expect(eventsOf('web', snapshotOf({ Deployment, Event: [old] }))).toEqual([]);
});
