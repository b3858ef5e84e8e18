/** The broker and its tool. Data stays on the volume: the same offsets after a restart. */
import { Exit, type Host, json, plain } from './host.ts';
import { redpanda as log } from './logs.ts';
import { type Message, type Question, queueAt } from './queue.ts';

const dataFile = '/var/lib/redpanda/data/stub.jsonl';
const batch = 100;

interface Topic {
  readonly partitions: Message[][];
  config: Readonly<Record<string, string>>;
}

/** Without these the broker of the real image would not be reachable, would lose data or eat the machine (stack-spec D.1). */
const requiredFlags = ['--kafka-addr', '--advertise-kafka-addr', '--rpc-addr', '--memory', '--smp'];

export async function runBroker(host: Host): Promise<void> {
  const line = host.argv.join(' ');
  const missing = requiredFlags.filter((flag) => !line.includes(flag));
  if (missing.length > 0) {
    log(host, 'ERROR', 'main', `missing ${missing.join(' ')}`);
    throw new Exit(1);
  }
  const broker = new Broker(host);
  await broker.load();
  await host.serve(9644, async ({ path }) => {
    if (path === '/v1/status/ready') return json(200, { status: 'ready' });
    if (path === '/public_metrics') return plain(200, broker.metrics());
    if (path.startsWith('/v1/cluster_config')) return json(200, { config_version: 1 });
    return plain(404, 'not found');
  });
  await host.serveConversation(9092, (question) => broker.answer(question as Question));
  for (const port of [33145, 8081, 8082]) await host.serveText(port, () => '');
  log(host, 'INFO', 'main', 'application.cc:1 - Successfully started Redpanda!');
}

class Broker {
  readonly #host: Host;
  readonly #topics = new Map<string, Topic>();
  readonly #committed = new Map<string, number>();
  #turn = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    for (const line of ((await this.#host.read(dataFile)) ?? '').split('\n')) {
      // A last line that was cut short by a kill was never acknowledged.
      if (line.endsWith('}')) this.#replay(JSON.parse(line) as Kept);
    }
  }

  #replay(record: Kept): void {
    if (record.is === 'topic') this.#create(record.topic, record.partitions, record.config);
    if (record.is === 'message') this.#topics.get(record.topic)?.partitions[record.partition]?.push(record);
    if (record.is === 'offset') this.#committed.set(keyOf(record.group, record.topic, record.partition), record.next);
  }

  async #keep(record: Kept): Promise<void> {
    await this.#host.append(dataFile, `${JSON.stringify(record)}\n`);
  }

  #create(name: string, partitions: number, config: Config): void {
    const before = this.#topics.get(name);
    const all = before?.partitions ?? [];
    while (all.length < partitions) all.push([]);
    this.#topics.set(name, { partitions: all, config });
  }

  async #ensure(name: string, partitions = 1, config: Config = {}): Promise<Topic> {
    if (!this.#topics.has(name)) {
      this.#create(name, partitions, config);
      await this.#keep({ is: 'topic', topic: name, partitions, config });
    }
    return this.#topics.get(name) as Topic;
  }

  async answer(question: Question): Promise<unknown> {
    switch (question.ask) {
      case 'produce': {
        const { partitions } = await this.#ensure(question.topic);
        const partition =
          question.key === ''
            ? this.#turn++ % partitions.length
            : [...question.key].reduce((sum, char) => sum + char.charCodeAt(0), 0) % partitions.length;
        const held = partitions[partition] as Message[];
        const message = { topic: question.topic, partition, offset: held.length, value: question.value };
        held.push(message);
        await this.#keep({ is: 'message', ...message });
        return { offset: message.offset };
      }
      case 'fetch':
        return question.topics.flatMap((topic) =>
          (this.#topics.get(topic)?.partitions ?? []).flatMap((held, partition) => {
            const from = this.#committed.get(keyOf(question.group, topic, partition)) ?? 0;
            return held.slice(from, from + batch);
          }),
        );
      case 'commit':
        for (const { topic, partition, next } of question.offsets) {
          this.#committed.set(keyOf(question.group, topic, partition), next);
          await this.#keep({ is: 'offset', group: question.group, topic, partition, next });
        }
        return {};
      case 'topics':
        return [...this.#topics].map(([name, { partitions }]) => ({ name, partitions: partitions.length }));
      case 'create':
        if (this.#topics.has(question.topic)) return { error: 'TOPIC_ALREADY_EXISTS' };
        await this.#ensure(question.topic, question.partitions, question.config);
        return {};
      case 'grow': {
        const topic = await this.#ensure(question.topic);
        this.#create(question.topic, topic.partitions.length + question.by, topic.config);
        await this.#keep({
          is: 'topic',
          topic: question.topic,
          partitions: topic.partitions.length,
          config: topic.config,
        });
        return {};
      }
      case 'alter': {
        const topic = await this.#ensure(question.topic);
        topic.config = { ...topic.config, ...question.config };
        await this.#keep({
          is: 'topic',
          topic: question.topic,
          partitions: topic.partitions.length,
          config: topic.config,
        });
        return {};
      }
      case 'describe':
        return (this.#topics.get(question.topic)?.partitions ?? []).map((held, partition) => ({
          partition,
          highWater: held.length,
        }));
      case 'groups':
        return [...this.#committed].map(([key, next]) => ({ ...partsOf(key), next }));
    }
  }

  /** The broker's own metrics, named as on a live one (posthog-stack 4.3). */
  metrics(): string {
    const ends = [...this.#topics].flatMap(([topic, { partitions }]) =>
      partitions.map(
        (held, partition) =>
          `redpanda_kafka_max_offset{redpanda_namespace="kafka",redpanda_partition="${partition}",redpanda_topic="${topic}"} ${held.length.toFixed(6)}`,
      ),
    );
    const reads = [...this.#committed].map(([key, next]) => {
      const { group, topic, partition } = partsOf(key);
      return `redpanda_kafka_consumer_group_committed_offset{redpanda_group="${group}",redpanda_partition="${partition}",redpanda_topic="${topic}"} ${next.toFixed(6)}`;
    });
    return [
      '# TYPE redpanda_kafka_max_offset gauge',
      ...ends,
      '# TYPE redpanda_kafka_consumer_group_committed_offset gauge',
      ...reads,
      '',
    ].join('\n');
  }
}

