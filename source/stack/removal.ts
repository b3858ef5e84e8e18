import { objectName } from './components.ts';
import { instanceLabel } from './conventions.ts';

/** What removes an instance, as commands: the Instance removes the app; the data goes only with the lines after it. */
export function removal(
  namespace: string,
  app: string,
): { readonly app: readonly string[]; readonly data: readonly string[] } {
  const kubectl = `kubectl -n ${namespace} delete`;
  const clusters = [objectName('postgres', app), objectName('redis', app)];
  return {
    app: [`${kubectl} instances.app.sealos.io ${app}`],
    data: [
      ...clusters.map(
        (name) =>
          `kubectl -n ${namespace} patch clusters.apps.kubeblocks.io ${name} --type merge -p '{"spec":{"terminationPolicy":"Delete"}}'`,
      ),
      `${kubectl} clusters.apps.kubeblocks.io,objectstoragebuckets.objectstorage.sealos.io,pvc,secret,configmap,lease,serviceaccount,role,rolebinding -l ${instanceLabel}=${app}`,
    ],
  };
}
