/** Values that a Go type of the server cannot take, in the words of its JSON decoder. */
import type { Schema } from '../types.ts';
import { isQuantity, isSoundQuantity, noQuantity } from './quantities.ts';
import { entriesOf, fieldOf, isAnything, itemOf } from './shape.ts';
import { isMap } from './values.ts';

/** Names of Go structs where the field's own name does not lead to it. */
const structs: Readonly<Record<string, string>> = {
  metadata: 'ObjectMeta',
  template: 'PodTemplateSpec',
  'template.spec': 'PodSpec',
  containers: 'Container',
  initContainers: 'Container',
  env: 'EnvVar',
  envFrom: 'EnvFromSource',
  'containers.ports': 'ContainerPort',
  'spec.ports': 'ServicePort',
  volumes: 'Volume',
  volumeMounts: 'VolumeMount',
  'containers.securityContext': 'SecurityContext',
  'spec.securityContext': 'PodSecurityContext',
  resources: 'ResourceRequirements',
  livenessProbe: 'Probe',
  readinessProbe: 'Probe',
  startupProbe: 'Probe',
  httpGet: 'HTTPGetAction',
  selector: 'LabelSelector',
  strategy: 'DeploymentStrategy',
  rollingUpdate: 'RollingUpdateDeployment',
};

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function structAt(kind: string, path: readonly string[]): string {
  const last = path.at(-1);
  if (last === undefined) return kind;
  const known = structs[path.slice(-2).join('.')] ?? structs[last];
  return known ?? (path.length === 1 ? kind + capitalised(last) : capitalised(last));
}

/** The first value that does not fit; undefined when all do. */
export function misfit(kind: string, schema: Schema, value: unknown, path: readonly string[] = []): string | undefined {
  if (value === null || value === undefined || isAnything(schema)) return undefined;
  if (isQuantity(schema)) return isSoundQuantity(value) ? undefined : noQuantity;
  const fail = (): string => {
    const [field, owner] = [path.join('.'), structAt(kind, path.slice(0, -1))];
    return `json: cannot unmarshal ${jsonType(value)} into Go struct field ${owner}.${field} of type ${goType(kind, schema, path)}`;
  };
  if (schema.type === 'array')
    return Array.isArray(value) ? firstOf(value.map((item) => () => misfit(kind, itemOf(schema), item, path))) : fail();
  if (schema.type === 'object' || schema.properties) {
    if (!isMap(value)) return fail();
    return firstOf(
      entriesOf(value).map(([key, entry]) => () => {
        const child = fieldOf(schema, key);
        return child && misfit(kind, child, entry, schema.additionalProperties ? path : [...path, key]);
      }),
    );
  }
  if (!isScalarOf(schema, value)) return fail();
  return schema.format === 'byte' ? misfitOfBase64(String(value)) : undefined;
}

/** Where Go's decoder stumbles: at a letter that is none of its own, or at four that are not four. */
function misfitOfBase64(text: string): string | undefined {
  const stranger = text.search(/[^A-Za-z0-9+/=\r\n]/);
  const [letters = '', padding = ''] = /^([^=]*)(.*)$/s.exec(text.replace(/[\r\n]/g, ''))?.slice(1) ?? [];
  const isWhole = (letters.length + padding.length) % 4 === 0 && /^={0,2}$/.test(padding);
  if (stranger < 0 && isWhole) return undefined;
  return `illegal base64 data at input byte ${stranger < 0 ? letters.length - (letters.length % 4) : stranger}`;
}

function firstOf(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
}

function isScalarOf({ type, intOrString }: Schema, value: unknown): boolean {
  if (intOrString) return typeof value === 'string' || Number.isInteger(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : typeof value;
}

function goType(kind: string, schema: Schema, path: readonly string[]): string {
  if (schema.type === 'array') return `[]${goType(kind, itemOf(schema), path)}`;
  if (schema.properties) return `v1.${structAt(kind, path)}`;
  if (schema.additionalProperties) return `map[string]${goType(kind, schema.additionalProperties, path)}`;
  if (schema.intOrString) return 'int32';
  if (schema.type === 'integer') return schema.format ?? 'int64';
  if (schema.type === 'number') return 'float64';
  return schema.type === 'boolean' ? 'bool' : (schema.type ?? 'object');
}
