/** Names, labels and annotations (apimachinery `validation`). */
import { type Causes, invalid, type Tree, tooLong, tree, when } from './causes.ts';

const labelPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomainPattern = `${labelPattern}(\\.${labelPattern})*`;
const keyPattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const valuePattern = `(${keyPattern})?`;

const labelWhy = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${labelPattern}')`;
const subdomainWhy = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainPattern}')`;
const label1035Why =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const nameWhy = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${keyPattern}')`;
const valueWhy = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${valuePattern}')`;

/** What is wrong with a label's key, as IsQualifiedName says it. */
export function labelKeyProblems(key: string): readonly string[] {
  const parts = key.split('/');
  if (parts.length > 2)
    return [`a qualified name ${nameWhy} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const [name = '', prefix] = parts.toReversed();
  return [
    ...(prefix === '' ? ['prefix part must be non-empty'] : []),
    ...(prefix ? problems(prefix, 253, subdomainPattern, subdomainWhy).map((why) => `prefix part ${why}`) : []),
    ...(name === '' ? ['name part must be non-empty'] : []),
    ...problems(name, 63, keyPattern, nameWhy).map((why) => `name part ${why}`),
  ];
}

export const labelValueProblems = (value: string): readonly string[] => problems(value, 63, valuePattern, valueWhy);

function problems(value: string, max: number, pattern: string, why: string): readonly string[] {
  const isSound = new RegExp(`^${pattern}$`).test(value);
  return [...(value.length > max ? [`must be no more than ${max} characters`] : []), ...(isSound ? [] : [why])];
}

const name =
  (max: number, pattern: string, why: string) =>
  (field: string, value: string): Causes =>
    problems(value, max, pattern, why).map((problem) => invalid(field, value, problem));

export const dnsLabel = name(63, labelPattern, labelWhy);
export const dnsSubdomain = name(253, subdomainPattern, subdomainWhy);
const dns1035Label = name(63, '[a-z]([-a-z0-9]*[a-z0-9])?', label1035Why);

/** Kinds whose names become host names, or are free within a path. */
const nameRules: Readonly<Record<string, typeof dnsLabel>> = {
  Service: dns1035Label,
  Namespace: dnsLabel,
  Role: pathSegment,
  RoleBinding: pathSegment,
  ClusterRole: pathSegment,
  ClusterRoleBinding: pathSegment,
};

function pathSegment(field: string, value: string): Causes {
  return /[/%]/.test(value) ? [invalid(field, value, `may not contain '${value.includes('/') ? '/' : '%'}'`)] : [];
}

/** Labels of metadata or of a selector. */
export const labels = (field: string, value: unknown): Causes =>
  Object.entries(tree(value)).flatMap(([key, each]) => [
    ...labelKeyProblems(key).map((why) => invalid(field, key, why)),
    ...labelValueProblems(String(each)).map((why) => invalid(field, each, why)),
  ]);

/** Keys and values of all of them together (apimachinery `TotalAnnotationSizeLimitB`). */
const mostAnnotations = 2 ** 18;
const bytesOf = (texts: unknown): number =>
  Object.entries(tree(texts)).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);

export function metadata(kind: string, value: Tree): Causes {
  const rule = nameRules[kind] ?? dnsSubdomain;
  return [
    ...rule('metadata.name', String(value['name'])),
    ...labels('metadata.labels', value['labels']),
    ...Object.keys(tree(value['annotations'])).flatMap((key) =>
      labelKeyProblems(key.toLowerCase()).map((why) => invalid('metadata.annotations', key, why)),
    ),
    ...when(bytesOf(value['annotations']) > mostAnnotations, tooLong('metadata.annotations', mostAnnotations)),
  ];
}
