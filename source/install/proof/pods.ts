/** HTTP into the instance's pods, by component. */
import type { Cluster, HttpClient, HttpRequest, HttpResponse } from '../../cluster/types.ts';
import { readyPod } from '../../observe/sources/ready-pod.ts';
import type { ComponentId } from '../../stack/types.ts';

/** A port of a component's pods (stack-spec B.3). */
export interface Place {
  readonly component: ComponentId;
  readonly port: number;
}

export const places = {
  web: { component: 'web', port: 8000 },
  capture: { component: 'capture', port: 3000 },
  replay: { component: 'replay-capture', port: 3000 },
  flags: { component: 'feature-flags', port: 3001 },
  hypercache: { component: 'feature-flags', port: 3002 },
  broker: { component: 'kafka', port: 9644 },
  clickhouse: { component: 'clickhouse', port: 8123 },
  recordings: { component: 'recording-api', port: 6738 },
} as const satisfies Record<string, Place>;

const requestTimeoutMs = 15_000;

/** Keeps one client for each place and looks for another pod when a request fails. */
export class Pods {
  readonly #cluster: Cluster;
  readonly #app: string;
  readonly #clients = new Map<string, HttpClient>();

  constructor(cluster: Cluster, app: string) {
    this.#cluster = cluster;
    this.#app = app;
  }

  /** Throws NoPodError, or what the connection throws. Any HTTP status is an answer. */
  async request(place: Place, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const key = `${place.component}:${place.port}`;
    const client =
      this.#clients.get(key) ?? this.#cluster.podHttp(await this.podOf(place.component, signal), place.port);
    this.#clients.set(key, client);
    try {
      return await client.request({ timeoutMs: requestTimeoutMs, ...request, signal });
    } catch (error) {
      this.#clients.delete(key);
      await client.close();
      throw error;
    }
  }

  /** Name of a ready pod. @throws NoPodError */
  podOf(component: ComponentId, signal: AbortSignal): Promise<string> {
    return readyPod(this.#cluster, this.#app, component, signal);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
    this.#clients.clear();
  }
}
