/** `rpk`, as far as the topics Job and the console call it; its output as in posthog-stack 4.1 and 4.3. */
import { Exit, type Host } from './host.ts';
import { type GroupState, queueAt } from './queue.ts';
import { table } from './table.ts';

type Ask = ReturnType<typeof queueAt>['question'];

interface Call {
  /** What follows the noun and the verb. */
  readonly names: readonly string[];
  /** All values of a flag. */
  values(flag: string): readonly string[];
  readonly ask: Ask;
}

/** Flags that stand alone; every other one takes the word after it. */
const switches = new Set(['-r', '--regex', '-s', '-c', '-i', '--print-partitions']);

const commands: Readonly<Record<string, (host: Host, call: Call) => Promise<readonly string[]>>> = {
  'topic list': async (_, { ask }) => table(await topicRows(ask)),
  'topic create': async (host, { names, values, ask }) => {
    const partitions = Number(values('-p')[0] ?? 1);
    const statuses: string[][] = [];
    for (const topic of names) {
      const error = await ask({ ask: 'create', topic, partitions, config: pairs(values('-c')) }).then(
        () => undefined,
        (failure: Error) => failure,
      );
      if (error && error.message !== 'TOPIC_ALREADY_EXISTS') throw error;
      statuses.push([topic, error ? 'TOPIC_ALREADY_EXISTS: The topic has already been created.' : 'OK']);
    }
    const lines = table([['TOPIC', 'STATUS'], ...statuses]);
    if (statuses.every(([, status]) => status === 'OK')) return lines;
    for (const line of lines) host.log(line);
    throw new Exit(1);
  },
  'topic alter-config': async (_, { names, values, ask }) => {
    for (const topic of names) await ask({ ask: 'alter', topic, config: pairs(values('--set')) });
    return table([['TOPIC', 'STATUS'], ...names.map((topic) => [topic, 'OK'])]);
  },
  'topic add-partitions': async (_, { names, values, ask }) => {
    for (const topic of names) await ask({ ask: 'grow', topic, by: Number(values('--num')[0] ?? values('-n')[0]) });
    return table([['TOPIC', 'STATUS'], ...names.map((topic) => [topic, 'OK'])]);
  },
  'topic describe': async (_, { names: [topic = ''], ask }) => {
    const partitions = (await ask({ ask: 'describe', topic })) as { partition: number; highWater: number }[];
    return table([
      ['PARTITION', 'LEADER', 'EPOCH', 'REPLICAS', 'LOG-START-OFFSET', 'HIGH-WATERMARK'],
      ...partitions.map(({ partition, highWater }) => [partition, 0, 1, '[0]', 0, highWater]),
    ]);
  },
  'cluster config': async (host, { values }) => {
    const admin = settings(values('-X'))['admin.hosts'] ?? 'localhost:9644';
    await host.fetch(`http://${admin}/v1/cluster_config`, { method: 'PUT', body: '{}' });
    return ['Successfully updated configuration. New configuration version is 2.'];
  },
  'cluster health': async (_, { ask }) => {
    await ask({ ask: 'topics' });
    return [
      ...headed('CLUSTER HEALTH OVERVIEW'),
      ...table([
        ['Healthy:', 'true'],
        ['Unhealthy reasons:', '[]'],
        ['Controller ID:', 0],
        ['All nodes:', '[0]'],
        ['Nodes down:', '[]'],
        ['Nodes in recovery mode:', '[]'],
        ['Leaderless partitions (0):', '[]'],
        ['Under-replicated partitions (0):', '[]'],
      ]),
    ];
  },
  'cluster info': async (host, { ask }) => {
    const topics = await topicRows(ask);
    const brokers = table([
      ['ID', 'HOST', 'PORT'],
      ['0*', host.env['HOSTNAME']?.replace(/-0$/, '') ?? '', 9092],
    ]);
    return [...headed('BROKERS'), ...brokers, '', ...headed('TOPICS'), ...table(topics)];
  },
  'group list': async (_, { ask }) => {
    const groups = (await ask({ ask: 'groups' })) as readonly GroupState[];
    return table([['BROKER', 'GROUP', 'STATE'], ...groups.map((each) => [0, each.group, stateOf(each)])]);
  },
  'group describe': async (_, { names, values, ask }) => {
    const wanted = values('-r').length > 0 || values('--regex').length > 0;
    const all = (await ask({ ask: 'groups' })) as readonly GroupState[];
    const fits = (group: string) =>
      names.some((name) => (wanted ? new RegExp(`^(?:${name})$`).test(group) : name === group));
    return all.filter(({ group }) => fits(group)).flatMap(described);
  },
};

