/** A server that speaks HTTP/2 as well, as API servers do, is spoken to in HTTP/1.1. */
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { publicHttp } from '../../source/cluster/public-http.ts';
import { type SelfSigned, selfSigned } from '../support/self-signed.ts';
import { clusterAt } from './server.ts';

let server: Http2SecureServer;
let own: SelfSigned;
let port: number;
/** Of each request. */
const versions: string[] = [];
beforeAll(async () => {
  own = await selfSigned('api.test');
  server = createSecureServer({ ...own, allowHTTP1: true }, ({ httpVersion }, response) => {
    versions.push(httpVersion);
    response.end(JSON.stringify({ gitVersion: 'v1.34.0', major: '1', minor: '34' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
beforeEach(() => {
  versions.length = 0;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('requests and streams of the API server', async () => {
  const cluster = clusterAt(new URL(`https://127.0.0.1:${port}`), {
    ca: Buffer.from(own.cert),
    serverName: 'api.test',
  });
  try {
    await cluster.version();
    for await (const _ of cluster.logLines('a-pod')) break;
  } finally {
    await cluster.close();
  }
  expect(versions).toEqual(['1.1', '1.1']);
});

test('the public address behind a gateway', async () => {
  const http = publicHttp('https://api.test', [], {}, { address: '127.0.0.1', port, ca: own.cert });
  try {
    await http.request({ path: '/' });
  } finally {
    await http.close();
  }
  expect(versions).toEqual(['1.1']);
});
