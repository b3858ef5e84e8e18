/** Who is trusted, and who we say we are, in the handshake itself. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClusterConfig } from '../../source/cluster/kubeconfig.ts';
import { type SelfSigned, selfSigned } from '../support/self-signed.ts';
import { clusterAt } from './server.ts';

let server: Server;
let url: URL;
let own: SelfSigned;
let client: SelfSigned;
beforeAll(async () => {
  [own, client] = await Promise.all([selfSigned('api.test'), selfSigned('our-user')]);
  // Says as its version whom it sees.
  server = createServer({ ...own, requestCert: true, rejectUnauthorized: false }, ({ socket }, response) => {
    const name = (socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody';
    response.end(JSON.stringify({ gitVersion: name, major: '1', minor: '34' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function seen(config: Partial<ClusterConfig>): Promise<unknown> {
  const cluster = clusterAt(url, config);
  try {
    return (await cluster.version()).gitVersion;
  } finally {
    await cluster.close();
  }
}
const trusted = () => ({ ca: Buffer.from(own.cert), serverName: 'api.test' });
const certificate = () => ({ cert: Buffer.from(client.cert), key: Buffer.from(client.key) });

test('a client certificate is shown to the server', async () => {
  expect(await seen({ ...trusted(), clientCertificate: certificate() })).toBe('our-user');
  expect(await seen(trusted())).toBe('nobody');
});

test.each([
  ['signed by nobody we know', () => ({ serverName: 'api.test' })],
  ['for another name', () => ({ ...trusted(), serverName: 'other.test' })],
  ['for another name than its address', () => ({ ca: Buffer.from(own.cert) })],
])('a server whose certificate is %s is not spoken to', async (_, config) => {
  await expect(seen(config())).rejects.toMatchObject({ fault: 'tls' });
});

test('unless the kubeconfig says that it does not matter', async () => {
  expect(await seen({ insecure: true })).toBe('nobody');
});

test('a stream takes up the TLS session that a request has made', async () => {
  const reused: boolean[] = [];
  const note = (socket: TLSSocket) => reused.push(socket.isSessionReused());
  server.on('secureConnection', note);
  const cluster = clusterAt(url, trusted());
  try {
    await cluster.version();
    for await (const _ of cluster.logLines('a-pod')) break;
  } finally {
    server.off('secureConnection', note);
    await cluster.close();
  }
  expect(reused).toEqual([false, true]);
});
