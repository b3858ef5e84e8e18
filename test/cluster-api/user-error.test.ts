import { expect, test } from 'vitest';
import { ApiError, toUserError } from '../../source/cluster/index.ts';

const server = { server: new URL('https://sealos.example.com:6443') };

/** Texts as admission gives them (sealos-platform 6.3). */
test.each([
  [403, 'admission webhook denied the request: 40001: account balance less than 0', 'debt'],
  [403, 'subscription status of workspace ns-a is paused', 'subscription'],
  [403, '40303: forbidden host', 'host-forbidden'],
  [403, '40301: host is used', 'host-taken'],
  [403, '40300: lookup x.example.com on 10.0.0.1:53: no such host', 'host-unverified'],
  [403, '40302: icp query failed', 'host-icp'],
  [403, 'pods "x" is forbidden: exceeded quota: quota-ns-a', 'quota'],
  [403, 'pods "x" is forbidden: violates PodSecurity "baseline:latest"', 'pod-security'],
  [403, 'secrets is forbidden: User "x" cannot create', 'forbidden'],
  [401, 'Unauthorized', 'unauthorized'],
  [409, 'the object has been modified', 'conflict'],
  [429, 'too many requests', 'busy'],
  [500, 'etcdserver: request timed out', 'server'],
  [422, 'spec.replicas: Invalid value', 'refused'],
])('%d %j is %s', (code, message, expected) => {
  expect(toUserError(new ApiError({ code, message }), server)).toMatchObject({ code: expected, exit: 3 });
});

test('what is neither the server’s nor the connection’s doing is thrown on', () => {
  expect(() => toUserError(new TypeError('ours'), server)).toThrow('ours');
});
