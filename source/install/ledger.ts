/**
 * What an install remembers, in the cluster and not on a laptop: the answers (without secrets), the release, which
 * Jobs are done (Jobs expire), replicas changed by hand, and the journal of actions. A ConfigMap, so that anybody can
 * read it with kubectl.
 */
import type { Cluster } from '../cluster/types.ts';
import { exitCodes, UserError } from '../errors.ts';
import { keptWith } from '../observe/kept-with.ts';
import type { Snapshot } from '../observe/types.ts';
import { type Answers, secretAnswers } from '../stack/answers.ts';
import { instanceLabel } from '../stack/conventions.ts';
import { type KubeObject, sizeNames } from '../stack/types.ts';
import { ledgerLabel, ledgerName } from './names.ts';

const version = 1;
const journalLength = 200;

export interface JournalEntry {
  /** RFC 3339. */
  readonly at: string;
  readonly by: string;
  readonly action: string;
}

export interface Ledger {
  readonly app: string;
  readonly answers: Answers;
  /** Complete public host and address, as first found. */
  readonly host: string;
  readonly url: string;
  /** Jobs that completed, by name (the name holds the hash of what it ran). */
  readonly jobs: Readonly<Record<string, string>>;
  /** Whether every component has been ready once. */
  readonly finished: boolean;
  readonly journal: readonly JournalEntry[];
}

/** Undefined when this namespace has no instance of that name made by this program. */
export async function readLedger(cluster: Cluster, app: string, signal: AbortSignal): Promise<Ledger | undefined> {
  const found = await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', name: ledgerName(app) }, { signal });
  return found && parseLedger(found);
}

/** @throws UserError `ledger-unreadable` (exit 3) when it was damaged, or written by a newer program. */
export function parseLedger(object: KubeObject): Ledger {
  const data = (object['data'] ?? {}) as Readonly<Record<string, string>>;
  const unreadable = (newer: boolean, cause?: unknown) =>
    new UserError({
      code: 'ledger-unreadable',
      exit: exitCodes.refused,
      say: (t) => (newer ? t.install.ledger.newer : t.install.ledger.damaged),
      hint: (t) => (newer ? t.install.ledger.newerHint : t.install.ledger.damagedHint(object.metadata.name)),
      object: `ConfigMap/${object.metadata.name}`,
      cause,
    });
  if (Number(data['version']) > version) throw unreadable(true);
  try {
    const parse = (key: string) => JSON.parse(data[key] ?? '') as unknown;
    const [answers, jobs, journal] = [parse('answers'), parse('jobs'), parse('journal')];
    if (!areAnswers(answers) || !isRecord(jobs) || !Array.isArray(journal)) throw new Error('not what is recorded');
    return {
      app: object.metadata.labels?.[ledgerLabel] ?? object.metadata.name.replace(/-ledger$/, ''),
      answers,
      host: data['host'] ?? '',
      url: data['url'] ?? '',
      jobs: jobs as Ledger['jobs'],
      finished: data['finished'] === 'true',
      journal,
    };
  } catch (error) {
    throw unreadable(false, error);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether everything is there that is looked at without being resolved again. */
function areAnswers(value: unknown): value is Answers {
  if (!isRecord(value) || !isRecord(value['components'])) return false;
  const { name, size, release, components } = value;
  return (
    typeof name === 'string' &&
    sizeNames.some((each) => each === size) &&
    typeof release === 'string' &&
    Object.values(components as object).every(isRecord)
  );
}

/** Pictures come by the hundred, records rarely. A record that cannot be read is no reason to show nothing. */
export function ledgerIn(snapshot: Snapshot): Ledger | undefined {
  const found = recordIn(snapshot);
  return found && readable(found).ledger;
}

/** For who changes what is recorded. @throws UserError `ledger-unreadable` (exit 3) */
export function soundLedgerIn(snapshot: Snapshot): Ledger | undefined {
  const found = recordIn(snapshot);
  return found && parseLedger(found);
}

const recordIn = ({ app, objects }: Snapshot): KubeObject | undefined =>
  objects.ConfigMap.find(({ metadata }) => metadata.name === ledgerName(app));

const readable = keptWith((found: KubeObject): { readonly ledger: Ledger | undefined } => {
  try {
    return { ledger: parseLedger(found) };
  } catch {
    return { ledger: undefined };
  }
});

/** Only whoever holds the lock writes it. */
export async function writeLedger(cluster: Cluster, ledger: Ledger, signal: AbortSignal): Promise<void> {
  await cluster.apply(ledgerObject(ledger, cluster.namespace), { force: true, signal });
}

export function ledgerObject(ledger: Ledger, namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: ledgerName(ledger.app),
      namespace,
      labels: { [ledgerLabel]: ledger.app, [instanceLabel]: ledger.app },
    },
    data: {
      version: String(version),
      answers: JSON.stringify(withoutSecrets(ledger.answers)),
      release: ledger.answers.release,
      host: ledger.host,
      url: ledger.url,
      jobs: JSON.stringify(ledger.jobs),
      finished: String(ledger.finished),
      journal: JSON.stringify(ledger.journal.slice(-journalLength)),
    },
  };
}

function withoutSecrets(answers: Answers): unknown {
  return JSON.parse(JSON.stringify(answers), function (this: unknown, key: string, value: unknown) {
    const secret = [...secretAnswers].some((path) => path.endsWith(`.${key}`));
    return secret ? undefined : value;
  });
}
