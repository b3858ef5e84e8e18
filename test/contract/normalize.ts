/** What differs from run to run and from server to server without meaning anything becomes a word in angle brackets. */
import type { Answer, Json, Target } from './client.ts';

export interface Recorded {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const keptHeaders = ['content-type', 'warning', 'retry-after', 'allow'];
const byKey: Readonly<Record<string, string>> = {
  uid: '<uid>',
  resourceVersion: '<version>',
  creationTimestamp: '<time>',
  deletionTimestamp: '<time>',
  continue: '<continue>',
  clusterIP: '<ip>',
  podIP: '<ip>',
  hostIP: '<ip>',
  serverAddress: '<address>',
};
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function normalized({ status, headers, text }: Answer, target: Target): Recorded {
  const kept = keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
  return { status, headers: Object.fromEntries(kept), body: bodyOf(text, words(target)) };
}

export const anonymous = (heard: unknown, target: Target): unknown => clean(heard, words(target));

type Words = (text: string) => string;

/** Names that only this target has. */
function words({ namespace, user }: Target): Words {
  return (text) =>
    text
      .replaceAll(user, '<user>')
      .replaceAll(namespace, '<ns>')
      .replace(/(in record|resource version: \d+) \(\d+\)/, '$1 (<version>)')
      .replace(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?/gs, '<certificate>')
      // Go's own picture of a value, and of what changed in one.
      .replace(/(Invalid value: )\{.*\}(: field is immutable)/gs, '$1<value>$2')
      .replace(/(except resources\.requests and volumeAttributesClassName for bound claims)\n.*$/s, '$1')
      .replace(/\b[0-9a-f]{64}\b/g, '<id>')
      .replace(/kube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<generated>')
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>');
}

/** One value, or one a line as a watch gives them, or text. */
function bodyOf(text: string, say: Words): unknown {
  const lines = text.split('\n').filter((line) => line !== '');
  try {
    return clean(JSON.parse(text), say);
  } catch {
    try {
      return lines.map((line) => clean(JSON.parse(line), say));
    } catch {
      return say(text);
    }
  }
}

const controlled: readonly string[] = ['Deployment', 'StatefulSet', 'Job', 'ReplicaSet', 'PersistentVolumeClaim'];
const revision = 'deployment.kubernetes.io/revision';

/** Without what controllers may or may not have written meanwhile, and with generated names by their beginning. */
function asAsked(object: Json): Json {
  const { metadata } = object;
  if (typeof object.kind !== 'string' || metadata === null || typeof metadata !== 'object') return object;
  const { generateName, name } = metadata;
  const named =
    generateName && name?.startsWith(generateName) ? { ...metadata, name: `${generateName}<generated>` } : metadata;
  if (!controlled.includes(object.kind)) return { ...object, metadata: named };
  const { status: _, ...rest } = object;
  const { annotations, managedFields, ...more } = named;
  const { [revision]: __, ...notes } = annotations ?? {};
  const managers = managedFields?.filter(({ manager }: Json) => manager !== 'kube-controller-manager');
  return {
    ...rest,
    metadata: {
      ...more,
      ...(Object.keys(notes).length > 0 && { annotations: notes }),
      ...(managers && { managedFields: managers }),
    },
  };
}

/** Which token it was that somebody logged in with. */
const withoutToken = ({ extra: _, uid: __, ...user }: Json): Json => user;

/** What `kubectl` never shows of a table's column. */
const isColumn = (value: Json): boolean => typeof value.priority === 'number' && typeof value.format === 'string';
const withoutText = ({ description: _, ...column }: Json): Json => column;

/** Their order is that of the seconds in which each wrote, and then of their names: now this, now that. */
const inOrder = (managers: readonly Json[]): readonly Json[] =>
  managers.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)));
const nameOf = ({ manager = '', operation = '', subresource = '' }: Json): string =>
  [operation, manager, subresource].join(' ');

function clean(value: Json, say: Words, key = ''): unknown {
  if (Array.isArray(value)) {
    if (key === 'clusterIPs' || key === 'podIPs') return ['<ip>'];
    const all = key === 'managedFields' ? inOrder(value) : value;
    return all.map((each) => clean(each, say));
  }
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(
        key === 'userInfo' ? withoutToken(value) : isColumn(value) ? withoutText(value) : asAsked(value),
      ).map(([name, each]) => [say(name), clean(each, say, name)]),
    );
  if (typeof value !== 'string') return value;
  if (byKey[key] !== undefined && value !== '' && value !== 'None') return byKey[key];
  return time.test(value) ? '<time>' : say(value);
}
