/** The queue's topics (stack-spec D.2 to D.4), and the script that makes them run against a stand-in for rpk. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { components } from '../../source/stack/components.ts';
import { topicsOf, topicTable } from '../../source/stack/topics.ts';
import { type Json, type SizeName, sizeNames } from '../../source/stack/types.ts';
import { containersOf, envValue, find, manifests, objectsOf } from './fixtures/objects.ts';

/** Partitions / hours / MiB of retention + segment; trial | small | medium | large. */
const table: Readonly<Record<string, readonly [string, string, string, string]>> = {
  events_plugin_ingestion: ['4 24h 160+32', '4 24h 1024+64', '4 48h 4096+128', '16 24h 4096+128'],
  session_recording_snapshot_item_events: ['4 12h 160+32', '4 12h 768+64', '4 12h 3072+128', '16 6h 3072+128'],
  clickhouse_events_json: ['4 24h 160+32', '4 24h 768+64', '4 24h 3072+128', '16 24h 3072+128'],
  events_plugin_ingestion_overflow: ['1 24h 96+16', '1 24h 256+32', '2 24h 512+64', '4 24h 512+64'],
  events_plugin_ingestion_historical: ['1 24h 96+16', '1 24h 256+32', '2 24h 512+64', '4 24h 512+64'],
  clickhouse_person: ['1 24h 96+16', '1 24h 256+32', '1 24h 512+64', '4 24h 512+64'],
  clickhouse_person_distinct_id: ['1 24h 96+16', '1 24h 256+32', '1 24h 512+64', '4 24h 512+64'],
  clickhouse_groups: ['1 24h 96+16', '1 24h 256+32', '1 24h 512+64', '4 24h 512+64'],
  clickhouse_session_replay_events: ['1 24h 96+16', '1 24h 256+32', '1 24h 512+64', '4 24h 512+64'],
  clickhouse_heatmap_events: ['1 24h 96+16', '1 24h 256+32', '1 24h 512+64', '4 24h 512+64'],
  log_entries: ['1 24h 96+16', '1 24h 256+32', '1 24h 512+64', '4 24h 512+64'],
  client_iwarnings_ingestion: ['1 24h 32+16', '1 24h 64+32', '2 24h 256+32', '4 24h 128+32'],
  session_recording_snapshot_item_overflow: ['1 12h 32+16', '1 12h 64+32', '2 12h 256+32', '4 12h 128+32'],
  clickhouse_app_metrics2: ['1 24h 32+16', '1 24h 64+32', '1 24h 256+32', '4 24h 128+32'],
  cdp_internal_events: ['1 24h 32+16', '1 24h 64+32', '2 24h 256+32', '8 24h 128+32'],
  logs_ingestion: ['1 12h 32+16', '1 12h 64+32', '1 12h 256+32', '4 12h 128+32'],
};

const names = (size: SizeName) => topicsOf(size, manifests.topics).map(({ name }) => name);

/** All names of stack-spec D.2. */
const everyTopic = `
  events_plugin_ingestion events_plugin_ingestion_overflow events_plugin_ingestion_historical events_plugin_ingestion_dlq
  events_plugin_ingestion_async events_plugin_ingestion_ai ai_events_ingestion client_iwarnings_ingestion
  ingestion-clientwarnings-main-1 heatmaps_ingestion exceptions_ingestion ingestion-errortracking-main
  ingestion-errortracking-main-dlq ingestion-errortracking-overflow events_dead_letter_queue
  session_recording_snapshot_item_events session_recording_snapshot_item_overflow session_recording_snapshot_item_dlq
  session_recording_events session_recording_events2
  clickhouse_events_json clickhouse_ai_events_json clickhouse_app_metrics clickhouse_app_metrics2
  clickhouse_billing_usage_records clickhouse_document_embeddings clickhouse_error_tracking_fingerprint_issue_state
  clickhouse_error_tracking_issue_fingerprint clickhouse_flag_evaluations clickhouse_groups clickhouse_heatmap_events
  clickhouse_hog_invocation_results clickhouse_ingestion_events_duplicates clickhouse_ingestion_warnings clickhouse_logs
  clickhouse_message_assets clickhouse_metrics clickhouse_performance_events clickhouse_person
  clickhouse_person_distinct_id clickhouse_person_override clickhouse_person_unique_id
  clickhouse_precalculated_person_properties clickhouse_prefiltered_events clickhouse_behavioral_cohorts_matches
  clickhouse_property_values clickhouse_session_replay_events clickhouse_session_replay_features clickhouse_tophog
  clickhouse_traces log_entries plugin_log_entries distinct_id_usage_events_json cohort_membership_changed
  cohort_membership_changed_trigger
  cdp_internal_events cdp_function_overflow cdp_batch_hogflow_requests data_warehouse_source_webhooks
  document_embeddings_input document_embedding_results error_tracking_ingestion_notifications
  usage_ingestion usage_ingestion_dlq logs_ingestion logs_ingestion_dlq logs_ingestion_overflow
  ingestion-traces ingestion-traces-dlq ingestion-traces-overflow
  metrics_ingestion metrics_ingestion_dlq metrics_ingestion_overflow ingestion-metrics
`
  .trim()
  .split(/\s+/);