type Config = { readonly [key: string]: string };
type Kept =
  | { readonly is: 'topic'; readonly topic: string; readonly partitions: number; readonly config: Config }
  | ({ readonly is: 'message' } & Message)
  | {
      readonly is: 'offset';
      readonly group: string;
      readonly topic: string;
      readonly partition: number;
      readonly next: number;
    };

const keyOf = (group: string, topic: string, partition: number) => JSON.stringify([group, topic, partition]);
const partsOf = (key: string) => {
  const [group, topic, partition] = JSON.parse(key) as [string, string, number];
  return { group, topic, partition };
};

/** `rpk`, as far as the topics Job and the console call it; its output as in posthog-stack 4.1 and 4.3. */
export async function runRpk(host: Host): Promise<void> {
  const words = host.argv
    .slice(1)
    .filter((word, index, all) => !word.startsWith('-') && !(all[index - 1] ?? '').startsWith('-'));
  const values = (flag: string) => host.argv.flatMap((word, index) => (host.argv[index - 1] === flag ? [word] : []));
  const brokers =
    values('-X')
      .find((value) => value.startsWith('brokers='))
      ?.slice('brokers='.length) ?? 'localhost:9092';
  const config = (flag: string) => Object.fromEntries(values(flag).map((pair) => pair.split('=') as [string, string]));
  const queue = queueAt(host, brokers);
  const say = (...lines: readonly string[]) => {
    for (const line of lines) host.log(line);
  };
  const [noun, verb, name = ''] = words;
  try {
    if (noun === 'topic' && verb === 'list') {
      const topics = (await queue.question({ ask: 'topics' })) as { name: string; partitions: number }[];
      return say('NAME  PARTITIONS  REPLICAS', ...topics.map((topic) => `${topic.name}  ${topic.partitions}  1`));
    }
    if (noun === 'topic' && verb === 'create') {
      const error = await queue
        .question({ ask: 'create', topic: name, partitions: Number(values('-p')[0] ?? 1), config: config('-c') })
        .then(
          () => undefined,
          (failure: Error) => failure,
        );
      if (error && !/TOPIC_ALREADY_EXISTS/.test(error.message)) throw error;
      say('TOPIC  STATUS', `${name}  ${error ? 'TOPIC_ALREADY_EXISTS: The topic has already been created.' : 'OK'}`);
      if (error) throw new Exit(1);
      return;
    }
    if (noun === 'topic' && verb === 'alter-config')
      await queue.question({ ask: 'alter', topic: name, config: config('--set') });
    if (noun === 'topic' && verb === 'add-partitions')
      await queue.question({ ask: 'grow', topic: name, by: Number(values('--num')[0] ?? 1) });
    if (noun === 'topic' && (verb === 'alter-config' || verb === 'add-partitions'))
      return say('TOPIC  STATUS', `${name}  OK`);
    if (noun === 'topic' && verb === 'describe') {
      const partitions = (await queue.question({ ask: 'describe', topic: name })) as {
        partition: number;
        highWater: number;
      }[];
      return say(
        'PARTITION  LEADER  EPOCH  REPLICAS  LOG-START-OFFSET  HIGH-WATERMARK',
        ...partitions.map(({ partition, highWater }) => `${partition}  0  1  [0]  0  ${highWater}`),
      );
    }
    if (noun === 'cluster' && verb === 'config')
      return say('Successfully updated configuration. New configuration version is 2.');
    if (noun === 'group' && verb === 'list') {
      const groups = (await queue.question({ ask: 'groups' })) as { group: string }[];
      return say(
        'BROKER  GROUP  STATE',
        ...[...new Set(groups.map(({ group }) => group))].map((group) => `0  ${group}  Stable`),
      );
    }
    throw new Error(`unknown command: ${words.join(' ')}`);
  } catch (error) {
    if (error instanceof Exit) throw error;
    say(`unable to request metadata: ${(error as Error).message}`);
    throw new Exit(1);
  }
}
