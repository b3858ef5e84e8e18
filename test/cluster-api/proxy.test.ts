import { expect, test } from 'vitest';
import { proxyFor } from '../../source/cluster/proxy.ts';

const proxy = 'http://proxy.test:3128';

test.each([
  ['https://api.test:6443', {}, proxy],
  ['http://api.test', {}, undefined],
  ['https://localhost:6443', {}, undefined],
  ['https://127.0.0.9:6443', {}, undefined],
  ['https://[::1]:6443', {}, undefined],
  ['https://api.test', { NO_PROXY: '*' }, undefined],
  ['https://api.test', { NO_PROXY: ' api.test ' }, undefined],
  ['https://a.api.test', { NO_PROXY: 'api.test' }, undefined],
  ['https://a.api.test', { no_proxy: '.api.test' }, undefined],
  ['https://otherapi.test', { NO_PROXY: 'api.test' }, proxy],
  ['https://10.1.2.3:6443', { NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.1.2.3:6443', { NO_PROXY: '10.0.0.0/8' }, proxy],
  ['https://api.test', { https_proxy: 'lower.test:1' }, 'http://lower.test:1'],
] as const)('%s with %j goes through %s', (server, env, expected) => {
  expect(proxyFor(new URL(server), { HTTPS_PROXY: proxy, ...env })).toBe(expected);
});
