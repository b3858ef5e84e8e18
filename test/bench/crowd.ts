/** A namespace of 300 pods and 10,000 events, a third of its parts in trouble: what a picture of it costs, and the console on it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { frameOf } from '../../source/console/app.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { follow } from '../../source/console/screens/install/run.ts';
import type { Outside } from '../../source/install/contract.ts';
import { lookAt } from '../../source/install/status.ts';
import { figuresOf } from '../../source/observe/figures.ts';
import type { Observer } from '../../source/observe/observer.ts';
import { observedKinds, type Snapshot } from '../../source/observe/types.ts';
import { components, objectName } from '../../source/stack/components.ts';
import { componentIds, type KubeObject } from '../../source/stack/types.ts';
import { stateOf } from '../support/state.ts';
import { changesPerSecond } from './changes.ts';
import { changePods, Home } from './console-home.ts';
import { medians, quantile, type Row, ratioRow, timeProcess } from './measure.ts';
import { type OwnSandbox, withSandbox } from './own-sandbox.ts';
import { type Place, placeOf } from './requests.ts';

const [app, namespace, podCount, eventCount] = ['posthog', 'ns-sandbox1', 300, 10_000];
const crowd = `of ${podCount} pods and ${eventCount} events`;
const [pictureMs, keyMs, liveTimes] = [16, 50, 8];
/** Events are told this much less often than pods change. */
const podsPerEvent = 10;

const deployments = components.filter(({ kind }) => kind === 'Deployment');
const partAt = (index: number) => deployments[index % deployments.length] as (typeof deployments)[number];
const podName = (index: number) => `${objectName(partAt(index).id, app)}-crowd-${index}`;
const isTroubled = (index: number) => index % deployments.length < deployments.length / 3;
const stamp = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();

function podAt(index: number): KubeObject {
  const crashed = { restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } } };
  const container = isTroubled(index) ? crashed : { ready: true, restartCount: 0, state: { running: {} } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(index),
      creationTimestamp: stamp(3600),
      labels: { 'posthog-sealos/component': partAt(index).id, 'posthog-sealos/instance': app },
    },
    spec: { schedulerName: 'bench', containers: [{ name: 'main', image: 'example.com/main:1' }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'main', image: '', imageID: '', ...container }] },
  };
}

function eventAt(index: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `crowd-${index}`, namespace },
    type: index % 3 === 0 ? 'Warning' : 'Normal',
    reason: index % 3 === 0 ? 'BackOff' : 'Pulled',
    message: `Back-off restarting failed container, for the ${index}th time`,
    involvedObject: { kind: 'Pod', name: podName(index % podCount), namespace },
    firstTimestamp: stamp(index),
    lastTimestamp: stamp(index),
    count: 1,
  } as KubeObject;
}

function deploymentOf(id: (typeof deployments)[number]['id'], index: number): KubeObject {
  const ready = isTroubled(index) ? 0 : 1;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: objectName(id, app), generation: 1, labels: { 'posthog-sealos/component': id } },
    spec: { replicas: 1 },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: ready, availableReplicas: ready },
  };
}

/** From a change that is told to the frame that shows it, in this process: what a core has to do for each. */
export async function measurePicture(rounds: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const screen of ['home', 'events'] as const) rows.push(await measureScreen(screen, rounds));
  return rows;
}

