/** The containers of a part in words: image, what they may take, how they are judged, what they are told. Pure. */
import type { Messages } from '../../../messages/index.ts';
import { mainObject, podsOf } from '../../../observe/lookups.ts';
import { masked } from '../../../observe/masked.ts';
import type { Snapshot } from '../../../observe/types.ts';
import type { ComponentId } from '../../../stack/types.ts';

interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port: string | number };
  readonly tcpSocket?: { readonly port: string | number };
  readonly grpc?: { readonly port: number };
  readonly exec?: { readonly command?: readonly string[] };
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly configMapKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
    readonly resourceFieldRef?: { readonly resource: string };
  };
}

interface Named {
  readonly name: string;
}

type Amounts = Readonly<Record<string, string>>;

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly isFirst: boolean;
  readonly resources?: { readonly requests?: Amounts; readonly limits?: Amounts };
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly { readonly secretRef?: Named; readonly configMapRef?: Named }[];
}

interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers?: readonly Container[];
}

/** As its object describes them, or one of its pods where the platform makes these. What is secret is not in them. */
export function containersIn(id: ComponentId, snapshot: Snapshot): readonly Container[] {
  const object = mainObject(id, snapshot);
  const [pod] = podsOf(id, snapshot);
  const { template } = (object?.['spec'] ?? {}) as { readonly template?: object };
  const source = template ? object : pod;
  if (!source) return [];
  const { spec } = masked(source) as { readonly spec?: PodSpec & { readonly template?: { readonly spec?: PodSpec } } };
  const { initContainers = [], containers = [] } = (template ? spec?.template?.spec : spec) ?? {};
  return [
    ...initContainers.map((each) => ({ ...each, isFirst: true })),
    ...containers.map((each) => ({ ...each, isFirst: false })),
  ];
}

/** Lines; two spaces of indent a level. */
export function containerLines(container: Container, t: Messages): readonly string[] {
  const { name, image, isFirst, resources } = container;
  const { part } = t.console;
  return [
    `  ${name}  ${image ?? ''}`.trimEnd(),
    ...(isFirst ? [`    ${part.first}`] : []),
    ...(resources ? [`    ${amountsOf(resources, t)}`] : []),
    ...probeLines(container, t).map((line) => `    ${line}`),
  ];
}

function amountsOf({ requests = {}, limits = {} }: NonNullable<Container['resources']>, t: Messages): string {
  const { part } = t.console;
  const amount = (resource: string): string => {
    const [request, limit] = [requests[resource], limits[resource]];
    if (limit === undefined) return part.unlimited;
    return request === undefined || request === limit ? limit : part.between(request, limit);
  };
  return part.resources(amount('cpu'), amount('memory'), amount('ephemeral-storage'));
}

/** What Kubernetes takes where nothing is said. */
const usual = { periodSeconds: 10, failureThreshold: 3 } as const;

function probeLines({ startupProbe, readinessProbe, livenessProbe }: Container, t: Messages): readonly string[] {
  const { probes } = t.console.part;
  const said = (probe: Probe | undefined, say: (what: string, every: string, count: number) => string) => {
    if (!probe) return [];
    const { periodSeconds, failureThreshold } = { ...usual, ...probe };
    return [say(askedOf(probe, t), `${periodSeconds}${t.units.s}`, failureThreshold)];
  };
  return [
    ...said(startupProbe, probes.startup),
    ...said(readinessProbe, probes.readiness),
    ...said(livenessProbe, probes.liveness),
  ];
}

function askedOf({ httpGet, tcpSocket, grpc, exec }: Probe, t: Messages): string {
  if (httpGet) return `GET :${httpGet.port}${httpGet.path ?? '/'}`;
  if (exec) return `\`${(exec.command ?? []).join(' ').replace(/\s+/g, ' ')}\``;
  return t.console.part.port(String(tcpSocket?.port ?? grpc?.port ?? '?'));
}

/** Names and values; of what is in Secrets, where it is. */
export function variableLines({ env = [], envFrom = [] }: Container, t: Messages): readonly string[] {
  const { part } = t.console;
  return [
    ...envFrom.flatMap(({ secretRef, configMapRef }) => [
      ...(secretRef ? [part.all('Secret', secretRef.name)] : []),
      ...(configMapRef ? [part.all('ConfigMap', configMapRef.name)] : []),
    ]),
    ...env.map((variable) => `${variable.name}: ${saidOf(variable, t)}`),
  ];
}

function saidOf({ value = '', valueFrom }: Variable, { console: { part } }: Messages): string {
  if (!valueFrom) return value;
  const { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (secretKeyRef) return part.secret(secretKeyRef.name, secretKeyRef.key);
  if (configMapKeyRef) return part.config(configMapKeyRef.name, configMapKeyRef.key);
  return part.field(fieldRef?.fieldPath ?? resourceFieldRef?.resource ?? '?');
}
