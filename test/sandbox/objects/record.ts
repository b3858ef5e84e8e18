/**
 * Asks a real API server what `fixtures/recorded.json` asks, and writes down what it says:
 * `npm run cluster -- exec -- node test/sandbox/objects/record.ts ADMIN_KUBECONFIG` (the file that `kubeconfig --admin` prints).
 * It makes and empties the namespace `sbx-objects`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import type { Failure } from '../../../source/sandbox/objects/status-error.ts';
import { kindOf as kindNamed } from '../../../source/sandbox/schema/index.ts';
import type { Kind } from '../../../source/sandbox/types.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { comparable, refusal } from './comparable.ts';

type Step = Readonly<Record<string, unknown>> & {
  readonly verb: string;
  readonly apiVersion: string;
  readonly kind: string;
};
type Answer = { readonly code: number; readonly body: KubeObject; readonly warnings: readonly string[] };

const namespace = 'sbx-objects';
const fixture = new URL('fixtures/recorded.json', import.meta.url);
const { clusters, users } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const agent = new Agent({
  keepAlive: true,
  ca: readFileSync(clusters[0].cluster['certificate-authority']),
  cert: readFileSync(users[0].user['client-certificate']),
  key: readFileSync(users[0].user['client-key']),
});
const mediaTypes: Readonly<Record<string, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

function call(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    ...(text && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
    'user-agent': 'probe/1',
  };
  request(new URL(path, clusters[0].cluster.server), { method, agent, headers }, async (response) => {
    const chunks = await response.toArray();
    const warnings = [response.headers['warning'] ?? []]
      .flat()
      .join(', ')
      .split(/, (?=299 )/)
      .filter(Boolean);
    const told = warnings.map((each) => JSON.parse(each.slice(6)) as string);
    resolve({ code: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()), warnings: told });
  })
    .on('error', reject)
    .end(text);
  return promise;
}

function pathOf({ group, version, plural }: Kind, name?: unknown, subresource?: unknown): string {
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
  return [root, 'namespaces', namespace, plural, name, subresource].filter(Boolean).join('/');
}

const uids = new Map<unknown, string>();

async function ask(step: Step): Promise<Answer> {
  const kind = kindOf(step);
  const { verb, name, type, subresource, dryRun, graceSeconds, propagation, preconditions } = step;
  const query = new URLSearchParams();
  for (const key of ['fieldManager', 'force', 'fieldValidation']) if (step[key]) query.set(key, String(step[key]));
  if (dryRun) query.set('dryRun', 'All');
  const text = JSON.stringify(step['body'])?.replaceAll('$uid', uids.get(name) ?? '');
  const body: unknown = text === undefined ? undefined : JSON.parse(text);
  if (verb === 'create') return await call('POST', `${pathOf(kind)}?${query}`, body);
  if (verb === 'update') return await call('PUT', `${pathOf(kind, name, subresource)}?${query}`, body);
  if (verb === 'patch')
    return await call('PATCH', `${pathOf(kind, name, subresource)}?${query}`, body, mediaTypes[String(type)]);
  if (verb === 'get') return await call('GET', pathOf(kind, name, subresource));
  const options = { gracePeriodSeconds: graceSeconds, propagationPolicy: propagation, preconditions };
  return await call('DELETE', pathOf(kind, name), { ...options, ...(dryRun === true && { dryRun: ['All'] }) });
}

function kindOf({ apiVersion, kind }: Step): Kind {
  const found = kindNamed(apiVersion, kind);
  if (!found) throw new Error(`${apiVersion} ${kind} is not served`);
  return found;
}

async function empty(steps: readonly Step[]): Promise<void> {
  for (const kind of new Set(steps.map(kindOf))) {
    const { body } = await call('GET', pathOf(kind));
    for (const { metadata } of (body['items'] ?? []) as readonly KubeObject[]) {
      if (metadata.finalizers)
        await call('PATCH', pathOf(kind, metadata.name), { metadata: { finalizers: null } }, mediaTypes['merge']);
      await call('DELETE', pathOf(kind, metadata.name), { gracePeriodSeconds: 0, propagationPolicy: 'Background' });
    }
  }
}

async function recorded(step: Step): Promise<string> {
  const { code, body, warnings } = await ask(step);
  if (body.metadata?.uid) uids.set(body.metadata.name, body.metadata.uid);
  const {
    reason = '',
    message = '',
    details,
    status,
  } = body as unknown as Partial<Failure> & { readonly status?: string };
  const told = status === 'Success' ? { kind: 'Status' } : comparable(body);
  const answer = {
    code,
    body: status === 'Failure' ? refusal({ code, reason, message, ...(details && { details }) }) : told,
  };
  return JSON.stringify({ ...step, answer: { ...answer, ...(warnings.length > 0 && { warnings }) } });
}

const scenarios = JSON.parse(readFileSync(fixture, 'utf8')) as readonly { name: string; steps: readonly Step[] }[];
const all = scenarios.flatMap(({ steps }) => steps);
await call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
await empty(all);
// The service account of a new namespace comes a little later.
await setTimeout(1000);
const lines: string[] = [];
for (const { name, steps } of scenarios) {
  const answers: string[] = [];
  for (const step of steps) answers.push(await recorded(step));
  lines.push(`{"name":${JSON.stringify(name)},"steps":[\n${answers.join(',\n')}\n]}`);
}
writeFileSync(fixture, `[\n${lines.join(',\n')}\n]\n`);
await empty(all);
agent.destroy();
