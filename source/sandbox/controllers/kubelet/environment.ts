/** The environment, command and files of a container, resolved as the kubelet does; pure. */
import { parseQuantity } from '../../../stack/quantity.ts';
import type { Container, ContentObject, ContentRef, EnvItem, FileSource, Pod, Volume } from '../model.ts';

type SourceKind = 'secret' | 'configmap';

export interface Sources {
  /** What a Secret or ConfigMap holds, decoded; undefined when it is not there. */
  data(kind: SourceKind, name: string): Readonly<Record<string, string>> | undefined;
  readonly namespace: string;
  readonly nodeIp: string;
}

/** Why a container cannot be made; the message of CreateContainerConfigError. */
export class ConfigError extends Error {}

const decoded = (data: ContentObject['data'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

export const dataOf = ({ kind, data, binaryData }: ContentObject): Readonly<Record<string, string>> =>
  kind === 'Secret' ? decoded(data) : { ...data, ...decoded(binaryData) };

/** `$(NAME)` where the name is known, `$$` is `$` (third_party/forked/golang/expansion). */
export const expand = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) => (name === undefined ? '$' : (values[name] ?? whole)));

/** @throws ConfigError in the kubelet's words */
export function environmentOf(pod: Pod, container: Container, ip: string, sources: Sources): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { prefix = '', secretRef, configMapRef } of container.envFrom ?? [])
    for (const [key, value] of Object.entries(read(sources, secretRef, configMapRef)))
      values[`${prefix}${key}`] = value;
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    const found = valueFrom ? readFrom(valueFrom, pod, container, ip, sources) : expand(value, values);
    if (found !== undefined) values[name] = found;
  }
  return values;
}

function read(sources: Sources, secret?: ContentRef, configMap?: ContentRef): Readonly<Record<string, string>> {
  const reference = secret ?? configMap;
  if (!reference) return {};
  const kind = secret ? 'secret' : 'configmap';
  const data = sources.data(kind, reference.name);
  if (!data && !reference.optional) throw new ConfigError(`${kind} "${reference.name}" not found`);
  return data ?? {};
}

function readFrom(
  { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef }: NonNullable<EnvItem['valueFrom']>,
  pod: Pod,
  container: Container,
  ip: string,
  sources: Sources,
): string | undefined {
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath, ip, sources.nodeIp);
  if (resourceFieldRef) {
    const [side = 'limits', resource = ''] = resourceFieldRef.resource.split(/\.(.*)/);
    const amount = container.resources?.[side as 'limits' | 'requests']?.[resource] ?? '0';
    return String(Math.ceil(parseQuantity(amount) / parseQuantity(resourceFieldRef.divisor || '1')));
  }
  const reference = secretKeyRef ?? configMapKeyRef;
  if (!reference) return '';
  const { name, key, optional } = reference;
  const text = read(sources, secretKeyRef, configMapKeyRef)[key];
  if (text !== undefined || optional) return text;
  const where = secretKeyRef ? 'Secret' : 'ConfigMap';
  throw new ConfigError(`couldn't find key ${key} in ${where} ${sources.namespace}/${name}`);
}

function fieldOf({ metadata, spec }: Pod, path: string, ip: string, nodeIp: string): string {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  if (map) return metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': ip,
    'status.podIPs': ip,
    'status.hostIP': nodeIp,
    'status.hostIPs': nodeIp,
  };
  return fields[path] ?? '';
}

/** What is mounted into a container: files by absolute path, and directories that keep what is written. */
export interface Mounted {
  readonly files: ReadonlyMap<string, string>;
  readonly volumes: readonly { readonly path: string; readonly id: string; readonly persistent: boolean }[];
}

/** @param claimUid of a PersistentVolumeClaim, by name */
export function mountsOf(
  pod: Pod,
  container: Container,
  sources: Sources,
  claimUid: (name: string) => string,
): Mounted {
  const files = new Map<string, string>();
  const volumes: Mounted['volumes'][number][] = [];
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find((each) => each.name === name);
    if (!volume) continue;
    const content = contentOf(volume, sources);
    if (content) {
      for (const [path, text] of Object.entries(content)) {
        if (subPath === undefined || subPath === '') files.set(`${mountPath}/${path}`, text);
        else if (path === subPath) files.set(mountPath, text);
        else if (path.startsWith(`${subPath}/`)) files.set(`${mountPath}${path.slice(subPath.length)}`, text);
      }
      continue;
    }
    const claim = volume.persistentVolumeClaim?.claimName;
    const id = claim === undefined ? `${pod.metadata.uid}/${name}` : claimUid(claim);
    volumes.push({ path: mountPath, id: subPath ? `${id}/${subPath}` : id, persistent: claim !== undefined });
  }
  return { files, volumes };
}

interface Source extends FileSource {
  readonly kind: SourceKind;
  readonly name: string;
}

function sourceOf({ configMap, secret }: Volume): Source | undefined {
  if (configMap) return { ...configMap, kind: 'configmap' };
  return secret && { ...secret, kind: 'secret', name: secret.secretName };
}

/** Files of a ConfigMap or Secret by relative path; undefined for other volumes. */
function contentOf(volume: Volume, sources: Sources): Readonly<Record<string, string>> | undefined {
  const source = sourceOf(volume);
  if (!source) return undefined;
  const data = sources.data(source.kind, source.name) ?? {};
  const files = source.items?.flatMap(({ key, path }) => (data[key] === undefined ? [] : [[path, data[key]]]));
  return files ? Object.fromEntries(files) : data;
}

/** The first volume that cannot be set up, in the words of the FailedMount event. */
export function mountFailure(pod: Pod, sources: Sources): string | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const source = sourceOf(volume);
    if (!source || source.optional) continue;
    const { kind, name, items } = source;
    const failed = `MountVolume.SetUp failed for volume "${volume.name}" :`;
    const data = sources.data(kind, name);
    if (!data) return `${failed} ${kind} "${name}" not found`;
    const missing = items?.find(({ key }) => data[key] === undefined)?.key;
    const word = kind === 'secret' ? 'secret' : 'config';
    if (missing !== undefined) return `${failed} references non-existent ${word} key: ${missing}`;
  }
  return undefined;
}
