/** The broker: topics, groups and their members. Data stays on the volume: the same offsets after a restart. */
import { Exit, type Host, json, plain } from './host.ts';
import { type Journal, openJournal } from './journal.ts';
import { redpanda as log } from './logs.ts';
import type { GroupState, Message, Question } from './queue.ts';

const dataFile = '/var/lib/redpanda/data/stub.jsonl';
const batch = 100;
/** How long an answer without messages is held back: until somebody writes, or this. */
const longPollMs = 2_500;
/** A member that has not asked for so long has left (Kafka's session timeout, shorter). */
const sessionMs = 6_000;

interface Topic {
  readonly partitions: Message[][];
  config: Config;
}

/** Without these the broker of the real image would not be reachable, would lose data or eat the machine (stack-spec D.1). */
const requiredFlags = ['--kafka-addr', '--advertise-kafka-addr', '--rpc-addr', '--memory', '--smp'];

export async function runBroker(host: Host): Promise<void> {
  const missing = requiredFlags.filter(
    (flag) => !host.argv.some((word) => word === flag || word.startsWith(`${flag}=`)),
  );
  if (missing.length > 0) {
    log(host, 'ERROR', 'main', `missing ${missing.join(' ')}`);
    throw new Exit(1);
  }
  const broker = new Broker(host);
  await broker.load();
  await host.serve(9644, async ({ path }) => {
    if (path === '/v1/status/ready') return json(200, { status: 'ready' });
    if (path === '/public_metrics') return plain(200, broker.metrics());
    if (path.startsWith('/v1/cluster_config')) return json(200, { config_version: 2 });
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
  /** Group -> member -> when it last asked, and for what. */
  readonly #members = new Map<string, Map<string, { readonly seen: number; readonly topics: readonly string[] }>>();
  #journal: Journal<Kept> | undefined;
  /** Readers that have nothing to read: of what, and how they hear that there is something. */
  readonly #waiting = new Set<{ readonly topics: readonly string[]; readonly wake: () => void }>();
  #turn = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  async load(): Promise<void> {
    this.#journal = await openJournal<Kept>(this.#host, dataFile, (record) => {
      if (record.is === 'topic') this.#create(record.topic, record.partitions, record.config);
      if (record.is === 'message') this.#topics.get(record.topic)?.partitions[record.partition]?.push(record);
      if (record.is === 'offset') this.#committed.set(keyOf(record.group, record.topic, record.partition), record.next);
    });
  }

  async #keep(record: Kept): Promise<void> {
    await this.#journal?.keep(record);
  }

  #create(name: string, partitions: number, config: Config): Topic {
    const all = this.#topics.get(name)?.partitions ?? [];
    while (all.length < partitions) all.push([]);
    const topic = { partitions: all, config };
    this.#topics.set(name, topic);
    return topic;
  }

  /** With what it has more of from now on, or else is new. */
  async #keepTopic(name: string, partitions: number, config: Config): Promise<void> {
    this.#create(name, partitions, config);
    await this.#keep({ is: 'topic', topic: name, partitions, config });
  }

  /** Topics make themselves when they are first written to. */
  #ensure(name: string): Topic {
    const there = this.#topics.get(name);
    if (there) return there;
    void this.#keep({ is: 'topic', topic: name, partitions: 1, config: {} });
    return this.#create(name, 1, {});
  }

  async answer(question: Question): Promise<unknown> {
    switch (question.ask) {
      case 'produce':
        return this.#produce(question.topic, question.key, question.value);
      case 'fetch': {
        const found = this.#fetch(question);
        if (!Array.isArray(found) || found.length > 0) return found;
        await this.#written(question.topics);
        return this.#fetch(question);
      }
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
        await this.#keepTopic(question.topic, question.partitions, question.config);
        return {};
      case 'grow': {
        const topic = this.#topics.get(question.topic);
        if (!topic) return { error: 'UNKNOWN_TOPIC_OR_PARTITION' };
        await this.#keepTopic(question.topic, topic.partitions.length + question.by, topic.config);
        return {};
      }
      case 'alter': {
        const topic = this.#topics.get(question.topic);
        if (!topic) return { error: 'UNKNOWN_TOPIC_OR_PARTITION' };
        await this.#keepTopic(question.topic, topic.partitions.length, { ...topic.config, ...question.config });
        return {};
      }
      case 'describe': {
        const topic = this.#topics.get(question.topic);
        if (!topic) return { error: 'UNKNOWN_TOPIC_OR_PARTITION' };
        return topic.partitions.map((_, partition) => ({ partition, highWater: this.#end(question.topic, partition) }));
      }
      case 'groups':
        return this.#groups();
    }
  }

  async #produce(name: string, key: string, value: string): Promise<object> {
    const { partitions } = this.#ensure(name);
    const partition =
      key === ''
        ? this.#turn++ % partitions.length
        : [...key].reduce((sum, char) => sum + char.charCodeAt(0), 0) % partitions.length;
    const held = partitions[partition] as Message[];
    const message = { topic: name, partition, offset: held.length, value };
    held.push(message);
    await this.#keep({ is: 'message', ...message });
    for (const { topics, wake } of this.#waiting) if (topics.includes(name)) wake();
    return { offset: message.offset };
  }

  #fetch({ group, member, topics }: Extract<Question, { ask: 'fetch' }>): readonly Message[] | { error: string } {
    const unknown = topics.find((topic) => !this.#topics.has(topic));
    // Text: stack-spec I, rule 26.
    if (unknown) return { error: `Broker: Unknown topic or partition (${unknown})` };
    const members = this.#members.get(group) ?? new Map();
    members.set(member, { seen: this.#host.now(), topics });
    this.#members.set(group, members);
    return topics.flatMap((topic) =>
      (this.#topics.get(topic)?.partitions ?? []).flatMap((held, partition) => {
        if (this.#ownerOf(group, topic, partition) !== member) return [];
        const from = this.#committed.get(keyOf(group, topic, partition)) ?? 0;
        return held.slice(from, from + batch);
      }),
    );
  }

  /** Resolves when one of the topics is written to, or when it is time to answer. */
  async #written(topics: readonly string[]): Promise<void> {
    const { promise, resolve: wake } = Promise.withResolvers<void>();
    const reader = { topics, wake };
    this.#waiting.add(reader);
    await Promise.race([promise, this.#host.idle(longPollMs)]);
    this.#waiting.delete(reader);
  }

  /** With what was written in bulk. */
  #end(topic: string, partition: number): number {
    const held = this.#topics.get(topic)?.partitions[partition]?.length ?? 0;
    return held + (this.#host.bulk?.written(topic, partition) ?? 0);
  }

  /** With what was read in bulk; undefined when nothing was committed yet. */
  #read(group: string, topic: string, partition: number): number | undefined {
    const single = this.#committed.get(keyOf(group, topic, partition));
    const bulk = this.#host.bulk?.read(group, topic, partition);
    return single === undefined && bulk === undefined ? undefined : (single ?? 0) + (bulk ?? 0);
  }

  /** Members of a group that read a topic share its partitions evenly. */
  #ownerOf(group: string, topic: string, partition: number): string | undefined {
    const readers = this.#livingMembers(group).filter(([, { topics }]) => topics.includes(topic));
    return readers.length === 0 ? undefined : readers[partition % readers.length]?.[0];
  }

  #livingMembers(group: string) {
    return [...(this.#members.get(group) ?? [])]
      .filter(([, { seen }]) => this.#host.now() - seen < sessionMs)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #groups(): readonly GroupState[] {
    const names = new Set([...this.#members.keys(), ...[...this.#committed.keys()].map((key) => partsOf(key).group)]);
    return [...names].sort().map((group) => {
      const members = this.#livingMembers(group);
      const read = new Set([
        ...members.flatMap(([, { topics }]) => topics),
        ...[...this.#committed.keys()].map(partsOf).flatMap((each) => (each.group === group ? [each.topic] : [])),
      ]);
      return {
        group,
        members: members.length,
        partitions: [...read].sort().flatMap((topic) =>
          (this.#topics.get(topic)?.partitions ?? []).map((_, partition) => ({
            topic,
            partition,
            committed: this.#read(group, topic, partition),
            end: this.#end(topic, partition),
            member: this.#ownerOf(group, topic, partition) ?? '',
          })),
        ),
      };
    });
  }

  /** Its texts and their form: redpanda's own, without labels. */
  #diskMetrics(): readonly string[] {
    const disk = this.#host.bulk?.disk();
    if (!disk) return [];
    const gauge = (name: string, help: string, value: number) => [
      `# HELP redpanda_storage_disk_${name} ${help}`,
      `# TYPE redpanda_storage_disk_${name} gauge`,
      `redpanda_storage_disk_${name}{} ${value.toFixed(6)}`,
    ];
    return [
      ...gauge('free_bytes', 'Disk storage bytes free.', Math.max(0, Math.floor(disk.size - disk.used))),
      ...gauge('total_bytes', 'Total size of attached storage, in bytes.', disk.size),
    ];
  }

  /** The broker's own metrics, named as on a live one (posthog-stack 4.3). */
  metrics(): string {
    const ends = [...this.#topics].flatMap(([topic, { partitions }]) =>
      partitions.map(
        (_, partition) =>
          `redpanda_kafka_max_offset{redpanda_namespace="kafka",redpanda_partition="${partition}",redpanda_topic="${topic}"} ${this.#end(topic, partition).toFixed(6)}`,
      ),
    );
    const reads = this.#groups().flatMap(({ group, partitions }) =>
      partitions.flatMap(({ topic, partition, committed }) =>
        committed === undefined
          ? []
          : [
              `redpanda_kafka_consumer_group_committed_offset{redpanda_group="${group}",redpanda_partition="${partition}",redpanda_topic="${topic}"} ${committed.toFixed(6)}`,
            ],
      ),
    );
    const consumers = [...this.#members.keys()].map(
      (group) =>
        `redpanda_kafka_consumer_group_consumers{redpanda_group="${group}"} ${this.#livingMembers(group).length.toFixed(6)}`,
    );
    return [
      '# TYPE redpanda_kafka_max_offset gauge',
      ...ends,
      '# TYPE redpanda_kafka_consumer_group_committed_offset gauge',
      ...reads,
      '# TYPE redpanda_kafka_consumer_group_consumers gauge',
      ...consumers,
      ...this.#diskMetrics(),
      '',
    ].join('\n');
  }
}

type Config = Readonly<Record<string, string>>;
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
