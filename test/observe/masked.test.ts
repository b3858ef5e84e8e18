import { expect, test } from 'vitest';
import { masked, maskedLine, withoutBookkeeping } from '../../source/observe/masked.ts';
import type { KubeObject } from '../../source/stack/types.ts';

const object = (kind: string, rest: object): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x' },
  ...rest,
});

test('the values of a Secret are hidden, their names are not', () => {
  const secret = object('Secret', { data: { PASSWORD: 'aHVudGVyMg==' }, stringData: { other: 'plain' } });
  expect(masked(secret)).toEqual(
    object('Secret', { data: { PASSWORD: '(hidden)' }, stringData: { other: '(hidden)' } }),
  );
});

test('a ConfigMap stays readable', () => {
  const config = object('ConfigMap', { data: { 'users.xml': '<user/>' } });
  expect(masked(config)).toEqual(config);
});

const variable = (name: string, value: string) =>
  object('Deployment', { spec: { containers: [{ env: [{ name, value }] }] } });

test.each([
  'SECRET_KEY',
  'POSTGRES_PASSWORD',
  'S3_ACCESS_KEY_ID',
  'GITHUB_TOKEN',
  'ENCRYPTION_SALT_KEYS',
  'SENTRY_DSN',
  'SMTP_PASS',
  'SSH_PASSPHRASE',
  'apiKey',
  'AWS_ACCESSKEY',
  'ENCRYPTION_KEYS',
])('the value of %s is hidden', (name) =>
  expect(masked(variable(name, 'hunter2'))).toEqual(variable(name, '(hidden)')),
);

test.each(['SITE_URL', 'KEYBOARD', 'MONKEY', 'BYPASS_CACHE', 'WEB_CONCURRENCY'])('the value of %s is shown', (name) => {
  const plain = variable(name, 'https://example.com');
  expect(masked(plain)).toEqual(plain);
});

test('a password in an address is hidden wherever it stands', () => {
  const [address, safe] = ['redis://:hunter2@redis:6379/0', 'redis://:(hidden)@redis:6379/0'];
  expect(masked(variable('REDIS_URL', address))).toEqual(variable('REDIS_URL', safe));
  expect(masked(object('ConfigMap', { data: { url: address } }))).toEqual(object('ConfigMap', { data: { url: safe } }));
});

test.each([
  ['redis://:hun/ter@2@redis:6379/0', 'redis://:(hidden)@redis:6379/0'],
  ['a postgres://u:p@pg/a, b redis://:q@r/0', 'a postgres://u:(hidden)@pg/a, b redis://:(hidden)@r/0'],
  ['http://capture:3000/e', 'http://capture:3000/e'],
  ['postgres://u:hun,ter2@pg/a', 'postgres://u:(hidden)@pg/a'],
  ['redis://a:6379,redis://:q@r/0', 'redis://a:6379,redis://:(hidden)@r/0'],
])('of %s, the whole password', (address, safe) => {
  expect(masked(variable('SITE', address))).toEqual(variable('SITE', safe));
});

test('the copy that kubectl keeps in an annotation is hidden as the object is', () => {
  const kept = JSON.stringify(object('Secret', { stringData: { a: 'hunter2' } }));
  const live = object('Secret', { metadata: { name: 'x', annotations: { last: kept } } });
  expect(JSON.stringify(masked(live))).not.toContain('hunter2');
});

test('what only the server writes is left out', () => {
  const live = object('ConfigMap', {
    metadata: { name: 'x', uid: 'u', resourceVersion: '3', generation: 2, managedFields: [] },
  });
  expect(withoutBookkeeping(live)).toEqual(object('ConfigMap', { metadata: { name: 'x', uid: 'u' } }));
});

