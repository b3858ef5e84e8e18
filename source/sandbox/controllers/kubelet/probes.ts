/** Probes: asked as often, and believed after as many answers, as the container says (pkg/kubelet/prober of 1.34). */
import type { World } from '../../types.ts';
import type { Desk } from '../desk.ts';
import type { Container, Probe } from '../model.ts';

export interface Probed {
  readonly uid: string;
  readonly container: Container;
  readonly ip: string;
  readonly nodeIp: string;
}

/** The number that a probe's port means. */
function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

/** @returns why it fails, in the kubelet's words; undefined when it succeeds. */
export async function askProbe(
  desk: Desk,
  world: World,
  { uid, container, ip, nodeIp }: Probed,
  probe: Pick<Probe, 'httpGet' | 'tcpSocket' | 'exec' | 'timeoutSeconds'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { httpGet, tcpSocket, exec, timeoutSeconds = 1 } = probe;
  const over = new AbortController();
  const within = AbortSignal.any([over.signal, signal]);
  // True time: what runs in the container takes its own.
  const late = (text: string): Promise<string> =>
    desk.pace.sleep(timeoutSeconds * 1000, within).then(
      () => text,
      () => new Promise<string>(() => undefined),
    );
  try {
    if (tcpSocket) {
      const port = portOf(container, tcpSocket.port);
      const address = tcpSocket.host || ip;
      return world.listens(address, port) ? undefined : `dial tcp ${address}:${port}: connect: connection refused`;
    }
    if (exec) {
      const run = world.exec(uid, container.name, exec.command, '', within);
      const failure = run.then(({ exitCode, stdout, stderr }) => (exitCode === 0 ? undefined : `${stdout}${stderr}`));
      const words = `command timed out: "${exec.command.join(' ')}" timed out after ${timeoutSeconds}s`;
      return await Promise.race([failure, late(words)]);
    }
    if (!httpGet) return undefined;
    const port = portOf(container, httpGet.port);
    const address = httpGet.host || ip;
    const url = new URL(httpGet.path ?? '/', `http://${address}:${port}`);
    const given = (httpGet.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]);
    const headers = { host: `${address}:${port}`, 'user-agent': 'kube-probe/1.34', ...Object.fromEntries(given) };
    const { pathname: path, searchParams: query } = url;
    const request = { method: 'GET', path, query, headers, body: '', remoteAddress: nodeIp };
    const answer = world.http(address, port, request).then(
      ({ status }) => (status >= 200 && status < 400 ? undefined : `HTTP probe failed with statuscode: ${status}`),
      () => `Get "${url.href}": dial tcp ${address}:${port}: connect: connection refused`,
    );
    const words = `Get "${url.href}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
    return await Promise.race([answer, late(words)]);
  } catch (error) {
    return (error as Error).message;
  } finally {
    over.abort();
  }
}

/** Between answers of which the last was good, even at the highest speed, in milliseconds of true time. */
const calm = 2000;
const eager = 20;

/**
 * Asks until the signal ends it.
 * @param fail hears of every failure. @param judge hears of every verdict, which takes as many answers as the thresholds say;
 * it ends the asking by returning true.
 */
async function keepAsking(
  desk: Desk,
  ask: (signal: AbortSignal) => Promise<string | undefined>,
  probe: Probe,
  fail: (text: string) => void,
  judge: (succeeded: boolean) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3, successThreshold = 1 } = probe;
  let streak = 0;
  let last: boolean | undefined;
  await desk.pause(initialDelaySeconds * 1000, 0, signal);
  for (;;) {
    const failure = await ask(signal);
    if (signal.aborted) return;
    const succeeded = failure === undefined;
    streak = succeeded === last ? streak + 1 : 1;
    last = succeeded;
    if (!succeeded) fail(failure);
    const enough = succeeded ? successThreshold : failureThreshold;
    if (streak >= enough && judge(succeeded)) return;
    await desk.pause(periodSeconds * 1000, succeeded ? calm : eager, signal);
  }
}

/** What becomes of a container by its probes. */
export interface Health {
  /** @param message of the Unhealthy event */
  failed(message: string): void;
  changed(change: { readonly ready?: boolean; readonly started?: boolean }): void;
  /** @param message of the Killing event */
  restart(message: string): void;
}

/** Startup first, then readiness and liveness side by side, until the signal ends it. @param state as it is now */
export async function watchHealth(
  desk: Desk,
  world: World,
  probed: Probed,
  state: { readonly ready: boolean; readonly started: boolean },
  signal: AbortSignal,
  health: Health,
): Promise<void> {
  const { name, startupProbe, readinessProbe, livenessProbe } = probed.container;
  const keep = (word: 'Startup' | 'Readiness' | 'Liveness', probe: Probe, judge: (succeeded: boolean) => boolean) =>
    keepAsking(
      desk,
      (within) => askProbe(desk, world, probed, probe, within),
      probe,
      (failure) => health.failed(`${word} probe failed: ${failure}`),
      judge,
      signal,
    );
  const restart = (word: string): true => {
    health.restart(`Container ${name} failed ${word} probe, will be restarted`);
    return true;
  };
  if (startupProbe && !state.started) {
    await keep('Startup', startupProbe, (succeeded) => {
      if (!succeeded) return restart('startup');
      health.changed({ started: true, ready: !readinessProbe });
      return true;
    });
    if (!state.started || signal.aborted) return;
  }
  const followed = (succeeded: boolean): boolean => {
    if (state.ready !== succeeded) health.changed({ ready: succeeded });
    return false;
  };
  await Promise.all([
    readinessProbe && keep('Readiness', readinessProbe, followed),
    livenessProbe && keep('Liveness', livenessProbe, (succeeded) => !succeeded && restart('liveness')),
  ]);
}
