/** kubectl itself, driven through what its users do; what it prints and how it ends is compared with a real server's. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { container, deployment } from './objects.ts';
import { stackImage } from './stack-image.ts';
import { type OpenTarget, openTarget } from './target.ts';

const recording = process.env['RECORD'] === '1';
const file = new URL('./recorded/kubectl.json', import.meta.url);
/** What is recorded is what kubectl of this version prints. */
const version = 'v1.34.';
const isThere = (spawnSync('kubectl', ['version', '--client']).stdout ?? '')
  .toString()
  .includes(`Client Version: ${version}`);

interface Said {
  readonly code: number | null;
  /** Lines. */
  readonly out: readonly string[];
}
type Step = readonly [
  title: string,
  words: string,
  input?: object | string | undefined,
  keeps?: 'last line' | 'any order',
];

const image = await stackImage('web');
const stays = (text: string) => container({ image, command: ['sh', '-c', `echo ${text}; sleep 3600`] });
const web = (text: string, more: object = {}) =>
  deployment('k-web', {
    replicas: 1,
    template: {
      metadata: { labels: { app: 'k-web' } },
      spec: { containers: [stays(text)], terminationGracePeriodSeconds: 0 },
    },
    ...more,
  });
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'k-web' },
  spec: { selector: { app: 'k-web' }, ports: [{ port: 80, targetPort: 8000 }] },
};
const config = (value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'k-config' },
  data: { value },
});
const together = (...items: readonly object[]) => items.map((item) => JSON.stringify(item)).join('\n---\n');
const ends = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'k-ends', labels: { app: 'k-ends' } },
  spec: {
    restartPolicy: 'Never',
    containers: [
      container({ image, command: ['sh', '-c', 'echo first'] }),
      container({ image, name: 'other', command: ['sh', '-c', 'echo second'] }),
    ],
  },
};

/** In this order: each finds what those before it left. */
const steps: readonly Step[] = [
  ['apply makes', 'apply -f -', together(web('one'), service, config('a'))],
  ['apply again changes nothing', 'apply -f -', together(service, config('a'))],
  ['apply changes', 'apply -f -', config('b')],
  ['diff', 'diff -f -', config('c')],
  ['diff of what is the same', 'diff -f -', config('b')],
  [
    'apply on the server',
    'apply --server-side --field-manager=one -f -',
    { ...config('x'), metadata: { name: 'k-applied' } },
  ],
  ['a conflict', 'apply --server-side --field-manager=two -f -', { ...config('y'), metadata: { name: 'k-applied' } }],
  [
    'a conflict forced',
    'apply --server-side --field-manager=two --force-conflicts -f -',
    { ...config('y'), metadata: { name: 'k-applied' } },
  ],
  ['a dry run', 'apply --dry-run=server -f -', config('z')],
  ['a field that is not there', 'apply -f -', { ...config('z'), datum: {} }],
  ['rollout status', 'rollout status deploy/k-web --timeout=60s', undefined, 'last line'],
  ['wait', 'wait --for=condition=Available deploy/k-web --timeout=60s'],
  ['get', 'get deploy,svc,cm -l app!=none k-web'],
  ['get deployments', 'get deploy'],
  ['get wide', 'get deploy k-web -o wide'],
  ['get pods by label', 'get pods -l app=k-web'],
  ['get by field', 'get pods --field-selector=status.phase=Failed'],
  ['get names', 'get deploy,cm k-web k-config -o name --ignore-not-found'],
  ['get yaml', 'get cm k-config -o yaml'],
  ['get json', 'get svc k-web -o json'],
  ['get by path', 'get deploy k-web -o jsonpath={.spec.template.spec.containers[*].name}'],
  ['get columns', 'get deploy k-web -o custom-columns=NAME:.metadata.name,READY:.status.readyReplicas'],
  ['get sorted', 'get cm --sort-by=.metadata.name -o name'],
  ['describe', 'describe deploy k-web --show-events=false'],
  ['describe a service', 'describe svc k-web --show-events=false'],
  ['describe a map', 'describe cm k-config'],
  ['logs', 'logs deploy/k-web'],
  ['logs by label', 'logs -l app=k-web --tail=1'],
  ['logs with times', 'logs deploy/k-web --timestamps'],
  ['exec', 'exec deploy/k-web -- echo hello'],
  ['exec that fails', 'exec deploy/k-web -- false'],
  ['exec with input', 'exec -i deploy/k-web -- cat', 'from outside\n'],
  ['patch merge', 'patch cm k-config --type=merge -p {"data":{"more":"1"}}'],
  ['patch json', 'patch cm k-config --type=json -p [{"op":"remove","path":"/data/more"}]'],
  ['patch strategic', 'patch deploy k-web -p {"spec":{"template":{"metadata":{"annotations":{"a":"1"}}}}}'],
  ['patch that does nothing', 'patch cm k-config --type=merge -p {}'],
  ['label', 'label cm k-config tier=one'],
  ['label again', 'label cm k-config tier=two'],
  ['annotate', 'annotate cm k-config note=x'],
  ['set env', 'set env deploy/k-web A=b'],
  ['rollout after that', 'rollout status deploy/k-web --timeout=60s', undefined, 'last line'],
  ['rollout history', 'rollout history deploy/k-web'],
  ['rollout undo', 'rollout undo deploy/k-web'],
  ['rollout restart', 'rollout restart deploy/k-web'],
  ['rollout pause', 'rollout pause deploy/k-web'],
  ['rollout resume', 'rollout resume deploy/k-web'],
  ['scale', 'scale deploy/k-web --replicas=0'],
  ['scale from the wrong number', 'scale deploy/k-web --current-replicas=5 --replicas=1'],
  ['wait for the end', 'wait --for=delete pod -l app=k-web --timeout=60s', undefined, 'last line'],
  ['a pod', 'apply -f -', ends],
  ['wait for a phase', 'wait --for=jsonpath={.status.phase}=Succeeded pod/k-ends --timeout=60s'],
  ['all its logs', 'logs k-ends --all-containers --prefix', undefined, 'any order'],
  ['one of its logs', 'logs k-ends -c other'],
  ['logs of which container', 'logs k-ends -c none'],
  ['may I', 'auth can-i create deployments'],
  ['may I elsewhere', 'auth can-i list pods -n kube-system'],
  ['who am I', 'auth whoami -o jsonpath={.status.userInfo.username}'],
  ['what is forbidden', 'get pods -n kube-system'],
  ['what is not there', 'get deploy none'],
  ['a kind that is not there', 'get nothings'],
  ['resources of a group', 'api-resources --api-group=coordination.k8s.io'],
  ['delete', 'delete deploy/k-web svc/k-web pod/k-ends --wait'],
  ['delete by label', 'delete cm -l tier=two'],
  ['delete what is gone', 'delete cm k-config'],
  ['delete the rest', 'delete cm/k-applied'],
];