test.each([
  ['connect redis://:hunter2@redis:6379/0 failed', 'connect redis://:(hidden)@redis:6379/0 failed'],
  ['password=hunter2 user=posthog', 'password=(hidden) user=posthog'],
  ['{"api_key":"hunter 2","team":3}', '{"api_key":(hidden),"team":3}'],
  ["SECRET_KEY: 'hunter 2' is short", 'SECRET_KEY: (hidden) is short'],
  ['GET /?token=hunter2&x=1 401', 'GET /?token=(hidden)&x=1 401'],
  ['Authorization: Bearer hunter2hunter2', 'Authorization: Bearer (hidden)'],
  ['key phx_0123456789abcdef is wrong', 'key (hidden) is wrong'],
  ['jwt eyJhbGciOi.eyJzdWIiOi.c2ln expired', 'jwt (hidden) expired'],
  ['password authentication failed for user "posthog"', 'password authentication failed for user "posthog"'],
  ['connect ECONNREFUSED 10.96.0.12:5432', 'connect ECONNREFUSED 10.96.0.12:5432'],
  ['duplicate key value: Key (id)=(5) already exists.', 'duplicate key value: Key (id)=(5) already exists.'],
  // A name that is not secret takes none that is with it.
  ['OperationalError: password=hunter2', 'OperationalError: password=(hidden)'],
  ['failed: SECRET_KEY: abc', 'failed: SECRET_KEY: (hidden)'],
  ['env=PGPASSWORD=abc', 'env=PGPASSWORD=(hidden)'],
  ['GET https://h/x?token=abc', 'GET https://h/x?token=(hidden)'],
  ['connecting: {password:abc}', 'connecting: {password:(hidden)}'],
  ['password=a,b,c! user=x', 'password=(hidden) user=x'],
  ['password=a,b,user=x,token=c', 'password=(hidden),user=x,token=(hidden)'],
  ['[token: abc,"x"]', '[token: (hidden),"x"]'],
  ['x-api-key: abc, host: h', 'x-api-key: (hidden), host: h'],
  ['BYPASS_CACHE=1 monkey: a keyboard=b', 'BYPASS_CACHE=1 monkey: a keyboard=b'],
  // As other languages write it, text within text, and what is cut off.
  [String.raw`{"msg":"{\"password\":\"abc\",\"a\":1}"}`, String.raw`{"msg":"{\"password\":(hidden),\"a\":1}"}`],
  [String.raw`"{\\\"token\\\":\\\"a b\\\"}"`, String.raw`"{\\\"token\\\":(hidden)}"`],
  [String.raw`{"password":"a\"b c","x":1}`, '{"password":(hidden),"x":1}'],
  [`{'password': b'a "b"', 'x': 1}`, `{'password': (hidden), 'x': 1}`],
  ['{:password=>"a b", :x=>1}', '{:password=>(hidden), :x=>1}'],
  ['{"password":"hunter 2 and', '{"password":(hidden)'],
  // Words that stand where a secret may.
  ['invalid token provided here', 'invalid token provided here'],
  ['Basic authentication failed', 'Basic authentication failed'],
  ['sent Bearer hunter2hunter2', 'sent Bearer (hidden)'],
  ['X-Auth-Token: Bearer abcdefgh', 'X-Auth-Token: (hidden)'],
  ['+ clickhouse-client --password hunter2 --user x', '+ clickhouse-client --password (hidden) --user x'],
  ["redis-server --requirepass 'a b' --port 1", 'redis-server --requirepass (hidden) --port 1'],
  ['rpk --token-file --user x', 'rpk --token-file --user x'],
  ['Authorization: Basic abcdefgh==', 'Authorization: Basic (hidden)'],
  [`('Authorization', 'Token abcdef')`, `('Authorization', 'Token (hidden)')`],
  [String.raw`{\"authorization\":\"Bearer abcdef\"}`, String.raw`{\"authorization\":\"Bearer (hidden)\"}`],
])('of a line of a log, what may open something: %s', (line, safe) => {
  expect(maskedLine(line)).toBe(safe);
});

// As long as nobody writes, and each time as if a secret began: what looks back or ahead without an end takes minutes.
test.each(['secret', '://a:', 'password=a,', 'Bearer ', '--password ', '--'])(
  'many times %j is read through once',
  (piece) => {
    expect(maskedLine(piece.repeat(200_000)).length).toBeGreaterThan(0);
  },
);
