/** Logs of a container, as the kubelet gives them (pkg/kubelet/kubelet_pods.go, cri-client/pkg/logs). */
import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { KubeObject } from '../../stack/types.ts';
import { StatusError } from '../objects/index.ts';
import { forbidden, invalid } from '../schema/validate/causes.ts';
import type { LogLine, StatusCause } from '../types.ts';
import type { Call } from './call.ts';
import { containerOf, podSpec, statusOfContainer } from './containers.ts';
import { flagOf, numberOf } from './options.ts';

interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tail: number | undefined;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly limitBytes: number;
}

/** @throws StatusError 400, 422 */
function optionsOf(query: URLSearchParams, pod: string, now: number): LogOptions {
  const [tail, sinceSeconds, limitBytes] = ['tailLines', 'sinceSeconds', 'limitBytes'].map((name) =>
    numberOf(query, name),
  );
  const sinceTime = timeOf(query.get('sinceTime'));
  const causes: StatusCause[] = [];
  const below = (field: string, value: number | undefined, least: number, words: string) => {
    if (value !== undefined && value < least) causes.push(invalid(field, value, `must be ${words} 0`));
  };
  below('tailLines', tail, 0, 'greater than or equal to');
  below('limitBytes', limitBytes, 1, 'greater than');
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    causes.push(forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else below('sinceSeconds', sinceSeconds, 1, 'greater than');
  if (causes.length > 0) throw StatusError.invalid({ group: '', kind: 'PodLogOptions' }, pod, causes);
  return {
    follow: flagOf(query, 'follow'),
    previous: flagOf(query, 'previous'),
    timestamps: flagOf(query, 'timestamps'),
    tail,
    since: sinceSeconds === undefined ? (sinceTime ?? 0) : now - sinceSeconds * 1000,
    limitBytes: limitBytes ?? Number.POSITIVE_INFINITY,
  };
}

/** To the second: the server passes it on without its fraction. @throws StatusError 400 */
function timeOf(text: string | null): number | undefined {
  if (!text) return undefined;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return Math.floor(time / 1000) * 1000;
  throw StatusError.badRequest(
    `parsing time "${text}" as "2006-01-02T15:04:05Z07:00": cannot parse "${text}" as "2006"`,
  );
}

/** Which run of the container is meant. @throws StatusError 400 */
function runOf(pod: KubeObject, container: string, previous: boolean): number {
  const status = statusOfContainer(pod, container);
  const place = `container "${container}" in pod "${pod.metadata.name}"`;
  const refuse = (text: string) => StatusError.badRequest(text);
  if (!status) throw refuse(`${place} is not available`);
  const { state = {}, lastState, restartCount } = status;
  if (previous) {
    if (!lastState?.terminated) throw refuse(`previous terminated ${place} not found`);
    // While a container waits to be started again, its last run is the newest one.
    return state.waiting ? restartCount : restartCount - 1;
  }
  if (state.running || state.terminated || lastState?.terminated) return restartCount;
  const reasons: Readonly<Record<string, string>> = {
    ErrImagePull: "image can't be pulled",
    ImagePullBackOff: 'trying and failing to pull image',
  };
  if (!state.waiting) throw refuse(`${place} is waiting to start - no logs yet`);
  const reason = state.waiting.reason ?? '';
  throw refuse(`${place} is waiting to start: ${reasons[reason] ?? reason}`);
}

const stampOf = ({ at, nanos }: LogLine): string =>
  `${new Date(at).toISOString().slice(0, -1)}${String(nanos).padStart(6, '0')}Z`;

/** Lines that are put together before others may run. */
const batch = 4000;

/** @throws StatusError before the answer begins. */
export async function answerLogs(call: Call, pod: KubeObject): Promise<void> {
  const { parts, info, response, signal } = call;
  const { name } = pod.metadata;
  const options = optionsOf(info.query, name, parts.pace.now());
  const container = containerOf(pod, info.query.get('container'));
  const run = podSpec(pod).nodeName ? runOf(pod, container, options.previous) : undefined;
  response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' });
  if (run === undefined) return void response.end();
  response.flushHeaders();
  const source: Source = { uid: pod.metadata.uid ?? '', container, run };
  const { logsEndAfterMs } = parts.faults;
  const limited = new AbortController();
  const end = () => limited.abort();
  if (options.follow && logsEndAfterMs) parts.pace.sleep(logsEndAfterMs, signal).then(end, end);
  await stream(call, pod, source, options, AbortSignal.any([signal, limited.signal]));
  response.end();
}

interface Source {
  readonly uid: string;
  readonly container: string;
  readonly run: number;
}

async function stream(call: Call, pod: KubeObject, source: Source, options: LogOptions, signal: AbortSignal) {
  const { parts, response } = call;
  const { logs } = parts.world;
  const { uid, container, run } = source;
  const total = logs.count(uid, container, run);
  let next = options.tail === undefined ? 0 : Math.max(0, total - options.tail);
  let left = options.limitBytes;
  const more = wakeUp(call, source, pod);
  try {
    while (!signal.aborted) {
      const over = more.ended();
      const lines = logs.read(uid, container, run, next) ?? [];
      next = logs.count(uid, container, run);
      for (let start = 0; start < lines.length && left > 0; start += batch) {
        const text = textOf(lines.slice(start, start + batch), options);
        const bytes = Buffer.from(text).subarray(0, left);
        left -= bytes.length;
        if (bytes.length > 0 && !response.write(bytes)) await heard(response, 'drain', signal);
        if (signal.aborted) return;
      }
      if (!options.follow || options.previous || over || left <= 0) return;
      // While a slow reader was waited for, more may have come.
      if (logs.count(uid, container, run) === next && !more.ended()) await more.wait(signal);
    }
  } finally {
    more.close();
  }
}

const textOf = (lines: readonly LogLine[], { since, timestamps }: LogOptions): string =>
  lines
    .filter(({ at }) => at >= since)
    .map((line) => (timestamps ? `${stampOf(line)} ${line.text}\n` : `${line.text}\n`))
    .join('');

/** Resolves at the event, or when the signal is aborted. */
const heard = (emitter: EventEmitter, event: string, signal: AbortSignal): Promise<unknown> =>
  once(emitter, event, { signal }).catch(() => {});

/** Tells when there is more to read, and when there will be no more because the run is over. */
function wakeUp({ parts }: Call, { uid, container, run }: Source, pod: KubeObject) {
  let current: KubeObject | undefined = pod;
  const bell = new EventEmitter();
  const stopLines = parts.world.logs.onLine(uid, container, run, () => bell.emit('more'));
  const stopChanges = parts.objects.store.onChange(({ type, object }) => {
    if (object.metadata.uid !== uid) return;
    current = type === 'DELETED' ? undefined : object;
    bell.emit('more');
  });
  return {
    ended: () => {
      const status = current && statusOfContainer(current, container);
      return !status?.state?.running || status.restartCount > run;
    },
    async wait(signal: AbortSignal) {
      await heard(bell, 'more', signal);
      // Lines of one moment go out together.
      await setImmediate();
    },
    close: () => {
      stopLines();
      stopChanges();
    },
  };
}
