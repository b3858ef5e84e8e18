/** A namespace of pods that nobody schedules, on any API server. */
import type { KubeObject } from '../../source/stack/types.ts';
import type { Place } from './requests.ts';

export const benchNamespace = 'posthog-sealos-bench';
export const podsPath = `/api/v1/namespaces/${benchNamespace}/pods`;
export const podName = (index: number): string => `posthog-web-${index}`;

/** Makes the namespace and `count` pods of about the size that real ones have, running as far as their status says. */
export async function fillWithPods(place: Place, count: number): Promise<void> {
  await place.send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: benchNamespace },
  });
  await place
    .send('POST', `/api/v1/namespaces/${benchNamespace}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    })
    // A real cluster makes it by itself.
    .catch(() => undefined);
  for (let index = 0; index < count; index++) {
    await place.send('POST', podsPath, pod(index));
    await place.send('PATCH', `${podsPath}/${podName(index)}/status`, { status });
  }
}

export const removePods = (place: Place): Promise<unknown> =>
  place.send('DELETE', `/api/v1/namespaces/${benchNamespace}`);

const status = {
  phase: 'Running',
  conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({ type, status: 'True' })),
  containerStatuses: [
    { name: 'web', image: 'example.com/web:1', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
  ],
};

function pod(index: number): KubeObject {
  const env = Array.from({ length: 40 }, (_, each) => ({
    name: `VARIABLE_${each}`,
    value: `value ${each} of a variable`,
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: podName(index), labels: { app: 'posthog', 'posthog-sealos/component': 'web' } },
    spec: {
      schedulerName: 'bench',
      automountServiceAccountToken: false,
      containers: [{ name: 'web', image: 'example.com/web:1', env }],
    },
  };
}
