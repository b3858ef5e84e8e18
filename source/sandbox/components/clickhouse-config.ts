/** What ClickHouse's configuration files must hold before PostHog's migrations pass, and how it says what is missing. */
import type { Host } from './host.ts';

export interface Configuration {
  readonly server: string;
  readonly users: string;
  readonly functions: string;
}

/** stack-spec C.1: migrations name all of them. */
const collections = [
  'msk_cluster',
  'warpstream_ingestion',
  'warpstream_calculated_events',
  'warpstream_replay',
  'warpstream_shared',
  'warpstream_cyclotron',
  'warpstream_logs',
  'warpstream_traces',
  'warpstream_metrics',
];
const clusters = [
  'posthog',
  'posthog_single_shard',
  'posthog_migrations',
  'posthog_writable',
  'posthog_primary_replica',
  'ai_events',
  'aux',
  'ops',
  'sessions',
];
const macros = ['shard', 'replica', 'hostClusterType', 'hostClusterRole'];
/** A migration sets number_of_free_entries_in_pool_to_execute_optimize_entire_partition to this (posthog-stack 1.4). */
const freeEntries = 25;

/** The first thing that a migration trips over, as ClickHouse says it; undefined when there is none. */
export function firstObstacle({ server }: Configuration, crashLogThere: boolean): string | undefined {
  const collection = collections.find((name) => !names(server, 'named_collections').includes(name));
  // Texts: stack-spec I, rules 12, 13, 14 and 15; that of macros is from memory.
  if (collection)
    return `Code: 669. DB::Exception: There is no named collection '${collection}'. (NAMED_COLLECTION_DOESNT_EXIST)`;
  const cluster = clusters.find((name) => !names(server, 'remote_servers').includes(name));
  if (cluster) return `Code: 701. DB::Exception: Requested cluster '${cluster}' not found. (CLUSTER_DOESNT_EXIST)`;
  const macro = macros.find((name) => !names(server, 'macros').includes(name));
  if (macro)
    return `Code: 139. DB::Exception: No macro '${macro}' in config while processing substitutions. (NO_ELEMENTS_IN_CONFIG)`;
  const pool = number(server, 'background_pool_size', 16) * number(server, ratio, 2);
  if (pool < freeEntries)
    return `Code: 36. DB::Exception: The value of 'number_of_free_entries_in_pool_to_execute_optimize_entire_partition' setting (${freeEntries}) (default values are defined in <merge_tree> section of config.xml or the value can be specified per table in SETTINGS section of CREATE TABLE query) is greater than the value of 'background_pool_size'*'${ratio}' (${pool}) (the value is defined in users.xml for default profile). This indicates incorrect configuration because mutations cannot work with these settings. (BAD_ARGUMENTS)`;
  return crashLogThere
    ? undefined
    : "Code: 60. DB::Exception: Unknown table expression identifier 'system.crash_log' in scope SELECT. (UNKNOWN_TABLE)";
}
const ratio = 'background_merges_mutations_concurrency_ratio';

const number = (xml: string, name: string, otherwise: number): number =>
  Number(new RegExp(`<${name}>([\\d.]+)</${name}>`).exec(xml)?.[1] ?? otherwise);

/** Where the server finds ZooKeeper. */
export function zookeeperOf({ server }: Configuration): { readonly host: string; readonly port: number } {
  const section = /<zookeeper[ >][\s\S]*?<\/zookeeper>/.exec(server)?.[0] ?? '';
  return { host: /<host>([^<]*)<\/host>/.exec(section)?.[1] ?? '', port: number(section, 'port', 2181) };
}

export const collectionsOf = ({ server }: Configuration) => names(server, 'named_collections');
export const clustersOf = ({ server }: Configuration) => names(server, 'remote_servers');
export const functionCount = ({ functions }: Configuration) => (functions.match(/<function>/g) ?? []).length;

/** Whether a user's password, which users.d takes from the environment, is this one. */
export function isPassword({ env }: Host, { users }: Configuration, user: string, password: string): boolean {
  const entry = names(users, 'users').includes(user)
    ? (new RegExp(`<${user}[ >](?:(?!</${user}>)[\\s\\S])*<password from_env="([A-Z_]+)"`).exec(
        users.slice(users.indexOf('<users')),
      )?.[1] ?? '')
    : '';
  return password !== '' && env[entry] === password;
}

/** The elements right below a section of the configuration. */
function names(xml: string, section: string): string[] {
  const inside = new RegExp(`<${section}(?: [^>]*)?>([\\s\\S]*?)</${section}>`).exec(xml)?.[1] ?? '';
  const found: string[] = [];
  const pattern = /<(\w+)(?: [^>]*)?>/g;
  for (let match = pattern.exec(inside); match; match = pattern.exec(inside)) {
    const name = match[1] as string;
    found.push(name);
    const end = inside.indexOf(`</${name}>`, pattern.lastIndex);
    if (end >= 0) pattern.lastIndex = end;
  }
  return found;
}
