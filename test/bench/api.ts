/** A throw-away API server with a kubeconfig that leads to it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { observedKinds } from '../../source/observe/types.ts';
import { type ApiServer, type Resource, serveApi } from './api-server.ts';
import { certificateFor } from './certificate.ts';
import { farAway } from './far-away.ts';
import { namespace, wholeStack } from './programs/stack.ts';

export interface Api {
  readonly server: ApiServer;
  /** For programs that are measured: KUBECONFIG and nothing of this machine's own. */
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
}

/** Serves while `use` runs; `roundTripMs` lie between it and its clients. */
export async function withApi<T>(roundTripMs: number, use: (api: Api) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-bench-'));
  const certificate = await certificateFor(folder);
  const server = await serveApi(certificate, resources());
  const far = roundTripMs > 0 ? await farAway(server.port, roundTripMs) : undefined;
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(far?.port ?? server.port, certificate.cert)));
    return await use({ server, folder, env: { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: kubeconfig } });
  } finally {
    far?.close();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Kinds that are applied or watched; every plural here is the regular one but for those that end with s. */
function resources(): Resource[] {
  const kinds = [...wholeStack(), ...Object.values(observedKinds)];
  const unique = new Map(
    kinds.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind, plural: pluralOf(kind) }]),
  );
  return [...unique.values()];
}

function pluralOf(kind: string): string {
  return kind.toLowerCase() + (kind.endsWith('ss') ? 'es' : 's');
}

function kubeconfigFor(port: number, certificate: string): unknown {
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': Buffer.from(certificate).toString('base64'),
  };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster }],
    users: [{ name: 'bench', user: { token: 'bench' } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench', namespace } }],
    'current-context': 'bench',
  };
}