describe('topics', () => {
  it.each(sizeNames)('are the same ones in every size: %s', (size) => {
    expect(names(size).sort()).toEqual([...everyTopic].sort());
  });

  it.each(Object.entries(table))('%s has its partitions and retention', (name, bySize) => {
    const inWords = sizeNames.map((size) => {
      const topic = topicsOf(size, manifests.topics).find((each) => each.name === name);
      if (!topic) return '-';
      return `${topic.partitions} ${topic.retentionMs / 3_600_000}h ${topic.retentionBytes / 2 ** 20}+${topic.segmentBytes / 2 ** 20}`;
    });
    expect(inWords).toEqual(bySize);
  });

  it('hold what components declare, and never shrink from one size to the next', () => {
    const scaled = components.flatMap(({ scaling }) => ('partitionsOf' in scaling ? [scaling.partitionsOf] : []));
    expect(names('small')).toEqual(expect.arrayContaining(scaled));
    const partitions = sizeNames.map((size) => topicsOf(size, manifests.topics).map((topic) => topic.partitions));
    for (const [index, now] of partitions.slice(1).entries()) {
      expect(now.every((count, topic) => count >= (partitions[index]?.[topic] ?? 0))).toBe(true);
    }
  });

  it('hold every topic that an environment names', () => {
    const named = containersOf(objectsOf('small')).flatMap(({ container }) =>
      (container.env ?? [])
        .filter(({ name }) => /KAFKA_.*TOPIC/.test(name))
        .map(({ name }) => envValue(container, name)),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((topic) => !names('small').includes(topic ?? ''))).toEqual([]);
  });

  it('of a wrong file are refused', () => {
    const group = { name: 'g', bytes: 'b', partitions: { small: 1 }, hours: { small: 1 }, topics: ['t'] };
    const file = (more: object): Json =>
      ({ bytes: { b: { small: [1, 1] } }, groups: [{ ...group, ...more }] }) as unknown as Json;
    expect(topicTable('small', file({}))).toBe('t 1 3600000 1048576 1048576\n');
    expect(() => topicTable('large', file({}))).toThrow('topics "g" have no numbers for large');
    expect(() => topicTable('small', file({ bytes: 'x' }))).toThrow('have no numbers');
    expect(() => topicTable('small', file({ topics: ['t', 't'] }))).toThrow('topic t stands twice');
  });

  it('reach the Job as one line each', () => {
    const data = find(objectsOf('small'), 'ConfigMap', 'posthog-topics')['data'] as Record<string, string>;
    expect(data['topics']?.split('\n')[0]).toBe('events_plugin_ingestion 4 86400000 1073741824 67108864');
    expect(data['topics']?.trimEnd().split('\n')).toHaveLength(everyTopic.length);
  });
});

