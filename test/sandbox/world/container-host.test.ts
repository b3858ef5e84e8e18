import { expect, test } from 'vitest';
import { createStore } from '../../../source/sandbox/objects/index.ts';
import { paceOf } from '../../../source/sandbox/pace.ts';
import type { ContainerRun } from '../../../source/sandbox/types.ts';
import { containerHost } from '../../../source/sandbox/world/container-host.ts';
import { memoryFolder } from '../../../source/sandbox/world/files.ts';
import { createNetwork } from '../../../source/sandbox/world/network.ts';
import { settle, TestClock } from '../../support/test-clock.ts';

test('a program that was killed hears no answer, and does nothing more', async () => {
  const network = createNetwork(createStore());
  const { promise: answer, resolve } = Promise.withResolvers<unknown>();
  network.listen('10.244.0.9', 9092, { conversation: () => answer });
  const [ending, over] = [new AbortController(), new AbortController()];
  const run = {
    ip: '10.244.0.2',
    env: {},
    volumes: [],
    pod: { metadata: { name: 'p', namespace: 'ns-a' } },
  } as unknown as ContainerRun;
  const surroundings = {
    network,
    pace: paceOf(new TestClock(), 1),
    randomHex: () => '',
    outside: () => undefined,
  };
  const container = {
    ...{ run, files: memoryFolder(), ending: ending.signal, over: over.signal },
    ...{ onListen: () => {}, isResumed: false, bulk: undefined },
  };
  const host = containerHost(surroundings, container as never, [], () => {});
  const conversation = await host.converse('10.244.0.9', 9092);
  let went = 'on waiting';
  void conversation.ask('messages').then(
    () => {
      went = 'on working';
    },
    () => {
      went = 'wrong';
    },
  );
  over.abort();
  resolve(['one']);
  await settle();
  expect(went).toBe('on waiting');
});
