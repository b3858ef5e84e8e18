/** Topics of the queue, as the record of an instance has them made. Pure. */
import { manifests } from '../stack/manifests.ts';
import { type Topic, topicsOf } from '../stack/topics.ts';
import type { Ledger } from './ledger.ts';

/** None without a record. */
export const topicsIn = (ledger: Ledger | undefined): readonly Topic[] =>
  ledger ? topicsOf(ledger.answers.size, manifests.topics) : [];

/** How long each topic keeps events, in seconds; nothing without a record. */
export const keptOf = (ledger: Ledger | undefined): ReadonlyMap<string, number> =>
  new Map(topicsIn(ledger).map(({ name, retentionMs }) => [name, retentionMs / 1000]));
