/** ConfigMaps and Secrets. */
import { equal } from '../../objects/values.ts';
import { type Causes, forbidden, invalid, required, type Tree, tooLong, tree, unchanged, when } from './causes.ts';

const keyWhy =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function keys(object: Tree, fields: readonly string[]): Causes {
  return fields.flatMap((field) =>
    Object.keys(tree(object[field])).flatMap((key) => {
      const at = `${field}[${key}]`;
      if (!/^[-._a-zA-Z0-9]+$/.test(key)) return [invalid(at, key, keyWhy)];
      const isDots = key === '.' || key === '..';
      return when(
        isDots || key.startsWith('..'),
        invalid(at, key, isDots ? `must not be '${key}'` : "must not start with '..'"),
      );
    }),
  );
}

const immutableWhy = 'field is immutable when `immutable` is set';
function fixed(object: Tree, before: Tree | undefined, fields: readonly string[]): Causes {
  if (before?.['immutable'] !== true) return [];
  return ['immutable', ...fields]
    .filter((field) => !equal(object[field], before[field]))
    .map((field) => forbidden(field, immutableWhy));
}

/** The field is empty, as the real server has it: it speaks of all of them together. */
const size = (bytes: number): Causes => when(bytes > mostBytes, tooLong('', mostBytes));
const mostBytes = 2 ** 20;

const textBytes = (values: unknown): number =>
  Object.values(tree(values)).reduce<number>((sum, value) => sum + Buffer.byteLength(String(value)), 0);
const base64Bytes = (values: unknown): number =>
  Object.values(tree(values)).reduce<number>((sum, value) => sum + Math.floor((String(value).length * 3) / 4), 0);

export function configMap(object: Tree, before: Tree | undefined): Causes {
  const fields = ['data', 'binaryData'];
  return [
    ...fixed(object, before, fields),
    ...keys(object, fields),
    ...size(textBytes(object['data']) + base64Bytes(object['binaryData'])),
  ];
}

const neededKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

export function secret(object: Tree, before: Tree | undefined): Causes {
  const { type } = object;
  const data = tree(object['data']);
  return [
    ...(before ? unchanged('type', type, before['type']) : []),
    ...fixed(object, before, ['data']),
    ...keys(object, ['data']),
    ...size(base64Bytes(data)),
    ...(neededKeys[String(type)] ?? []).flatMap((key) => when(data[key] === undefined, required(`data[${key}]`))),
  ];
}
