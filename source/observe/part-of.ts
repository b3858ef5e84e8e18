/** Which part an object belongs to: by its label, or by its name where the platform or the one-click template made it. Pure. */
import { componentLabel, components, objectName } from '../stack/components.ts';
import { type ComponentId, componentIds, type KubeObject } from '../stack/types.ts';

/** An object as its name tells it, when it is there no more. */
export type Named = Pick<KubeObject, 'kind'> & { readonly metadata: Pick<KubeObject['metadata'], 'name' | 'labels'> };

const ids: ReadonlySet<string> = new Set(componentIds);

/** The longest suffix first: `posthog-replay-ingestion-0` is not of a part `replay`. */
const suffixed = components.filter(({ suffix }) => suffix !== '').sort((a, b) => b.suffix.length - a.suffix.length);

/** What bears the instance's own name, by its kind. */
const bare: Readonly<Record<string, ComponentId>> = { Ingress: 'ingress', App: 'app', ObjectStorageBucket: 'bucket' };
const webKinds: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'Pod', 'Service', 'EndpointSlice']);

/** What Kubernetes puts behind the names of ReplicaSets and their pods: no vowels, so that it makes no words. */
const generated = /^-[b-df-hj-np-tv-z2-9]{4,10}(?:-[b-df-hj-np-tv-z2-9]{5})?$/;

/** Undefined for what all parts share. */
export function partOf({ kind, metadata }: Named, app: string): ComponentId | undefined {
  const { name, labels = {} } = metadata;
  const label = labels[componentLabel];
  if (label !== undefined) return ids.has(label) ? (label as ComponentId) : undefined;
  const database = labels['app.kubernetes.io/instance'];
  // Claims stand as `data-<name>`, everything else begins with the name.
  const own = [database, kind === 'PersistentVolumeClaim' ? name.slice(name.indexOf(`-${app}-`) + 1) : name];
  const found = suffixed.find(({ id }) => {
    const object = objectName(id, app);
    return own.some((each) => each === object || each?.startsWith(`${object}-`));
  });
  if (found) return found.id;
  if (kind === 'Secret') return name.startsWith('object-storage-key') ? 'bucket' : undefined;
  const isBare = name === app || generated.test(name.slice(app.length));
  return isBare ? (bare[kind] ?? (webKinds.has(kind) ? 'web' : undefined)) : undefined;
}
