/** How each component writes its log (stack-spec J). The shapes are from there; none could be recorded here. */
import type { Host } from './host.ts';

type Speaker = Pick<Host, 'env' | 'log' | 'now'>;

type Level = 'debug' | 'info' | 'warning' | 'error';
const iso = (host: Speaker) => new Date(host.now()).toISOString();

/** Django with LOGGING_FORMATTER_NAME=json. */
export const django = (host: Speaker, level: Level, event: string, more: object = {}) =>
  host.log(JSON.stringify({ event, ...more, timestamp: iso(host), logger: 'posthog', level, pid: 1, tid: 1 }));

/** Node: pino in production. */
export const node = (host: Speaker, level: Level, message: string, more: object = {}) =>
  host.log(
    JSON.stringify({
      level,
      time: host.now(),
      pid: 1,
      hostname: host.env['HOSTNAME'] ?? '',
      ...more,
      msg: `[${(host.env['PLUGIN_SERVER_MODE'] ?? 'MAIN').toUpperCase()}] ${message}`,
    }),
  );

/** capture: JSON, flattened. */
export const rustFlat = (host: Speaker, level: Level, message: string, target = 'capture') =>
  host.log(JSON.stringify({ timestamp: iso(host), level: rustLevel(level), message, target, threadId: 'ThreadId(1)' }));

/** feature-flags, hypercache: JSON with fields of their own. */
export const rustNested = (host: Speaker, level: Level, message: string, target = 'feature_flags') =>
  host.log(
    JSON.stringify({
      timestamp: iso(host),
      level: rustLevel(level),
      fields: { message },
      target,
      threadId: 'ThreadId(1)',
    }),
  );

/** property-defs, personhog: tracing's text. */
export const tracing = (host: Speaker, level: Level, message: string, target: string) =>
  host.log(`${iso(host)} ${rustLevel(level).padStart(5)} ThreadId(01) ${target}: ${message}`);

const rustLevel = (level: Level) => (level === 'warning' ? 'WARN' : level.toUpperCase());

/** ClickHouse on its console. */
export const clickhouse = (
  host: Speaker,
  level: 'Information' | 'Warning' | 'Error',
  logger: string,
  message: string,
) =>
  host.log(
    `${iso(host).slice(0, 23).replace('T', ' ').replaceAll('-', '.')}000 [ 1 ] {} <${level}> ${logger}: ${message}`,
  );

/** Redpanda. */
export const redpanda = (host: Speaker, level: 'INFO' | 'WARN' | 'ERROR', module: string, message: string) =>
  host.log(
    `${level.padEnd(5)} ${iso(host).slice(0, 23).replace('T', ' ').replace('.', ',')} [shard 0:main] ${module} - ${message}`,
  );

/** ZooKeeper. */
export const zookeeper = (host: Speaker, message: string) =>
  host.log(
    `${iso(host).slice(0, 23).replace('T', ' ').replace('.', ',')} [myid:1] - INFO  [main:QuorumPeerMain@1] - ${message}`,
  );
