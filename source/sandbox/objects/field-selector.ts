/** Field selectors: grammar and texts of k8s.io/apimachinery pkg/fields 0.34, and the fields that kinds can be selected by. */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind } from '../types.ts';
import { isBuiltIn } from './names.ts';
import { StatusError } from './status-error.ts';
import { isMap } from './values.ts';

const pod = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
];
const podStatus = ['status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName'];
const reference = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/** Beyond `metadata.name` and `metadata.namespace`. A kind that is not here refuses in other words. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  '/pods': [...pod, ...podStatus],
  '/events': [...reference.map((field) => `involvedObject.${field}`), 'reason', 'reportingComponent', 'source', 'type'],
  'events.k8s.io/events': [...reference.map((field) => `regarding.${field}`), 'reason', 'reportingController', 'type'],
  '/secrets': ['type'],
  '/namespaces': ['status.phase'],
  '/nodes': ['spec.unschedulable'],
  '/services': ['spec.clusterIP', 'spec.type'],
  'batch/jobs': ['status.successful'],
};

interface Term {
  readonly field: string;
  readonly value: string;
  readonly isEqual: boolean;
}

/** `a=b,c!=d`. @throws StatusError 400 with the server's text. */
export function parseFieldSelector(text: string, kind: Kind): (object: KubeObject) => boolean {
  const terms = (text.match(/(?:\\.|[^,\\])+/gs) ?? []).map(termOf);
  const more = selectable[`${kind.group}/${kind.plural}`];
  const fields = ['metadata.name', ...(kind.namespaced ? ['metadata.namespace'] : []), ...(more ?? [])];
  for (const { field } of terms) if (!fields.includes(field)) throw StatusError.badRequest(refusal(kind, field));
  return (object) => terms.every(({ field, value, isEqual }) => (textOf(object, field) === value) === isEqual);
}

function refusal(kind: Kind, field: string): string {
  if (kind.group === 'batch' && kind.plural === 'jobs') return `field label "${field}" not supported for Job`;
  return selectable[`${kind.group}/${kind.plural}`] || !isBuiltIn(kind)
    ? `field label not supported: ${field}`
    : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function termOf(term: string): Term {
  const parts = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
  if (!parts) throw StatusError.badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const [, field = '', operator, escaped = ''] = parts;
  return { field, value: unescaped(escaped), isEqual: operator !== '!=' };
}

function unescaped(value: string): string {
  return value.replace(/\\(.?)|[=,]/gs, (match, escaped?: string) => {
    if (escaped === undefined)
      throw StatusError.badRequest(`invalid field selector: unescaped character in value: ${match.charCodeAt(0)}`);
    if (escaped === '' || !'\\,='.includes(escaped))
      throw StatusError.badRequest(`invalid field selector: invalid escape sequence: ${match}`);
    return escaped;
  });
}

function textOf(object: KubeObject, field: string): string {
  if (field === 'source' && object.kind === 'Event') return textOf(object, 'source.component');
  const path = field === 'status.successful' ? 'status.succeeded' : field;
  const value = path.split('.').reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), object);
  const missing: Readonly<Record<string, string>> = { 'spec.unschedulable': 'false', 'status.succeeded': '0' };
  return value === undefined || value === null ? (missing[path] ?? '') : String(value);
}
