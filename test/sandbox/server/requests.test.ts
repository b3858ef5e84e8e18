/** Refusals and their texts, recorded from a kube-apiserver 1.34.4 with the same requests. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admin, kind, place, podOf, startServer, workspace } from './support.ts';

let town: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  town = await startServer();
  const map = { metadata: { name: 'there' }, data: { a: 'b' } };
  town.objects.create(kind('v1', 'ConfigMap'), workspace.namespace, map, { user: admin });
});
afterAll(() => town.server.close());

const user = `User "system:serviceaccount:user-system:${workspace.id}"`;
const json = { 'content-type': 'application/json' };
const maps = `${place}/configmaps`;
const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const unread = 'the object provided is unrecognized (must be of type ConfigMap)';

interface Case {
  readonly ask: readonly [method: string, path: string, body?: string | undefined, headers?: object];
  readonly code: number;
  readonly message: string;
  readonly reason?: string;
  readonly details?: object;
}

const notFound = 'the server could not find the requested resource';
const notAllowed = 'the server does not allow this method on the requested resource';

const cases: readonly Case[] = [
  { ask: ['GET', '/api', undefined, { authorization: '' }], code: 401, message: 'Unauthorized' },
  { ask: ['GET', '/api', undefined, { authorization: 'Bearer other' }], code: 401, message: 'Unauthorized' },
  { ask: ['GET', '/version', undefined, { authorization: '', host: 'localhost' }], code: 401, message: 'Unauthorized' },
  { ask: ['GET', '/nothing'], code: 403, message: `forbidden: ${user} cannot get path "/nothing"`, details: {} },
  {
    ask: ['GET', '/api/v1/namespaces/default/pods'],
    code: 403,
    message: `pods is forbidden: ${user} cannot list resource "pods" in API group "" in the namespace "default"`,
    details: { kind: 'pods' },
  },
  {
    ask: ['GET', '/api/v1/nodes/x'],
    code: 403,
    message: `nodes "x" is forbidden: ${user} cannot get resource "nodes" in API group "" at the cluster scope`,
    details: { name: 'x', kind: 'nodes' },
  },
  {
    ask: ['POST', '/api/v1/namespaces/default/pods/x/exec?command=ls'],
    code: 403,
    message: `pods "x" is forbidden: ${user} cannot create resource "pods/exec" in API group "" in the namespace "default"`,
  },
  {
    ask: ['GET', '/apis/apps/v1/nothing'],
    code: 403,
    message: `nothing.apps is forbidden: ${user} cannot list resource "nothing" in API group "apps" at the cluster scope`,
    details: { group: 'apps', kind: 'nothing' },
  },
  { ask: ['GET', `${place}/nothings`], code: 404, message: notFound, details: {} },
  { ask: ['GET', `${place}/pods/a/b/c`], code: 404, message: notFound },
  { ask: ['DELETE', `${place}/pods/a%2Fb`], code: 404, message: notFound },
  { ask: ['GET', '/api/v2'], code: 404, message: notFound },
  {
    ask: ['GET', `${maps}/none`],
    code: 404,
    message: 'configmaps "none" not found',
    details: { name: 'none', kind: 'configmaps' },
  },
  { ask: ['POST', `${maps}/x`], code: 405, message: notAllowed },
  { ask: ['PUT', maps, '{}'], code: 405, message: notAllowed },
  { ask: ['POST', `${place}/pods/x/log`], code: 405, message: notAllowed },
  { ask: ['OPTIONS', maps], code: 405, message: notAllowed },
  {
    ask: ['POST', maps, 'x', { 'content-type': 'text/plain' }],
    code: 415,
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
    reason: 'UnsupportedMediaType',
  },
  {
    ask: ['POST', maps, 'k8s\0...', { 'content-type': 'application/vnd.kubernetes.protobuf' }],
    code: 415,
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  },
  {
    ask: ['POST', maps, 'x', json],
    code: 400,
    message: `${unread}: couldn't get version/kind; json parse error: invalid character 'x' looking for beginning of value (78)`,
  },
  {
    ask: ['POST', maps, '', json],
    code: 400,
    message: `${unread}: couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`,
  },
  {
    ask: ['POST', maps, '{"a":1,}', json],
    code: 400,
    message: `${unread}: couldn't get version/kind; json parse error: invalid character '}' looking for beginning of object key string ({"a":1,})`,
  },
  {
    ask: ['POST', maps, '[]', json],
    code: 400,
    message: `${unread}: couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`,
  },
  {
    ask: ['POST', maps, 'a: [', { 'content-type': 'application/yaml' }],
    code: 400,
    message: `${unread}: yaml: line 1: did not find expected node content (613a205b)`,
  },
  { ask: ['PATCH', `${maps}/there`, '{}', json], code: 415, message: '415: Unsupported Media Type', details: {} },
  {
    ask: [
      'PATCH',
      '/apis/app.sealos.io/v1/namespaces/ns-abcd1234/apps/x',
      '{}',
      { 'content-type': 'application/strategic-merge-patch+json' },
    ],
    code: 415,
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  },
  {
    ask: ['PATCH', `${maps}/there`, '[]', { 'content-type': 'application/merge-patch+json' }],
    code: 400,
    message: 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
  },
  {
    ask: ['PATCH', `${maps}/there`, '{"a', { 'content-type': 'application/merge-patch+json' }],
    code: 400,
    message: 'error decoding patch: unexpected end of JSON input',
  },
  {
    ask: ['PATCH', `${maps}/there`, 'x', { 'content-type': 'application/strategic-merge-patch+json' }],
    code: 400,
    message: "invalid character 'x' looking for beginning of value",
  },
  {
    ask: ['PATCH', `${maps}/there?fieldManager=x`, 'x', { 'content-type': 'application/apply-patch+yaml' }],
    code: 400,
    message:
      'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}',
  },
  {
    ask: ['PATCH', `${maps}/there`, '{}', { 'content-type': 'application/apply-patch+yaml' }],
    code: 422,
    message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    reason: 'Invalid',
  },
  {
    ask: ['PATCH', `${maps}/there?force=true`, '{}', { 'content-type': 'application/merge-patch+json' }],
    code: 422,
    message: 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
  },
  {
    ask: ['POST', `${maps}?dryRun=x`, '{}', json],
    code: 422,
    message: 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["x"]: supported values: "All"',
  },
  {
    ask: ['POST', `${maps}?fieldValidation=x`, '{}', json],
    code: 422,
    message:
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"',
  },
  {
    ask: ['DELETE', `${maps}/there?propagationPolicy=Foo`],
    code: 422,
    message:
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"',
  },
  {
    ask: ['DELETE', `${maps}/there?gracePeriodSeconds=x`],
    code: 400,
    message: 'strconv.ParseInt: parsing "x": invalid syntax',
  },
  {
    ask: ['DELETE', `${maps}/there`, '{', json],
    code: 500,
    message: "couldn't get version/kind; json parse error: unexpected end of JSON input",
  },
  { ask: ['GET', `${maps}?limit=x`], code: 400, message: 'strconv.ParseInt: parsing "x": invalid syntax' },
  {
    ask: ['GET', `${maps}?resourceVersion=x`],
    code: 400,
    message:
      'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
  },
  {
    ask: ['GET', `${maps}?watch=1&resourceVersion=abc`],
    code: 500,
    message: 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
  },
  {
    ask: ['GET', `${maps}?resourceVersionMatch=Exact`],
    code: 422,
    message:
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    details: {
      group: 'meta.k8s.io',
      kind: 'ListOptions',
      causes: [
        {
          reason: 'FieldValueForbidden',
          message: 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
          field: 'resourceVersionMatch',
        },
      ],
    },
  },
  {
    ask: ['GET', `${maps}?watch=1&sendInitialEvents=true`],
    code: 422,
    message:
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  },
  {
    ask: ['GET', `${maps}?limit=1&continue=eyJ2IjoieCIsInJ2IjoxLCJzdGFydCI6ImEifQ`],
    code: 400,
    message: 'invalid continue token: continue key is not valid: server does not recognize this encoded version x',
  },
  {
    ask: ['GET', `${maps}?labelSelector=a===`],
    code: 400,
    message: "unable to parse requirement: found '=', expected: identifier",
  },
  {
    ask: ['GET', maps, undefined, { accept: 'text/plain' }],
    code: 406,
    message:
      '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    reason: 'NotAcceptable',
  },
  {
    ask: ['GET', maps, undefined, { accept: 'application/json;as=Nope;v=v1;g=meta.k8s.io' }],
    code: 406,
    message: `only the following media types are accepted: ${accepted}`,
  },
  {
    ask: ['GET', `${maps}?includeObject=Foo`, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }],
    code: 400,
    message: `Unable to convert to Table as requested: includeObject: Invalid value: "Foo": must be 'Metadata', 'Object', 'None', or empty`,
  },
  {
    ask: ['POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', '{"spec":{}}', json],
    code: 400,
    message: 'no namespace on request',
  },
];

describe('refusals', () => {
  test.each(cases)(
    '$ask.0 $ask.1 is $code: $message',
    async ({ ask: [method, path, body, headers = {}], code, ...status }) => {
      const answer = await town.ask(method, path, body, { headers: headers as Record<string, string> });
      expect(answer.body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, ...status });
      expect(answer.code).toBe(code);
    },
  );

  test('a body over 3 MiB is 413, and ends the connection', async () => {
    const answer = await town.ask('POST', maps, `"${'a'.repeat(3 * 2 ** 20)}"`);
    expect(answer.body).toMatchObject({ code: 413, message: 'Request entity too large: limit is 3145728' });
    expect(answer.headers['connection']).toBe('close');
  });

  test('a group nobody serves is told in plain text', async () => {
    expect(await town.ask('GET', '/apis/nothing/v1')).toMatchObject({ code: 404, text: '404 page not found\n' });
  });
});

describe('answers', () => {
  test('a create answers 201, a deletion a Status with the uid', async () => {
    const made = await town.ask('POST', maps, { metadata: { name: 'made' } });
    expect(made.body).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'made', namespace: workspace.namespace },
    });
    expect(made.code).toBe(201);
    expect((await town.ask('DELETE', `${maps}/made`)).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'made', kind: 'configmaps', uid: made.body.metadata.uid },
    });
  });

  test('YAML goes in and comes out', async () => {
    const headers = { 'content-type': 'application/yaml', accept: 'application/yaml' };
    const made = await town.ask('POST', `${maps}?dryRun=All`, 'metadata: {name: y}\ndata: {a: "1"}\n', { headers });
    expect(made.text).toContain('kind: ConfigMap\n');
    expect(made.text).toContain('  a: "1"\n');
  });

  test('warnings come with refusals, too', async () => {
    const limits = { cpu: '100' };
    const pod = podOf('huge', { containers: [{ name: 'main', image: 'x', resources: { limits } }] });
    const { code, headers } = await town.ask('POST', `${place}/pods`, pod);
    expect([code, headers['warning']]).toEqual([403, expect.stringMatching(/^299 - "would violate PodSecurity/)]);
  });

  test('warnings of admission are headers', async () => {
    const answer = await town.ask('POST', `${place}/pods?dryRun=All`, podOf('warned'));
    expect(answer.code).toBe(201);
    expect(answer.headers['warning']).toMatch(
      /^299 - "would violate PodSecurity \\"restricted:v1.25\\": allowPrivilegeEscalation != false \(container \\"main\\" must set/,
    );
  });

  test('a key twice is warned of, or refused', async () => {
    const body = '{"metadata":{"name":"twice"},"data":{"a":"\\"1","b":"{,:","a":"2"}}';
    const warned = await town.ask('POST', `${maps}?dryRun=All`, body);
    expect(warned).toMatchObject({ code: 201, headers: { warning: '299 - "duplicate field \\"data.a\\""' } });
    expect((await town.ask('POST', `${maps}?fieldValidation=Strict`, body)).body).toMatchObject({
      code: 400,
      message:
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a"',
    });
  });

  test('items of a list have no kind, and big answers are compressed', async () => {
    const list = await town.ask('GET', maps);
    expect(list.body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1', items: [{ data: { a: 'b' } }] });
    expect(list.body.items[0]).not.toHaveProperty('kind');
    town.objects.create(
      kind('v1', 'ConfigMap'),
      workspace.namespace,
      { metadata: { name: 'big' }, data: { big: 'x'.repeat(200_000) } },
      { user: admin },
    );
    const big = await town.ask('GET', `${maps}/big`, undefined, { headers: { 'accept-encoding': 'gzip' } });
    expect(big.headers['content-encoding']).toBe('gzip');
    expect(Number(big.headers['content-length'])).toBeLessThan(2000);
  });

  test('reviews know the rights of the user, in JSON and in the protobuf of kubectl', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const asked = (namespace: string) => ({
      spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace } },
    });
    const allowed = async (body: unknown, headers = {}) =>
      (await town.ask('POST', path, body, { headers })).body.status.allowed;
    expect(await allowed(asked(workspace.namespace))).toBe(true);
    expect(await allowed(asked('default'))).toBe(false);
    const field = (number: number, value: Buffer | string) =>
      Buffer.concat([Buffer.of(number * 8 + 2, Buffer.byteLength(value)), Buffer.from(value)]);
    const attributes = Buffer.concat([field(1, workspace.namespace), field(2, 'list'), field(5, 'pods')]);
    const raw = field(2, field(1, attributes));
    const body = Buffer.concat([Buffer.from('k8s\0'), field(1, ''), field(2, raw)]);
    expect(await allowed(body, { 'content-type': 'application/vnd.kubernetes.protobuf' })).toBe(true);
  });
});
