/** The environment, command and files of a container, resolved as the kubelet does; pure. */
import { parseQuantity } from '../../../stack/quantity.ts';
import type { Container, ContentObject, EnvItem, Pod, Volume } from '../model.ts';

export interface Sources {
  secret(name: string): ContentObject | undefined;
  configMap(name: string): ContentObject | undefined;
  readonly namespace: string;
  readonly nodeIp: string;
}

/** Why a container cannot be made; the message of CreateContainerConfigError. */
export class ConfigError extends Error {}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString();

function secretData(secret: ContentObject): Record<string, string> {
  return Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, decoded(value)]));
}

/** `$(NAME)` where the name is known, `$$` is `$` (third_party/forked/golang/expansion). */
export const expand = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) => (name === undefined ? '$' : (values[name] ?? whole)));

/** @throws ConfigError in the kubelet's words */
export function environmentOf(pod: Pod, container: Container, ip: string, sources: Sources): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { prefix = '', secretRef, configMapRef } of container.envFrom ?? []) {
    const reference = secretRef ?? configMapRef;
    if (!reference) continue;
    const found = secretRef ? sources.secret(reference.name) : sources.configMap(reference.name);
    if (!found) {
      if (reference.optional) continue;
      throw new ConfigError(`${secretRef ? 'secret' : 'configmap'} "${reference.name}" not found`);
    }
    const data = secretRef ? secretData(found) : (found.data ?? {});
    for (const [key, value] of Object.entries(data)) values[`${prefix}${key}`] = value;
  }
  for (const item of container.env ?? []) {
    const value = readValue(item, pod, container, ip, sources, values);
    if (value !== undefined) values[item.name] = value;
  }
  return values;
}

function readValue(
  { value, valueFrom }: EnvItem,
  pod: Pod,
  container: Container,
  ip: string,
  sources: Sources,
  earlier: Readonly<Record<string, string>>,
): string | undefined {
  if (!valueFrom) return expand(value ?? '', earlier);
  const { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath, ip, sources.nodeIp);
  if (resourceFieldRef) {
    const [side = 'limits', resource = ''] = resourceFieldRef.resource.split(/\.(.*)/);
    const amount = container.resources?.[side as 'limits' | 'requests']?.[resource] ?? '0';
    return String(Math.ceil(parseQuantity(amount) / parseQuantity(resourceFieldRef.divisor || '1')));
  }
  const reference = secretKeyRef ?? configMapKeyRef;
  if (!reference) return '';
  const { name, key, optional } = reference;
  const found = secretKeyRef ? sources.secret(name) : sources.configMap(name);
  if (!found) {
    if (optional) return undefined;
    throw new ConfigError(`${secretKeyRef ? 'secret' : 'configmap'} "${name}" not found`);
  }
  const text = secretKeyRef ? secretData(found)[key] : found.data?.[key];
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

/** Files of a ConfigMap or Secret by relative path; undefined for other volumes. */
function contentOf({ configMap, secret }: Volume, sources: Sources): Record<string, string> | undefined {
  const source = configMap ?? secret;
  if (!source) return undefined;
  const found = configMap ? sources.configMap(configMap.name) : sources.secret(secret?.secretName ?? '');
  const binary = Object.entries(found?.binaryData ?? {}).map(([key, value]) => [key, decoded(value)] as const);
  const data = found && secret ? secretData(found) : { ...found?.data, ...Object.fromEntries(binary) };
  if (!source.items) return data;
  return Object.fromEntries(
    source.items.flatMap(({ key, path }) => (data[key] === undefined ? [] : [[path, data[key]]])),
  );
}

/** The first volume that cannot be set up, in the words of the FailedMount event. */
export function mountFailure(pod: Pod, sources: Sources): string | undefined {
  for (const { name, configMap, secret } of pod.spec.volumes ?? []) {
    const wanted = configMap?.name ?? secret?.secretName;
    if (wanted === undefined || (configMap ?? secret)?.optional) continue;
    const [found, word] = configMap ? [sources.configMap(wanted), 'configmap'] : [sources.secret(wanted), 'secret'];
    if (!found) return `MountVolume.SetUp failed for volume "${name}" : ${word} "${wanted}" not found`;
    const missing = (configMap ?? secret)?.items?.find(
      ({ key }) => found.data?.[key] === undefined && found.binaryData?.[key] === undefined,
    );
    if (missing)
      return `MountVolume.SetUp failed for volume "${name}" : references non-existent ${configMap ? 'config' : 'secret'} key: ${missing.key}`;
  }
  return undefined;
}