const headed = (title: string) => [title, '='.repeat(title.length)];

async function topicRows(ask: Ask): Promise<readonly (readonly (string | number)[])[]> {
  const topics = (await ask({ ask: 'topics' })) as { name: string; partitions: number }[];
  const rows = topics.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, partitions }) => [name, partitions, 1]);
  return [['NAME', 'PARTITIONS', 'REPLICAS'], ...rows];
}

export async function runRpk(host: Host): Promise<void> {
  const call = parse(host.argv.slice(1));
  const [noun = '', verb = '', ...names] = call.words;
  const command = commands[`${noun} ${verb}`];
  if (!command) {
    host.log(`unknown command "${[noun, verb].join(' ').trim()}" for "rpk"`);
    throw new Exit(1);
  }
  const brokers = settings(call.values('-X'))['brokers'] ?? call.values('--brokers')[0] ?? 'localhost:9092';
  const { question } = queueAt(host, brokers);
  try {
    for (const line of await command(host, { names, values: call.values, ask: question })) host.log(line);
  } catch (error) {
    if (!(error instanceof Exit)) host.log(`unable to request metadata: ${(error as Error).message}`);
    throw error instanceof Exit ? error : new Exit(1);
  }
}

function parse(argv: readonly string[]): {
  readonly words: readonly string[];
  values(flag: string): readonly string[];
} {
  const words: string[] = [];
  const flags: (readonly [string, string])[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] as string;
    // `topic describe NAME -p` prints partitions, `topic create NAME -p 4` takes their number.
    const alone =
      switches.has(word) && !(word === '-c' && argv[0] === 'topic') && !(word === '-r' && argv[0] === 'topic');
    if (!word.startsWith('-')) words.push(word);
    else if (alone || (word === '-p' && argv[1] === 'describe')) flags.push([word, '']);
    else flags.push([word, argv[++index] ?? '']);
  }
  return { words, values: (flag) => flags.flatMap(([name, value]) => (name === flag ? [value] : [])) };
}

const pairs = (values: readonly string[]): Record<string, string> =>
  Object.fromEntries(values.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
const settings: (values: readonly string[]) => Readonly<Record<string, string | undefined>> = pairs;

const stateOf = ({ members }: GroupState) => (members > 0 ? 'Stable' : 'Empty');

/** A heading and a table; `-` where nothing was committed. */
function described(group: GroupState): readonly string[] {
  const lag = ({ end, committed = 0 }: GroupState['partitions'][number]) => end - committed;
  const total = group.partitions.reduce((sum, partition) => sum + lag(partition), 0);
  const heading = [
    ['GROUP', group.group],
    ['COORDINATOR', 0],
    ['STATE', stateOf(group)],
    ['BALANCER', group.members > 0 ? 'cooperative-sticky' : ''],
    ['MEMBERS', group.members],
    ['TOTAL-LAG', total],
  ];
  const rows = group.partitions.map((each) => [
    each.topic,
    each.partition,
    each.committed ?? '-',
    0,
    each.end,
    lag(each),
    each.member,
    each.member === '' ? '' : 'rdkafka',
    each.member === '' ? '' : '10.0.0.1',
  ]);
  const columns = 'TOPIC PARTITION CURRENT-OFFSET LOG-START-OFFSET LOG-END-OFFSET LAG MEMBER-ID CLIENT-ID HOST';
  return [...table(heading), '', ...table([columns.split(' '), ...rows])];
}
