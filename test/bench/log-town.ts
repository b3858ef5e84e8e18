/** An instance whose pods write as much as is asked, served to whoever is measured. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Written } from '../support/tally.ts';
import { benchNamespace } from './pods.ts';
import { printing } from './printing.ts';

export interface Town {
  readonly pods: number;
  /** Lines a second of each pod. */
  readonly rate: number;
  readonly seconds: number;
  /** Components; the pods are theirs by turns. */
  readonly parts?: readonly string[];
  /** Nothing goes wrong. */
  readonly isCalm?: boolean;
}

export interface LivingTown {
  readonly url: URL;
  /** A folder that is gone afterwards. */
  readonly folder: string;
  /** Writes the kubeconfig of a user who asks that port of this host. @returns its path */
  kubeconfig(port: string | number): Promise<string>;
  /** Lets the pods begin. @returns what they have written when they have done */
  write(): Promise<Written>;
}

export async function withTown<T>(
  { pods, rate, seconds, parts, isCalm }: Town,
  use: (town: LivingTown) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-bench-town-'));
  const town = printing(process.execPath, [fileURLToPath(new URL('programs/log-town.ts', import.meta.url))], {
    ...process.env,
    BENCH_PODS: String(pods),
    BENCH_RATE: String(rate),
    BENCH_SECONDS: String(seconds),
    ...(parts && { BENCH_PARTS: parts.join(' ') }),
    ...(isCalm && { BENCH_CALM: '1' }),
  });
  try {
    const { url, ca, token } = await town.next<{ url: string; ca: string; token: string }>();
    return await use({
      url: new URL(url),
      folder,
      async kubeconfig(port) {
        const path = join(folder, 'kubeconfig');
        const authority = Buffer.from(ca).toString('base64');
        const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': authority };
        const content = {
          apiVersion: 'v1',
          kind: 'Config',
          'current-context': 'b',
          clusters: [{ name: 'b', cluster }],
          users: [{ name: 'b', user: { token } }],
          contexts: [{ name: 'b', context: { cluster: 'b', user: 'b', namespace: benchNamespace } }],
        };
        await writeFile(path, JSON.stringify(content));
        return path;
      },
      async write() {
        town.tell();
        return (await town.next<{ written: Written }>()).written;
      },
    });
  } finally {
    await town.end();
    await rm(folder, { recursive: true, force: true });
  }
}