/** Topics as files that hold a partition count, every call in `calls`. Answers with the texts of rpk 25.1. */
const rpk = `#!/bin/sh
echo "$*" >> "$STATE/calls"
case "$1 $2" in
  "topic list")
    if [ -e "$STATE/down" ]; then rm "$STATE/down"; echo "unable to request metadata: dial tcp: connection refused"; exit 1; fi
    echo "NAME  PARTITIONS  REPLICAS"
    for file in "$STATE"/topic-*; do [ -e "$file" ] && echo "\${file##*/topic-}  $(cat "$file")  1"; done
    exit 0 ;;
  "topic create")
    echo "TOPIC  STATUS"
    case "$3" in $REFUSED) echo "$3  INVALID_PARTITIONS: Number of partitions is below 1."; exit 1 ;; esac
    echo "$3  OK"; echo "$5" > "$STATE/topic-$3" ;;
  "topic add-partitions") echo "$(($(cat "$STATE/topic-$3") + $5))" > "$STATE/topic-$3"; echo "TOPIC  STATUS"; echo "$3  OK" ;;
  "topic alter-config") echo "TOPIC  STATUS"; echo "$3  OK" ;;
  "cluster config") echo "Successfully updated configuration. New configuration version is 2." ;;
  *) echo "unknown command $*"; exit 1 ;;
esac
`;

describe('the script that makes them', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'topics-'));
    writeFileSync(join(folder, 'rpk'), rpk);
    chmodSync(join(folder, 'rpk'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the script of a size with a shell; throws when it ends with another code than 0. */
  function run(size: SizeName, env: Record<string, string> = {}): string {
    const data = find(objectsOf(size), 'ConfigMap', 'posthog-topics')['data'] as Record<string, string>;
    writeFileSync(join(folder, 'topics'), data['topics'] ?? '');
    writeFileSync(
      join(folder, 'create.sh'),
      (data['create.sh'] ?? '').replaceAll('/topics/topics', join(folder, 'topics')).replace('sleep 2', ':'),
    );
    const given = {
      KAFKA_HOSTS: 'broker:9092',
      KAFKA_ADMIN: 'broker:9644',
      RETENTION_BYTES: '7',
      REFUSED: '-',
      STATE: folder,
      ...env,
    };
    return execFileSync('sh', [join(folder, 'create.sh')], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH']}`, ...given },
      stdio: 'pipe',
    });
  }
  const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');

  it('waits for the broker, sets its defaults, creates every topic with its retention and says so last', () => {
    writeFileSync(join(folder, 'down'), '');
    const output = run('small').trimEnd().split('\n');
    expect(output[0]).toContain('Waiting for the broker');
    expect(output.at(-1)).toBe(`Topics ready ${everyTopic.length}/${everyTopic.length}`);
    expect(calls().slice(0, 6)).toEqual([
      'topic list -X brokers=broker:9092',
      'topic list -X brokers=broker:9092',
      'cluster config set log_retention_ms 86400000 -X admin.hosts=broker:9644',
      'cluster config set retention_bytes 7 -X admin.hosts=broker:9644',
      'cluster config set log_segment_ms 3600000 -X admin.hosts=broker:9644',
      'topic create events_plugin_ingestion -p 4 -r 1 -c retention.ms=86400000 -c retention.bytes=1073741824 -c segment.bytes=67108864 -X brokers=broker:9092',
    ]);
    expect(calls().filter((call) => call.startsWith('topic create'))).toHaveLength(everyTopic.length);
  });

  it('run again, creates nothing; for a larger size, adds partitions and sets retention', () => {
    run('small');
    rmSync(join(folder, 'calls'));
    run('small');
    expect(calls().filter((call) => /create|add-partitions/.test(call))).toEqual([]);
    rmSync(join(folder, 'calls'));
    run('large');
    expect(calls()).toContain('topic add-partitions events_plugin_ingestion --num 12 -X brokers=broker:9092');
    expect(calls()).toContain(
      'topic alter-config events_plugin_ingestion --set retention.ms=86400000 --set retention.bytes=4294967296 --set segment.bytes=134217728 -X brokers=broker:9092',
    );
    expect(readFileSync(join(folder, 'topic-events_plugin_ingestion'), 'utf8').trim()).toBe('16');
    rmSync(join(folder, 'calls'));
    run('trial');
    expect(calls().filter((call) => call.includes('add-partitions'))).toEqual([]);
  });

  it('fails with the broker’s answer when a topic cannot be made', () => {
    expect(() => run('small', { REFUSED: 'clickhouse_person' })).toThrow(/INVALID_PARTITIONS/);
  });
});
