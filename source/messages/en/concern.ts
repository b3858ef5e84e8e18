import type { Drift, DriftField } from '../../observe/drift.ts';
import type { SourceId } from '../../observe/measure.ts';
import type { Used } from '../../observe/room.ts';
import { amount, dimensions } from './scale.ts';

const fields: Readonly<Record<DriftField, string>> = {
  replicas: 'replicas',
  cpu: 'CPU',
  memory: 'memory',
  image: 'image',
};
const sources: Readonly<Record<SourceId, string>> = {
  broker: 'which events wait',
  metrics: 'CPU and memory in use',
  redis: 'what waits for the worker, and whether it lives',
  postgres: 'how full PostgreSQL is',
  clickhouse: "ClickHouse's disk, and how it reads the queue",
};
const more = (count: number): string => (count > 0 ? ` (and ${count} more)` : '');

/** What of an instance wants attention. */
export const concern = {
  broken: (part: string, why: string | undefined, others: number) =>
    `${part}: ${why ?? 'it has failed.'}${more(others)}`,
  part: (part: string, why: string | undefined) => `${part}: ${why ?? 'it has failed.'}`,
  address: (url: string, why: string) => `${url} does not answer: ${why}.`,
  addressHint: (isProvable: boolean) =>
    `Asked from this computer once a minute.${isProvable ? ' `posthog-sealos proof` names the hop of the way that fails.' : ''}`,
  behind: (part: string, count: string, age: string | undefined, kept: string | undefined | 0) =>
    `${part}: ${count} events wait${age === undefined ? '' : `, the oldest for ${age}`}${kept ? ` (${kept})` : ''}.`,
  kept: (hours: number) => `kept ${hours}h`,
  dropping: (parts: string) => `Events that wait for ${parts} will soon be dropped unread. s: give it more.`,
  behindHint: (part: string) => `More replicas help: s, or \`posthog-sealos scale ${part}=+1\`.`,
  behindFull: (part: string) => `${part} has no room left on its disk: nothing else helps before there is some.`,
  behindFixed: (part: string) => `${part} has a fixed number of replicas; more CPU may help: s, then Tab.`,
  used: ({ dimension, used, hard }: Used) =>
    `${dimensions[dimension]} ${amount(dimension, used)} of ${amount(dimension, hard)}`,
  and: ', ',
  quota: (used: string) => `The quota is nearly used: ${used}.`,
  quotaHint:
    'What needs more, a restart in place or another replica, may be refused. Make room, or ask Sealos for more.',
  drift: ({ object, field, planned, live, by }: Drift, others: number) =>
    `"${by}" has changed ${object}: ${fields[field]} ${live} instead of ${planned}.${more(others)}`,
  driftHint: 'The next install asks whether to keep it or take it over. What is changed by `scale` is kept by itself.',
  certificate: (url: string, hours: number) =>
    hours < 0
      ? `The certificate of ${url} has ended.`
      : hours < 1
        ? `The certificate of ${url} ends within the hour.`
        : `The certificate of ${url} ends in ${hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`}.`,
  certificateHint:
    'It should have been renewed long before: look at the Certificate of the address in the Sealos desktop. Afterwards browsers and SDKs refuse it.',
  bounds: 'CPU and memory show limits: what is used is not told (metrics.k8s.io).',
  unmeasured: (source: SourceId, since: string | undefined, why: string) =>
    `${since === undefined ? 'Not known now' : `Not told for ${since}`}: ${sources[source]}. ${why}`,
  none: 'Nothing wants attention.',
  title: 'What wants attention',
  others: (count: number) => `+${count}: w`,
};
