/** What the app's containers say while they work; more of it, the more there is to do. Formats: stack-spec J. */
import type { Host } from '../components/host.ts';
import { clickhouse, django, node } from '../components/logs.ts';
import { hashed, type Role } from './flow.ts';
import type { Running } from './processes.ts';

type Speaker = Pick<Host, 'env' | 'log' | 'now'>;
/** @param die a number in [0, 1) that differs from line to line */
type Line = (speaker: Speaker, die: number) => void;

const one = <T>(all: readonly [T, ...T[]], die: number): T => all[Math.floor(die * all.length)] ?? all[0];

const pages = ['/', '/api/projects/1/query/', '/api/projects/1/insights/', '/api/users/@me/', '/_preflight/'] as const;
const tasks = [
  'posthog.tasks.calculate_cohort.calculate_cohort_ch',
  'posthog.tasks.tasks.process_query_task',
  'posthog.tasks.tasks.redis_heartbeat',
  'posthog.tasks.email.send_async_migration_complete_email',
] as const;

const lines: Readonly<Partial<Record<Role, Line>>> = {
  web(speaker, die) {
    const ms = (4 + 300 * die * die).toFixed(3);
    const time = new Date(speaker.now()).toISOString().slice(0, 19).replace('T', ' ');
    speaker.log(`[${time} +0000] 10.244.0.1 - "GET ${one(pages, die)} HTTP/1.1" 200 ${ms}`);
  },
  worker: (speaker, die) =>
    django(speaker, 'info', `Task ${one(tasks, die)} succeeded in ${(0.01 + die).toFixed(4)}s: None`),
  ingestion: (speaker, die) => node(speaker, 'info', `📝 Processed batch of ${Math.ceil(20 + 480 * die)} events`),
  'replay-ingestion': (speaker, die) => node(speaker, 'info', `🔁 Flushed ${Math.ceil(30 * die)} sessions to S3`),
  plugins: (speaker, die) => node(speaker, 'info', `⚡️ Processed ${Math.ceil(200 * die)} events for 0 destinations`),
  clickhouse: (speaker, die) =>
    clickhouse(
      speaker,
      'Information',
      'StorageKafka (kafka_events_json)',
      `Polled batch of ${Math.ceil(900 * die)} messages`,
    ),
};

const mostASecond = 12;

/** One second's worth. @param load in [0, 1] of a role */
export function chatter(running: readonly Running[], load: (role: Role) => number, now: number): void {
  for (const { run, role, log } of running) {
    const line = role && lines[role];
    if (!line || !role) continue;
    const speaker = { env: run.env, log, now: () => now };
    const count = Math.ceil(mostASecond * load(role));
    for (let turn = 0; turn < count; turn++) line(speaker, hashed(`${run.pod.metadata.uid} ${now} ${turn}`));
  }
}
