/** Label and field selectors: the grammar and the texts of k8s.io/apimachinery labels and fields, 0.34. */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind } from '../types.ts';
import { StatusError } from './status-error.ts';
import { isMap, mapOf } from './values.ts';

type Labels = Readonly<Record<string, unknown>>;
type Predicate<T> = (value: T) => boolean;

interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

const labelName = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k`. @throws StatusError 400 with the server's text. */
export function parseLabelSelector(text: string): Predicate<Labels> {
  const requirements = requirementsOf(text);
  return (labels) => requirements.every((requirement) => holds(requirement, labels));
}

/** Whether a `LabelSelector` object, or a plain map of labels, selects them. No selector selects nothing. */
export function matchesSelector(selector: unknown, labels: unknown): boolean {
  if (!isMap(selector)) return false;
  const has = mapOf(labels);
  const isSelector = isMap(selector['matchLabels']) || Array.isArray(selector['matchExpressions']);
  const exact = mapOf(isSelector ? selector['matchLabels'] : selector);
  const expressions = (isSelector ? (selector['matchExpressions'] ?? []) : []) as readonly Requirement[];
  return (
    Object.entries(exact).every(([key, value]) => has[key] === value) &&
    expressions.every(({ key, operator, values }) => holds({ key, operator, values: values ?? [] }, has))
  );
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  const isThere = typeof value === 'string';
  switch (operator) {
    case 'In':
      return isThere && values.includes(value);
    case 'NotIn':
      return !isThere || !values.includes(value);
    case 'Exists':
      return isThere;
    case 'DoesNotExist':
      return !isThere;
    case 'Gt':
      return isThere && Number(value) > Number(values[0]);
    case 'Lt':
      return isThere && Number(value) < Number(values[0]);
  }
}

const operators: Readonly<Record<string, Requirement['operator']>> = {
  '=': 'In',
  '==': 'In',
  in: 'In',
  '!=': 'NotIn',
  notin: 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
};

function requirementsOf(text: string): readonly Requirement[] {
  const tokens = text.match(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g) ?? [];
  const fail = (why: string): never => {
    throw StatusError.badRequest(`unable to parse requirement: ${why}`);
  };
  const requirements: Requirement[] = [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const word = (token: string, expected: string): string =>
    /^[^=!<>(),]+$/.test(token) ? token : fail(`found '${token}', expected: ${expected}`);
  const valuesInParentheses = (): readonly string[] => {
    const open = next();
    if (open !== '(') fail(`found '${open}', expected: '('`);
    const values: string[] = [];
    for (let expectsValue = true; ; expectsValue = !expectsValue) {
      const token = next();
      if (token === ')') return expectsValue ? [...values, ''] : values;
      if (expectsValue && token === ',') {
        values.push('');
        expectsValue = false;
      } else if (expectsValue) values.push(word(token, 'identifier'));
      else if (token !== ',') fail(`found '${token}', expected: ',' or ')'`);
    }
  };
  while (at < tokens.length) {
    const isAbsent = tokens[at] === '!';
    if (isAbsent) at += 1;
    const key = word(next(), isAbsent ? 'identifier' : "!, identifier, or 'end of string'");
    refuseKey(key);
    const operator = isAbsent ? undefined : operators[tokens[at] ?? ''];
    if (operator) {
      const isList = ['in', 'notin'].includes(next());
      const isValue = !isList && tokens[at] !== undefined && tokens[at] !== ',';
      const values = isList ? valuesInParentheses() : [isValue ? word(next(), 'identifier') : ''];
      for (const value of values) refuseValue(key, value);
      requirements.push({ key, operator, values });
    } else requirements.push({ key, operator: isAbsent ? 'DoesNotExist' : 'Exists', values: [] });
    const comma = tokens[at];
    if (comma === undefined) break;
    if (comma !== ',') fail(`found '${comma}', expected: in, notin, =, ==, !=, gt, lt`);
    at += 1;
    if (at === tokens.length) fail("found '', expected: identifier after ','");
  }
  return requirements;
}

const nameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

function refuseKey(key: string): void {
  const name = key.slice(key.indexOf('/') + 1);
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : undefined;
  const isSound = labelName.test(name) && name.length <= 63 && (prefix === undefined || subdomain.test(prefix));
  if (!isSound)
    throw StatusError.badRequest(
      `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: ${nameRule}`,
    );
}

function refuseValue(key: string, value: string): void {
  if (value === '' || (labelName.test(value) && value.length <= 63)) return;
  throw StatusError.badRequest(
    `unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${valueRule}`,
  );
}

/** Beyond `metadata.name` and `metadata.namespace`, which every kind has. */
const fields: Readonly<Record<string, readonly string[]>> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  '/secrets': ['type'],
  '/namespaces': ['status.phase'],
  '/nodes': ['spec.unschedulable'],
  '/services': ['spec.clusterIP', 'spec.type'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
};

/** `a=b,c!=d` of fields that the kind can be selected by. @throws StatusError 400 with the server's text. */
export function parseFieldSelector(text: string, kind: Kind): Predicate<KubeObject> {
  const terms = text.split(',').flatMap((term) => (term ? [termOf(term)] : []));
  const known = [
    'metadata.name',
    ...(kind.namespaced ? ['metadata.namespace'] : []),
    ...(fields[`${kind.group}/${kind.plural}`] ?? []),
  ];
  for (const { field } of terms)
    if (!known.includes(field)) throw StatusError.badRequest(`field label not supported: ${field}`);
  return (object) => terms.every(({ field, value, isEqual }) => (fieldText(object, field) === value) === isEqual);
}

function termOf(term: string): { readonly field: string; readonly value: string; readonly isEqual: boolean } {
  const parts = /^(.*?)(!=|==|=)(.*)$/.exec(term);
  if (!parts) throw StatusError.badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const [, field = '', operator, value = ''] = parts;
  return { field, value: value.replace(/\\([\\,=])/g, '$1'), isEqual: operator !== '!=' };
}

function fieldText(object: KubeObject, field: string): string {
  if (field === 'source' && object.kind === 'Event') return fieldText(object, 'source.component');
  const value = field.split('.').reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), object);
  if (value === undefined && field === 'spec.unschedulable') return 'false';
  return value === undefined || value === null ? '' : String(value);
}
