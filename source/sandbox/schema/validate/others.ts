/** Services, claims, Ingresses, bindings. */
import { isIP } from 'node:net';
import { parseQuantity } from '../../../stack/quantity.ts';
import {
  type Causes,
  forbidden,
  invalid,
  isGiven,
  list,
  needed,
  oneOf,
  port,
  required,
  type Tree,
  tree,
  unchanged,
  when,
} from './causes.ts';
import { dnsSubdomain } from './names.ts';

export function service(spec: Tree, before: Tree | undefined): Causes {
  const ports = list(spec['ports']);
  const address = spec['clusterIP'];
  const isHeadless = address === 'None';
  return [
    ...when(ports.length === 0 && !isHeadless && spec['type'] !== 'ExternalName', required('spec.ports')),
    ...oneOf('spec.type', spec['type'], ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...ports.flatMap((each, index) => [
      ...when(ports.length > 1 && !isGiven(each['name']), required(`spec.ports[${index}].name`)),
      ...port(`spec.ports[${index}].port`, each['port']),
      ...port(`spec.ports[${index}].targetPort`, each['targetPort']),
    ]),
    ...when(
      isGiven(address) && !isHeadless && isIP(String(address)) === 0,
      invalid('spec.clusterIPs[0]', address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'),
    ),
    ...when(
      isGiven(before?.['clusterIP']) && address !== before?.['clusterIP'],
      invalid('spec.clusterIPs[0]', address, 'may not change once set'),
    ),
  ];
}

const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const fixedWhy =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

export function claim(spec: Tree, before: Tree | undefined): Causes {
  const accessModes = Array.isArray(spec['accessModes']) ? (spec['accessModes'] as readonly unknown[]) : [];
  const storage = tree(tree(spec['resources'])['requests'])['storage'];
  return [
    ...when(accessModes.length === 0, required('spec.accessModes', 'at least 1 access mode is required')),
    ...accessModes.flatMap((mode) => oneOf('spec.accessModes', mode, modes)),
    ...needed('spec.resources[storage]', storage),
    ...when(
      isGiven(storage) && parseQuantity(String(storage)) <= 0,
      invalid('spec.resources[storage]', storage, 'must be greater than zero'),
    ),
    ...when(before !== undefined && isChanged(spec, before), forbidden('spec', fixedWhy)),
  ];
}

/** A bound claim may grow, and is given its volume; nothing else. */
function isChanged(spec: Tree, before: Tree): boolean {
  const isBound = isGiven(before['volumeName']);
  const fixed = ({ resources, volumeName, ...rest }: Tree) =>
    JSON.stringify([rest, isBound ? [] : resources, isBound ? volumeName : '']);
  return fixed(spec) !== fixed(before);
}

export function ingress(spec: Tree): Causes {
  const ingressRules = list(spec['rules']);
  if (ingressRules.length === 0 && spec['defaultBackend'] === undefined)
    return [invalid('spec', null, 'either `defaultBackend` or `rules` must be specified')];
  return ingressRules.flatMap((rule, index) => {
    const at = `spec.rules[${index}]`;
    return [
      ...(isGiven(rule['host']) ? dnsSubdomain(`${at}.host`, String(rule['host']).replace(/^\*\./, '')) : []),
      ...list(tree(rule['http'])['paths']).flatMap((path, place) => ingressPath(path, `${at}.http.paths[${place}]`)),
    ];
  });
}

function ingressPath(value: Tree, at: string): Causes {
  const { path, pathType } = value;
  const types = ['Exact', 'ImplementationSpecific', 'Prefix'];
  const mustBeAbsolute = pathType !== 'ImplementationSpecific' || isGiven(path);
  const backend = tree(value['backend']);
  return [
    ...needed(`${at}.pathType`, pathType, 'pathType must be specified'),
    ...oneOf(`${at}.pathType`, pathType, types),
    ...when(
      types.includes(String(pathType)) && mustBeAbsolute && !String(path ?? '').startsWith('/'),
      invalid(`${at}.path`, path ?? '', 'must be an absolute path'),
    ),
    ...when(
      backend['service'] === undefined && backend['resource'] === undefined,
      invalid(`${at}.backend`, '', 'resource or service backend is required'),
    ),
  ];
}

export const roleBinding = ({ roleRef }: Tree, before: Tree | undefined): Causes =>
  before ? unchanged('roleRef', roleRef, before['roleRef'], 'cannot change roleRef') : [];

export const lease = ({ leaseDurationSeconds: seconds }: Tree): Causes =>
  when(
    typeof seconds === 'number' && seconds <= 0,
    invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'),
  );
