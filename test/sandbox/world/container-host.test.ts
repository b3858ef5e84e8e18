import { describe, expect, test } from 'vitest';
import { createStore } from '../../../source/sandbox/objects/index.ts';
import { paceOf } from '../../../source/sandbox/pace.ts';
import type { ContainerRun } from '../../../source/sandbox/types.ts';
import { containerHost } from '../../../source/sandbox/world/container-host.ts';
import { memoryFolder } from '../../../source/sandbox/world/files.ts';
import { createNetwork } from '../../../source/sandbox/world/network.ts';
import { settle, TestClock } from '../../support/test-clock.ts';

function hosted({ isResumed = false } = {}) {
  const network = createNetwork(createStore());
  const clock = new TestClock();
  const [ending, over] = [new AbortController(), new AbortController()];
  const run = {
    ip: '10.244.0.2',
    env: {},
    volumes: [],
    pod: { metadata: { name: 'p', namespace: 'ns-a' } },
  } as unknown as ContainerRun;
  const surroundings = { network, pace: paceOf(clock, 1), randomHex: () => '', outside: () => undefined };
  const container = {
    ...{ run, files: memoryFolder(), ending: ending.signal, over: over.signal },
    ...{ onListen: () => {}, isResumed, bulk: undefined },
  };
  return { network, clock, over, host: containerHost(surroundings, container as never, [], () => {}) };
}

test('a program that was killed hears no answer, and does nothing more', async () => {
  const { network, over, host } = hosted();
  const { promise: answer, resolve } = Promise.withResolvers<unknown>();
  network.listen('10.244.0.9', 9092, { conversation: () => answer });
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

describe('a program that finds nobody', () => {
  const asks = (isResumed: boolean) => {
    const all = hosted({ isResumed });
    let said = 'nothing';
    all.host.converse('10.244.0.9', 9092).then(
      () => {
        said = 'found';
      },
      (error: Error) => {
        said = error.message;
      },
    );
    return { ...all, said: () => said };
  };

  test('is told at once', async () => {
    const { said } = asks(false);
    await settle();
    expect(said()).toContain('ECONNREFUSED');
  });

  test('waits a moment where everybody goes on at once, after the sandbox was away', async () => {
    const { said, clock, network } = asks(true);
    await clock.pass(500);
    expect(said()).toBe('nothing');
    network.listen('10.244.0.9', 9092, { conversation: async () => [] });
    await clock.pass(500);
    expect(said()).toBe('found');
    const alone = asks(true);
    await alone.clock.pass(3_000);
    expect(alone.said()).toContain('ECONNREFUSED');
  });
});
