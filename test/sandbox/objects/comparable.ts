/** Answers of a server without what differs from one run, or from one cluster, to the next. */
import type { Failure } from '../../../source/sandbox/objects/status-error.ts';
import type { KubeObject } from '../../../source/stack/types.ts';

/** They work in a real cluster while requests are recorded. */
const controllers = ['kube-controller-manager', 'kubelet', 'kube-scheduler'];

/** Conditions that only the recorded requests set. */
const requested = ['Mine', 'Yours', 'Main'];

/** Kinds whose status no controller touches between two requests. */
const settled = ['Pod', 'Service', 'PersistentVolumeClaim', 'Scale'];

type Entry = {
  readonly manager: string;
  readonly time?: string;
  readonly operation: string;
  readonly subresource?: string;
};

/** The object with `*` for what is decided by chance or by the clock. */
export function comparable(object: KubeObject): unknown {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const key of ['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp'])
    if (metadata[key] !== undefined) metadata[key] = '*';
  if (metadata['generateName']) metadata['name'] = '*';
  const managers = entries(metadata['managedFields']);
  if (managers.length) metadata['managedFields'] = managers;
  else delete metadata['managedFields'];
  const status = object['status'] === undefined ? {} : { status: statusOf(object) };
  return anonymous({ ...object, metadata, ...status });
}

/** The refusal, its texts without numbers of this run. */
export function refusal({ reason, message, details }: Failure): unknown {
  return anonymous({ message, ...(reason && { reason }), ...(details && { details }) });
}

function entries(list: unknown): readonly unknown[] {
  const own = ((list ?? []) as readonly Entry[]).filter(({ manager }) => !controllers.includes(manager));
  const key = ({ operation, manager, subresource }: Entry): string => `${operation} ${manager} ${subresource ?? ''}`;
  return own
    .map((entry) => (entry.time ? { ...entry, time: '*' } : entry))
    .sort((left, right) => (key(left) < key(right) ? -1 : 1));
}

function statusOf({ kind, status }: KubeObject): unknown {
  if (settled.includes(kind)) return status;
  const { conditions = [] } = status as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.flatMap((each) => (requested.includes(each.type) ? [`${each.type}=${each.status}`] : []));
}

const patterns: readonly (readonly [RegExp, string])[] = [
  [/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-*'],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID'],
  [/10\.(96|78)\.\d+\.\d+/g, 'IP'],
  [/in record \(\d+\)/g, 'in record (VERSION)'],
  // The outcome of a patch is told with all that is above.
  [/Invalid value: \\"\{.*?\}\\": (json|strict|converting|no kind)/g, 'Invalid value: OBJECT: $1'],
];

function anonymous(value: unknown): unknown {
  const text = patterns.reduce((all, [pattern, word]) => all.replaceAll(pattern, word), JSON.stringify(value));
  return JSON.parse(text);
}
