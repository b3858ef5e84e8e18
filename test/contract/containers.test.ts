/** Containers that run: their logs, commands in them, the way to their ports, and what controllers make of them. */
import type { Json } from './client.ts';
import { asMerge, container, deployment, deployments, jobs, pods, services, statefulSets } from './objects.ts';
import { sayInContainer, speakToPort } from './sockets.ts';
import { stackImage } from './stack-image.ts';
import { contract } from './suite.ts';

const image = await stackImage('web');
const shell = (script: string, more: object = {}) => container({ image, command: ['sh', '-c', script], ...more });
const pod = (name: string, containers: readonly object[], more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers, terminationGracePeriodSeconds: 0, ...more },
});
const isRunning = (object: Json) => object?.status?.phase === 'Running';
const isOver = (object: Json) => ['Succeeded', 'Failed'].includes(object?.status?.phase);
const restarted = (object: Json) => object?.status?.containerStatuses?.[0]?.restartCount > 0;
const stays = 'echo one; echo two; echo three; sleep 3600';

contract('containers', {
  'the log of one container': async ({ ask, prepare, until }) => {
    await prepare('POST', pods, pod('l-one', [shell(stays)]));
    await until(pods, 'l-one', isRunning);
    const log = `${pods}/l-one/log`;
    await until(pods, 'l-one', isRunning);
    while (!String(await prepare('GET', log)).includes('three'));
    await ask('GET', log);
    await ask('GET', `${log}?tailLines=1`);
    await ask('GET', `${log}?limitBytes=5`);
    await ask('GET', `${log}?container=main&tailLines=2`);
    await ask('GET', `${log}?container=none`);
    await ask('GET', `${log}?previous=true`);
    await ask('GET', `${log}?tailLines=-1`);
    await ask('GET', `${log}?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z`);
    await ask('GET', `${log}?sinceSeconds=0`);
    await ask('GET', `${log}?sinceTime=2020-01-01T00:00:00Z`);
  },
  'the logs of two containers': async ({ ask, prepare, until }) => {
    await prepare('POST', pods, pod('l-two', [shell(stays), shell(stays, { name: 'other' })]));
    await until(pods, 'l-two', isRunning);
    await ask('GET', `${pods}/l-two/log`);
    while (!String(await prepare('GET', `${pods}/l-two/log?container=other`)).includes('three'));
    await ask('GET', `${pods}/l-two/log?container=other`);
  },
  'the log of what does not start': async ({ ask, prepare, until }) => {
    await prepare('POST', pods, pod('l-wait', [container({ image: 'posthog-sealos.test/none:1' })]));
    const waits = (object: Json) => /ImagePull/.test(object?.status?.containerStatuses?.[0]?.state?.waiting?.reason);
    await until(pods, 'l-wait', waits);
    const answer = await prepare('GET', `${pods}/l-wait/log`);
    const said = String(answer.message).replace(/trying and failing to pull image|image can't be pulled/, '<why>');
    if (said !== 'container "main" in pod "l-wait" is waiting to start: <why>') throw new Error(said);
    await ask('GET', `${pods}/l-wait/log?previous=true`);
  },
  'a container that ends is started again, and its log before that is kept': async ({ prepare, until }) => {
    await prepare('POST', pods, pod('l-again', [shell('echo last words; exit 3')]));
    await until(pods, 'l-again', restarted);
    // The kubelet sweeps old containers away a moment before it knows the next.
    while (String(await prepare('GET', `${pods}/l-again/log?previous=true`)) !== 'last words\n');
    const now = await prepare('GET', `${pods}/l-again`);
    const { exitCode, reason } = now.status.containerStatuses[0].lastState.terminated;
    if (exitCode !== 3 || reason !== 'Error') throw new Error(JSON.stringify(now.status));
  },
  'a Pod that ends': async ({ prepare, until }) => {
    for (const [name, script, phase] of [
      ['l-well', 'exit 0', 'Succeeded'],
      ['l-ill', 'exit 1', 'Failed'],
    ] as const) {
      await prepare('POST', pods, pod(name, [shell(script)], { restartPolicy: 'Never' }));
      await until(pods, name, isOver);
      const { status } = await prepare('GET', `${pods}/${name}`);
      if (status.phase !== phase) throw new Error(JSON.stringify(status));
    }
  },
  'commands in a container': async ({ prepare, until, note, target }) => {
    await prepare('POST', pods, pod('e-one', [shell('sleep 3600', { env: [{ name: 'A', value: 'b' }] })]));
    await until(pods, 'e-one', isRunning);
    for (const command of [
      ['echo', 'hello'],
      ['sh', '-c', 'echo out; echo err >&2; exit 7'],
      ['sh', '-c', 'echo $A'],
      ['no-such-command'],
    ])
      note(await sayInContainer(target, 'e-one', command));
    note(await sayInContainer(target, 'e-one', ['cat'], 'from stdin\n'));
    note(await sayInContainer(target, 'e-one', ['ls'], undefined, 'none'));
  },
  'a port where nobody listens': async ({ prepare, until, target }) => {
    await prepare('POST', pods, pod('e-port', [shell('sleep 3600')]));
    await until(pods, 'e-port', isRunning);
    const said = await speakToPort(target, 'e-port', 4_321);
    // The real one sometimes hangs up before it has said why.
    if (said !== '' && !said.startsWith('error forwarding port 4321 to pod')) throw new Error(said);
  },
  'variables from everywhere': async ({ ask, prepare, until }) => {
    await prepare('POST', '/api/v1/namespaces/{ns}/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'v-config' },
      data: { FROM_MAP: 'map', other: 'ignored' },
    });
    const env = [
      { name: 'PLAIN', value: 'plain' },
      { name: 'COMPOSED', value: '$(PLAIN)-$(UNKNOWN)-$$(PLAIN)' },
      { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'KEY', valueFrom: { configMapKeyRef: { name: 'v-config', key: 'other' } } },
      { name: 'MAYBE', valueFrom: { configMapKeyRef: { name: 'none', key: 'x', optional: true } } },
    ];
    const script = 'echo "$FROM_MAP $PLAIN $COMPOSED $NAME $KEY [$MAYBE]"; sleep 3600';
    const envFrom = [{ configMapRef: { name: 'v-config' } }];
    await prepare('POST', pods, pod('v-env', [shell(script, { env, envFrom })]));
    await until(pods, 'v-env', isRunning);
    while (String(await prepare('GET', `${pods}/v-env/log`)) === '');
    await ask('GET', `${pods}/v-env/log`);
  },
  'a variable from a Secret that is not there': async ({ prepare, until }) => {
    const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 'none', key: 'x' } } }];
    await prepare('POST', pods, pod('v-none', [shell('sleep 3600', { env })]));
    const waiting = (object: Json) => object?.status?.containerStatuses?.[0]?.state?.waiting;
    await until(pods, 'v-none', (object) => waiting(object)?.reason === 'CreateContainerConfigError');
    const { message } = waiting(await prepare('GET', `${pods}/v-none`));
    if (message !== 'secret "none" not found') throw new Error(message);
  },
  'a Deployment that becomes available, rolls, and goes': async ({ prepare, until }) => {
    const labels = { app: 'k-deploy' };
    const template = {
      metadata: { labels },
      spec: { containers: [shell('sleep 3600')], terminationGracePeriodSeconds: 0 },
    };
    const isDone = (generation: number) => (object: Json) =>
      object?.status?.observedGeneration >= generation &&
      object.status.updatedReplicas === 1 &&
      object.status.replicas === 1 &&
      object.status.availableReplicas === 1;
    await prepare('POST', deployments, deployment('k-deploy', { replicas: 1, template }));
    await until(deployments, 'k-deploy', isDone(1));
    const patch = { spec: { template: { metadata: { annotations: { turn: '2' } } } } };
    await prepare('PATCH', `${deployments}/k-deploy`, patch, asMerge);
    await until(deployments, 'k-deploy', isDone(2));
    const now = await prepare('GET', `${deployments}/k-deploy`);
    const conditions = now.status.conditions
      .map(({ type, status, reason }: Json) => `${type}=${status} ${reason}`)
      .sort();
    if (conditions.join() !== 'Available=True MinimumReplicasAvailable,Progressing=True NewReplicaSetAvailable')
      throw new Error(conditions.join());
    if (now.metadata.annotations['deployment.kubernetes.io/revision'] !== '2') throw new Error('no second revision');
    await prepare('DELETE', `${deployments}/k-deploy?propagationPolicy=Foreground`);
    await until(deployments, 'k-deploy', (object) => object === undefined);
    const left = await prepare('GET', `${pods}?labelSelector=app%3Dk-deploy`);
    if (left.items.length > 0) throw new Error('its pods are left');
  },
  'a StatefulSet makes its pods in their order': async ({ prepare, until }) => {
    const labels = { app: 'k-set' };
    const template = {
      metadata: { labels },
      spec: { containers: [shell('sleep 3600')], terminationGracePeriodSeconds: 0 },
    };
    const set = { ...deployment('k-set', { replicas: 2, serviceName: 'k-set', template }), kind: 'StatefulSet' };
    await prepare('POST', statefulSets, set);
    await until(statefulSets, 'k-set', (object) => object?.status?.readyReplicas === 2);
    const { items } = await prepare('GET', `${pods}?labelSelector=app%3Dk-set`);
    const names = items.map(({ metadata }: Json) => metadata.name).sort();
    if (names.join() !== 'k-set-0,k-set-1') throw new Error(names.join());
  },
  'Jobs end well and ill': async ({ prepare, until }) => {
    const ended = (object: Json) =>
      object?.status?.conditions?.some(
        ({ type, status }: Json) => /^(Complete|Failed)$/.test(type) && status === 'True',
      );
    for (const [name, script, expected] of [
      ['k-well', 'exit 0', 'SuccessCriteriaMet CompletionsReached,Complete CompletionsReached'],
      ['k-ill', 'exit 1', 'FailureTarget BackoffLimitExceeded,Failed BackoffLimitExceeded'],
    ] as const) {
      const spec = { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [shell(script)] } } };
      await prepare('POST', jobs, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec });
      await until(jobs, name, ended);
      const { status } = await prepare('GET', `${jobs}/${name}`);
      const conditions = status.conditions.map(({ type, reason }: Json) => `${type} ${reason}`).join();
      if (conditions !== expected) throw new Error(conditions);
    }
  },
  'a Service finds its pods': async ({ prepare, until }) => {
    const ports = [{ port: 80, targetPort: 8080 }];
    await prepare('POST', services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'k-service' },
      spec: { selector: { app: 'k-service' }, ports },
    });
    await prepare('POST', pods, pod('k-service', [shell('sleep 3600')]));
    await until(
      '/api/v1/namespaces/{ns}/endpoints',
      'k-service',
      (object) => object?.subsets?.[0]?.addresses?.length === 1,
    );
  },
});
