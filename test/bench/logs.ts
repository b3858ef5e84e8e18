/** Logs as a stream: how fast lines come through, against kubectl and curl reading the same. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { certificateFor } from './certificate.ts';
import { medians, type Row, timeProcess } from './measure.ts';
import { program } from './own-sandbox.ts';

const namespace = 'ns-bench';
const pod = 'posthog-web-0';
const labels = { 'posthog-sealos/component': 'web', 'posthog-sealos/instance': 'posthog' };
const status = { containerStatuses: [{ name: 'posthog', restartCount: 0, state: { running: {} } }] };
const podObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: pod, namespace, uid: 'u', labels },
  spec: { containers: [{ name: 'posthog', image: 'x' }] },
  status,
};
const ledger = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'posthog-ledger', namespace, labels: { 'posthog-sealos/ledger': 'posthog' } },
};
/** As little of it as kubectl needs. */
const discovery: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'v1',
    resources: [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] }],
  },
};
const linesInBlock = 4000;

/** One line of structlog's JSON, about 120 bytes long. */
const lineOf = (index: number): string =>
  `{"event": "GET /api/projects/${index % 90}", "timestamp": "2026-11-23T10:00:00.000Z", "level": "info", "pid": 7, "tid": 99, "ms": ${index}}`;

function blockOf(hasTimes: boolean): Buffer {
  const times = hasTimes ? '2026-11-23T10:00:00.123456789Z ' : '';
  return Buffer.from(Array.from({ length: linesInBlock }, (_, index) => `${times}${lineOf(index)}\n`).join(''));
}

/** Budgets of DESIGN section 10. Needs a build and `curl`. */
export async function measureLogs(kubectl: string, rounds: number, lines: number): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-bench-logs-'));
  const certificate = await certificateFor(folder);
  const [timed, bare] = [blockOf(true), blockOf(false)];
  const server = createServer({ ...certificate }, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://localhost');
    const answer = (body: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    const list = (kind: string, items: readonly object[]) =>
      answer({ kind: `${kind}List`, apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
    const described = discovery[pathname];
    if (described) return answer(described);
    if (pathname.endsWith(`/pods/${pod}`)) return answer(podObject);
    if (pathname.endsWith('/pods')) return list('Pod', [podObject]);
    if (pathname.endsWith('/configmaps')) return list('ConfigMap', [ledger]);
    if (!pathname.endsWith('/log')) return list('Thing', []);
    const block = searchParams.has('timestamps') ? timed : bare;
    for (let sent = 0; sent < lines; sent += linesInBlock) {
      if (!response.write(block)) await new Promise((resolve) => response.once('drain', resolve));
      await setImmediate();
    }
    return response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}`;
  const kubeconfig = join(folder, 'kubeconfig');
  const place = { server: url, 'certificate-authority': join(folder, 'cert.pem') };
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'b',
      clusters: [{ name: 'b', cluster: place }],
      users: [{ name: 'b', user: { token: 't' } }],
      contexts: [{ name: 'b', context: { cluster: 'b', user: 'b', namespace } }],
    }),
  );
  const env = { ...process.env, HOME: folder, XDG_STATE_HOME: folder };
  const ours = (form: string) =>
    timeProcess(process.execPath, [program, 'logs', 'web', '-o', form, '--kubeconfig', kubeconfig], env);
  try {
    const path = `${url}/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    const times = await medians(rounds, {
      kubectl: () => timeProcess(kubectl, ['--kubeconfig', kubeconfig, 'logs', pod], env),
      curl: () => timeProcess('curl', ['-s', '--cacert', join(folder, 'cert.pem'), `${path}?timestamps=true`], env),
      raw: () => ours('raw'),
      json: () => ours('json'),
    });
    const perSecond = (ms: number) => Math.round(lines / ms);
    const row = (what: string, ms: number, theirs: number, budget: number): Row => ({
      what,
      measured: `${(theirs / ms).toFixed(2)} x (${perSecond(ms)}k against ${perSecond(theirs)}k lines/s)`,
      budget: `>= ${budget} x`,
      ok: theirs / ms >= budget,
    });
    return [
      row('logs -o raw against kubectl logs, lines/s', times.raw, times.kubectl, 2),
      row('logs -o raw against curl of the same bytes, lines/s', times.raw, times.curl, 0.6),
      row('logs -o json against kubectl logs, lines/s', times.json, times.kubectl, 0.5),
    ];
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  }
}
