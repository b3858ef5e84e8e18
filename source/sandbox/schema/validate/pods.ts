/** Pods and templates of pods. */
import { parseQuantity } from '../../../stack/quantity.ts';
import {
  type Causes,
  duplicate,
  invalid,
  isGiven,
  list,
  needed,
  notFound,
  notNegative,
  oneOf,
  port,
  required,
  type Tree,
  tree,
  when,
} from './causes.ts';
import { dnsLabel } from './names.ts';

/** @param claims names of volumes that a controller adds to the pod */
export function podSpec(spec: Tree, field: string, claims: readonly unknown[] = []): Causes {
  const volumes = new Set([...list(spec['volumes']).map(({ name }) => name), ...claims]);
  const containers = list(spec['containers']);
  const all = [...list(spec['initContainers']), ...containers].map(({ name }) => name);
  return [
    ...when(containers.length === 0, required(`${field}.containers`)),
    ...list(spec['initContainers']).flatMap((each, index) =>
      container(each, `${field}.initContainers[${index}]`, volumes),
    ),
    ...containers.flatMap((each, index) => [
      ...container(each, `${field}.containers[${index}]`, volumes),
      ...when(
        isGiven(each['name']) && all.indexOf(each['name']) < all.length - containers.length + index,
        duplicate(`${field}.containers[${index}].name`, each['name']),
      ),
    ]),
    ...oneOf(`${field}.restartPolicy`, spec['restartPolicy'], ['Always', 'OnFailure', 'Never']),
    ...oneOf(`${field}.dnsPolicy`, spec['dnsPolicy'], ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
    ...notNegative(`${field}.terminationGracePeriodSeconds`, spec['terminationGracePeriodSeconds']),
    ...list(spec['volumes']).flatMap(({ name }, index) => label(`${field}.volumes[${index}].name`, name)),
  ];
}

const label = (field: string, name: unknown): Causes =>
  isGiven(name) ? dnsLabel(field, String(name)) : [required(field)];

function container(each: Tree, field: string, volumes: ReadonlySet<unknown>): Causes {
  const name = each['name'];
  return [
    ...label(`${field}.name`, name),
    ...needed(`${field}.image`, each['image']),
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((which) =>
      each[which] ? probe(tree(each[which]), `${field}.${which}`, which) : [],
    ),
    ...oneOf(`${field}.imagePullPolicy`, each['imagePullPolicy'], ['Always', 'IfNotPresent', 'Never']),
    ...list(each['ports']).flatMap(({ containerPort }, index) =>
      port(`${field}.ports[${index}].containerPort`, containerPort),
    ),
    ...list(each['env']).flatMap(({ name: variable }, index) => variableName(variable, `${field}.env[${index}].name`)),
    ...list(each['volumeMounts']).flatMap((mount, index) => [
      ...when(!volumes.has(mount['name']), notFound(`${field}.volumeMounts[${index}].name`, mount['name'])),
      ...needed(`${field}.volumeMounts[${index}].mountPath`, mount['mountPath']),
    ]),
    ...resources(tree(each['resources']), `${field}.resources`),
  ];
}

const variableWhy = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const variableName = (name: unknown, field: string): Causes => [
  ...needed(field, name),
  ...when(isGiven(name) && !/^[ -<>-~]+$/.test(String(name)), invalid(field, name, variableWhy)),
];

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
function probe(value: Tree, field: string, which: string): Causes {
  const numbers = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
  const { successThreshold } = value;
  return [
    ...when(!handlers.some((each) => value[each] !== undefined), required(field, 'must specify a handler type')),
    ...numbers.flatMap((each) => notNegative(`${field}.${each}`, value[each])),
    ...when(
      which !== 'readinessProbe' && typeof successThreshold === 'number' && successThreshold !== 1,
      invalid(`${field}.successThreshold`, successThreshold, 'must be 1'),
    ),
  ];
}

function resources({ limits, requests }: Tree, field: string): Causes {
  const most = tree(limits);
  return Object.entries(tree(requests)).flatMap(([name, asked]) => {
    const limit = most[name];
    const isMore = limit !== undefined && parseQuantity(String(asked)) > parseQuantity(String(limit));
    return when(isMore, invalid(`${field}.requests`, asked, `must be less than or equal to ${name} limit of ${limit}`));
  });
}