describe.skipIf(!isThere)('kubectl', () => {
  const known = recording ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Said>);
  const heard: Record<string, Said> = {};
  let target: OpenTarget;
  beforeAll(async () => {
    target = await openTarget();
    await kubectl([
      'delete',
      'deploy,svc,cm,secret,pod',
      '-l',
      'app!=none',
      '--field-selector',
      'metadata.name!=kube-root-ca.crt',
      '--ignore-not-found',
      '--wait',
    ]);
  });
  afterAll(async () => {
    await target.close();
    if (recording) writeFileSync(file, `${JSON.stringify(heard, null, 1)}\n`);
  });

  // Not in this thread's way: the sandbox may live in it.
  function kubectl(
    words: readonly string[],
    input?: object | string,
  ): Promise<{ readonly code: number | null; readonly out: string }> {
    const env = { ...process.env, KUBECONFIG: target.kubeconfig, KUBECTL_EXTERNAL_DIFF: 'diff -u' };
    const child = spawn('kubectl', words, { env });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => {
        out += piece.toString('utf8');
      });
    child.stdin.on('error', () => {});
    child.stdin.end(input === undefined ? '' : typeof input === 'string' ? input : JSON.stringify(input));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
  }

  for (const [title, words, input, keeps] of steps)
    test(title, async () => {
      const { code, out } = await kubectl(words.split(' '), input);
      const lines = normal(out, target).trimEnd().split('\n');
      const kept = keeps === 'last line' ? lines.slice(-1) : keeps === 'any order' ? lines.sort() : lines;
      heard[title] = { code, out: kept };
      if (!recording) expect(heard[title]).toEqual(known[title]);
    });
});

/** Without what differs from run to run and from cluster to cluster. */
function normal(text: string, { user, namespace, server }: OpenTarget): string {
  return text
    .replaceAll(user, '<user>')
    .replaceAll(namespace, '<ns>')
    .replaceAll(server.host, '<server>')
    .replace(/^(---|\+\+\+|diff) .*$/gm, '$1 <file>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>')
    .replace(/\bk-web-[a-z0-9]{6,10}(-[a-z0-9]{5})?\b/g, (_, pod) => (pod ? 'k-web-<pod>' : 'k-web-<set>'))
    .replace(/"?resourceVersion"?: "\d+"/g, 'resourceVersion: <version>')
    .replace(/\b\d+\.\d+\.\d+\.\d+\b/g, '<ip>')
    .replace(/\b\d+(ms|s|m|h|d)(\d+s)?\b/g, '<age>')
    .replace(/^ *(AGE|.*<age>) *$/gm, (line) => line.trimEnd())
    .replace(/[ \t]+/g, ' ');
}