async function measureScreen(screen: 'home' | 'events', rounds: number): Promise<Row> {
  let pods = Array.from({ length: podCount }, (_, index) => podAt(index));
  let events = Array.from({ length: eventCount }, (_, index) => eventAt(index));
  const still = deployments.map(({ id }, index) => deploymentOf(id, index));
  const none = Object.fromEntries(Object.keys(observedKinds).map((kind) => [kind, []]));
  let state = stateOf(120, 40, { screen, place: namespace, home: { ...emptyHome, name: app } });
  const draw = (snapshot: Snapshot) => {
    const figures = figuresOf(componentIds, snapshot, undefined);
    state = { ...state, seen: { snapshot, at: 0 }, home: { ...state.home, figures } };
    frameOf(state);
  };
  const times: number[] = [];
  let began = cpuMs();
  const observer = {
    snapshot: (): Snapshot => ({
      at: Date.now(),
      namespace,
      app,
      objects: { ...none, Pod: pods, Event: events, Deployment: still } as unknown as Snapshot['objects'],
      isCutOff: false,
      forbidden: new Set(),
      crashLines: new Map(),
    }),
    /** Everything of the change before has been told: it is drawn, and the next one comes. */
    async next() {
      draw(observer.snapshot());
      times.push(cpuMs() - began);
      if (times.length > rounds) throw new Error('measured');
      pods = pods.with(times.length % podCount, podAt(times.length % podCount));
      if (times.length % podsPerEvent === 0) events = events.with(times.length % eventCount, eventAt(times.length));
      began = cpuMs();
    },
  } as unknown as Observer;
  const cluster = { namespace, logText: async () => '' };
  const outside = { cluster, context: { clock: { monotonic: () => performance.now(), sleep } } } as unknown as Outside;
  const until = new AbortController().signal;
  const instance = { name: app, kind: 'ours' as const, components: componentIds };
  const look = { observing: { observer, until, stop: () => {} }, instance, watch: true };
  try {
    for await (const event of lookAt(outside, look, until))
      state = { ...state, home: { ...state.home, run: follow(state.home.run, event, 0) } };
  } catch (error) {
    if ((error as Error).message !== 'measured') throw error;
  }
  // The first ones meet code that is not warm yet.
  const warm = times.slice(Math.ceil(rounds / 5));
  const middle = quantile(warm, 0.5);
  return {
    what: `namespace ${crowd}: a change to the frame of ${screen}, ${warm.length} times`,
    measured: `p50 ${middle.toFixed(1)} ms, p90 ${quantile(warm, 0.9).toFixed(1)} ms of a core`,
    budget: `p50 <= ${pictureMs} ms`,
    ok: middle <= pictureMs,
  };
}

/** Of this process; what others do at the same time does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The built program on a sandbox that holds the crowd: its first live data, and its keys while pods change. */
export function measureCrowd(rounds: number, seconds: number): Promise<readonly Row[]> {
  return withSandbox(['--scenario', 'running', '--speed', '1'], async (sandbox) => {
    const place = await placeOf(sandbox.kubeconfig);
    try {
      await fill(place);
      const times = await medians(rounds, {
        nothing: () => timeProcess(process.execPath, ['-e', '0']),
        live: () => liveOf(sandbox),
      });
      const stop = new AbortController();
      const changing = changePods(place, stop.signal);
      const rows = [
        ratioRow(`namespace ${crowd}: home live against \`node -e 0\``, times.live, times.nothing, liveTimes),
        await keysRow(sandbox, 'home', '', seconds),
        await keysRow(sandbox, 'events', 'ge', seconds),
      ];
      stop.abort();
      await changing;
      return rows;
    } finally {
      place.close();
    }
  });
}

async function liveOf(sandbox: OwnSandbox): Promise<number> {
  const home = new Home(sandbox);
  const ms = await home.shows(/1\/1/);
  home.end();
  return ms;
}

async function keysRow(sandbox: OwnSandbox, screen: string, way: string, seconds: number): Promise<Row> {
  const home = new Home(sandbox);
  try {
    await home.shows(/1\/1/);
    for (const key of way) home.type(key);
    await sleep(2000);
    const { cpu } = await home.rest(seconds);
    const keys = await home.press(seconds);
    const p99 = quantile(keys, 0.99);
    return {
      what: `namespace ${crowd}, ${changesPerSecond} pods/s change: key to frame of ${screen}, ${keys.length} keys`,
      measured: `p50 ${quantile(keys, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${cpu.toFixed(0)} % of a core`,
      budget: `p99 <= ${keyMs} ms`,
      ok: p99 <= keyMs,
    };
  } finally {
    home.end();
  }
}

/** More than a workspace's quota lets in, of pods that nobody schedules. */
async function fill(place: Place): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}`;
  const hard = { pods: '1000', 'limits.cpu': '1000', 'limits.memory': '10Ti', 'limits.ephemeral-storage': '10Ti' };
  await place.send('PATCH', `${path}/resourcequotas/quota-${namespace}`, { spec: { hard } });
  for (let index = 0; index < podCount; index += 1) {
    const { status, ...pod } = podAt(index) as KubeObject & { readonly status: object };
    await place.send('POST', `${path}/pods`, pod);
    await place.send('PATCH', `${path}/pods/${podName(index)}/status`, { status });
  }
  const atOnce = 16;
  for (let index = 0; index < eventCount; index += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, eventCount - index) }, (_, each) =>
        place.send('POST', `${path}/events`, eventAt(index + each)),
      ),
    );
}
