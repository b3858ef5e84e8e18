/** Namespaces: what each begins with, and their end, which takes everything in them along. */
import { kinds } from '../schema/index.ts';
import { type Controller, caringFor, type Desk } from './desk.ts';
import { known } from './known.ts';
import { isLeaving } from './model.ts';

const about =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** @param ca the certificate of the API server, PEM */
export function namespaces(desk: Desk, ca: string): Controller {
  const actor = desk.actor('namespace-controller');
  const content = kinds.filter(
    ({ namespaced, verbs, group }) => namespaced && verbs.includes('delete') && group !== 'metrics.k8s.io',
  );

  return caringFor(desk, {
    ...{ name: 'namespace-controller', kind: known.namespaces },
    also({ type, object }) {
      const { namespace = '' } = object.metadata;
      const place = type === 'DELETED' && desk.find(known.namespaces, undefined, namespace);
      return place && isLeaving(place) ? [`/${namespace}`] : [];
    },
    reconcile(place) {
      const { name } = place.metadata;
      if (isLeaving(place)) return empty(name);
      const metadata = { namespace: name };
      actor.ensure(known.accounts, { metadata: { ...metadata, name: 'default' } });
      actor.ensure(known.configMaps, {
        metadata: { ...metadata, name: 'kube-root-ca.crt', annotations: { 'kubernetes.io/description': about } },
        data: { 'ca.crt': ca },
      });
    },
  });

  function empty(name: string): void {
    const { store } = desk.objects;
    for (const kind of content)
      for (const object of store.list(kind, name)) if (!isLeaving(object)) actor.remove(kind, object);
    if (content.some((kind) => store.list(kind, name).length > 0)) return;
    const namespace = store.get(known.namespaces, undefined, name);
    // The finalize subresource, after which nothing holds it.
    if (namespace) store.remove(known.namespaces, namespace);
  }
}
