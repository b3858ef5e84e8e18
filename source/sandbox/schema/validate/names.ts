/** Names, labels and annotations (apimachinery `validation`). */
import { type Causes, invalid, type Tree, tree } from './causes.ts';

const labelPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomainPattern = `${labelPattern}(\\.${labelPattern})*`;
const keyPattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const valuePattern = `(${keyPattern})?`;
const whole = (pattern: string) => new RegExp(`^${pattern}$`);
const tooLong = (max: number) => `must be no more than ${max} characters`;

const labelWhy = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${labelPattern}')`;
const subdomainWhy = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainPattern}')`;
const label1035Why =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const keyWhy = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${keyPattern}')`;
const valueWhy = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${valuePattern}')`;

const check = (field: string, value: string, max: number, pattern: RegExp, why: string): Causes => [
  ...(value.length > max ? [invalid(field, value, tooLong(max))] : []),
  ...(pattern.test(value) ? [] : [invalid(field, value, why)]),
];

export const dnsLabel = (field: string, value: string): Causes =>
  check(field, value, 63, whole(labelPattern), labelWhy);
export const dnsSubdomain = (field: string, value: string): Causes =>
  check(field, value, 253, whole(subdomainPattern), subdomainWhy);
const dns1035Label = (field: string, value: string): Causes =>
  check(field, value, 63, /^[a-z]([-a-z0-9]*[a-z0-9])?$/, label1035Why);

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
export function labels(field: string, value: unknown): Causes {
  return Object.entries(tree(value)).flatMap(([key, each]) => [
    ...labelKey(field, key),
    ...(String(each).length > 63 ? [invalid(field, each, 'must be no more than 63 characters')] : []),
    ...(whole(valuePattern).test(String(each)) ? [] : [invalid(field, each, valueWhy)]),
  ]);
}

function labelKey(field: string, key: string): Causes {
  const name = key.slice(key.indexOf('/') + 1);
  return [
    ...(name.length > 63 ? [invalid(field, key, 'name part must be no more than 63 characters')] : []),
    ...(whole(keyPattern).test(name) ? [] : [invalid(field, key, keyWhy)]),
  ];
}

export function metadata(kind: string, value: Tree): Causes {
  const rule = nameRules[kind] ?? dnsSubdomain;
  return [
    ...rule('metadata.name', String(value['name'])),
    ...labels('metadata.labels', value['labels']),
    ...Object.keys(tree(value['annotations'])).flatMap((key) =>
      labelKey('metadata.annotations', key.toLowerCase()).map((cause) => ({
        ...cause,
        message: cause.message.replace(JSON.stringify(key.toLowerCase()), JSON.stringify(key)),
      })),
    ),
  ];
}
