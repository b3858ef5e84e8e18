/** The queue as its clients see it. Behind it stands a protocol of our own: topics, offsets and groups are what counts. */
import type { Conversation, Host } from './host.ts';

export interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

export interface Queue {
  produce(topic: string, value: string, key?: string): Promise<void>;
  /** What the group has not read yet of these topics, some at a time. */
  fetch(group: string, member: string, topics: readonly string[]): Promise<readonly Message[]>;
  commit(group: string, messages: readonly Message[]): Promise<void>;
  topics(): Promise<readonly string[]>;
}

export type Question =
  | { readonly ask: 'produce'; readonly topic: string; readonly key: string; readonly value: string }
  | { readonly ask: 'fetch'; readonly group: string; readonly member: string; readonly topics: readonly string[] }
  | {
      readonly ask: 'commit';
      readonly group: string;
      readonly offsets: readonly { readonly topic: string; readonly partition: number; readonly next: number }[];
    }
  | { readonly ask: 'topics' }
  | {
      readonly ask: 'create';
      readonly topic: string;
      readonly partitions: number;
      readonly config: Readonly<Record<string, string>>;
    }
  | { readonly ask: 'grow'; readonly topic: string; readonly by: number }
  | { readonly ask: 'alter'; readonly topic: string; readonly config: Readonly<Record<string, string>> }
  | { readonly ask: 'describe'; readonly topic: string }
  | { readonly ask: 'groups' };

/** What the broker knows of a group, partition by partition. */
export interface GroupState {
  readonly group: string;
  readonly members: number;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    /** Nothing was committed yet when it is absent. */
    readonly committed?: number | undefined;
    readonly end: number;
    readonly member: string;
  }[];
}

/** Connects when first needed and again after every loss; questions throw while the broker is away. */
export function queueAt(
  host: Host,
  brokers: string,
): Queue & { question(question: Question): Promise<unknown>; close(): Promise<void> } {
  const [name = '', port = '9092'] = (brokers.split(',')[0] ?? '').split(':');
  let open: Promise<Conversation> | undefined;
  const question = async (value: Question): Promise<unknown> => {
    open ??= host.converse(name, Number(port));
    try {
      const answer = (await (await open).ask(value)) as { error?: string };
      if (answer && typeof answer === 'object' && typeof answer.error === 'string') throw new Error(answer.error);
      return answer;
    } catch (error) {
      (await open?.catch(() => undefined))?.close();
      open = undefined;
      throw error;
    }
  };
  return {
    question,
    async close() {
      (await open?.catch(() => undefined))?.close();
      open = undefined;
    },
    async produce(topic, value, key = '') {
      await question({ ask: 'produce', topic, key, value });
    },
    fetch: async (group, member, topics) =>
      (await question({ ask: 'fetch', group, member, topics })) as readonly Message[],
    async commit(group, messages) {
      const offsets = messages.map(({ topic, partition, offset }) => ({ topic, partition, next: offset + 1 }));
      if (offsets.length > 0) await question({ ask: 'commit', group, offsets });
    },
    topics: async () =>
      ((await question({ ask: 'topics' })) as readonly { name: string }[]).map(({ name: topic }) => topic),
  };
}

/** Throws when no broker answers. */
export async function brokerAnswers(host: Host, brokers: string): Promise<void> {
  const queue = queueAt(host, brokers);
  try {
    await queue.topics();
  } finally {
    await queue.close();
  }
}

/**
 * Reads as a member of a group until the container ends, on a connection of its own, where the broker holds back its answer
 * until there is something to read. A message that fails is tried again, the rest waits behind it. `asked` hears of every
 * answer of the broker.
 */
export async function consume(
  host: Host,
  brokers: string,
  group: string,
  topics: readonly string[],
  take: (message: Message) => Promise<void>,
  complain: (error: Error) => void,
  asked: () => void = () => {},
): Promise<void> {
  const queue = queueAt(host, brokers);
  const member = `rdkafka-${host.randomHex(8)}`;
  while (!host.ending.aborted) {
    try {
      const messages = await queue.fetch(group, member, topics);
      asked();
      for (const message of messages) {
        await take(message);
        await queue.commit(group, [message]);
      }
    } catch (error) {
      complain(error as Error);
      await host.idle(1_000);
    }
  }
}
