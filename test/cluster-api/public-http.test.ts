/** What is noted of the certificates that public addresses show. */
import { createServer as createPlain, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { publicHttp } from '../../source/cluster/index.ts';
import { makeAuthority } from '../../source/sandbox/server/certificates.ts';

let server: Pick<Server, 'close' | 'listen' | 'address' | 'once'>;
afterEach(() => new Promise((closed) => server.close(closed)));
const port = () => (server.address() as AddressInfo).port;
const listening = () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));

test('when the certificate ends is known after the first answer', async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const authority = await makeAuthority(now, ['posthog.example.com']);
  server = createServer({ cert: authority.cert, key: authority.key }, (_, response) => response.end('ok'));
  await listening();
  const gateway = { address: '127.0.0.1', port: port(), ca: authority.ca };
  const http = publicHttp('https://posthog.example.com', [], {}, gateway);
  expect(http.certificateUntil?.()).toBeUndefined();
  expect((await http.request({ path: '/' })).body).toBe('ok');
  expect(http.certificateUntil?.()).toBe(now + 3650 * 86_400_000);
  await http.close();
});

test('without TLS there is none', async () => {
  server = createPlain((_, response) => response.end('ok'));
  await listening();
  const http = publicHttp(`http://127.0.0.1:${port()}`);
  expect((await http.request({ path: '/' })).status).toBe(200);
  expect(http.certificateUntil?.()).toBeUndefined();
  await http.close();
});
