/** What waits in the worker's queues, and its last sign of life, out of Redis (posthog-stack 5.6; stack-spec H.3, hop 10). */
import { ApiError } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import { componentOf, objectName } from '../../stack/components.ts';
import type { TaskLook } from '../tasks.ts';
import { HeldRedis } from './held-redis.ts';
import { readyPod } from './ready-pod.ts';
import type { Reply } from './resp.ts';
import { readSecret } from './secret.ts';

export const redisPort = 6379;
const { queues } = componentOf('worker');
/** What `parseTasks` reads the replies to. */
export const taskQuestions: readonly (readonly string[])[] = [
  ['TIME'],
  ['GET', 'POSTHOG_HEARTBEAT'],
  ...queues.map((queue) => ['LLEN', queue]),
];

export type TaskState = Omit<TaskLook, 'at'>;

export interface RedisAsker {
  /** @throws what the cluster says, and Error in Redis' words */
  ask(signal: AbortSignal): Promise<TaskState>;
  /** Whether each answer takes a command in a pod. */
  readonly isCostly: boolean;
  close(): void;
}

type Asked = Pick<Cluster, 'get' | 'list' | 'portForward' | 'exec'>;

/** Over one port-forward that is held; by commands in the pod where this token may open none. */
export function redisAsker(cluster: Asked, app: string): RedisAsker {
  let isCostly = false;
  const held = new HeldRedis(async (signal) =>
    cluster.portForward(await readyPod(cluster, app, 'redis', signal), redisPort, { signal }),
  );
  const overForward = async (signal: AbortSignal) => {
    if (held.isOpen) return held.ask(taskQuestions, signal);
    const password = await passwordOf(cluster, app, signal);
    const [auth, ...replies] = await held.ask([['AUTH', password], ...taskQuestions], signal);
    if (!(auth instanceof Error)) return replies;
    // The password may be another one by the next question.
    held.close();
    throw new Error(withoutWords(auth.message));
  };
  const inPod = async (signal: AbortSignal) => {
    const [pod, password] = await Promise.all([
      readyPod(cluster, app, 'redis', signal),
      passwordOf(cluster, app, signal),
    ]);
    const lines = [['AUTH', password], ...taskQuestions].map((words) => `${words.map(quoted).join(' ')}\n`);
    const options = { container: 'redis', stdin: lines.join(''), signal };
    return parsePrinted((await cluster.exec(pod, ['redis-cli'], options)).stdout);
  };
  return {
    get isCostly() {
      return isCostly;
    },
    async ask(signal) {
      if (isCostly) return parseTasks(await inPod(signal));
      try {
        return parseTasks(await overForward(signal));
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 403)) throw error;
        const state = parseTasks(await inPod(signal));
        isCostly = true;
        return state;
      }
    },
    close: () => held.close(),
  };
}

/** Under the name that older and newer versions of KubeBlocks give it (sealos-platform 4.4). @throws Error when there is none */
async function passwordOf(cluster: Asked, app: string, signal: AbortSignal): Promise<string> {
  const name = objectName('redis', app);
  const { password } =
    (await readSecret(cluster, `${name}-conn-credential`, signal)) ??
    (await readSecret(cluster, `${name}-redis-account-default`, signal)) ??
    {};
  if (password === undefined) throw new Error(`no Secret ${name}-conn-credential`);
  return password;
}

/** A word as redis-cli reads it from its input: whatever is no letter or digit by its bytes. */
const quoted = (word: string): string =>
  `"${[...Buffer.from(word)].map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('')}"`;
const isPlain = (byte: number) => /[\w-]/.test(String.fromCharCode(byte)) && byte < 0x80;

/** What redis-cli prints where nobody sits: each reply on a line, none as an empty one, a list as one line each. */
export function parsePrinted(text: string): readonly Reply[] {
  const [auth = '', seconds = '', micros = '', beat = '', ...lengths] = text.split(/\r?\n/);
  if (auth !== 'OK') throw new Error(withoutWords(auth) || 'redis-cli: no answer');
  const counts = lengths.slice(0, queues.length).map((said) => (/^\d+$/.test(said) ? Number(said) : new Error(said)));
  return [[seconds, micros], beat === '' ? null : beat, ...counts];
}

/** What Redis says of a command that it does not know, without the words of the command: one of them is the password. */
const withoutWords = (refusal: string): string => refusal.replace(/,? with args beginning with.*/is, '');

/** One queue may be something else by its kind; whatever else is refused says nothing about what waits. */
const isRefusal = (reply: Reply | undefined): reply is Error =>
  reply instanceof Error && !reply.message.startsWith('WRONGTYPE');

/** Replies to the questions, in order. @throws Error in Redis' words when it refuses */
export function parseTasks([time, beat, ...lengths]: readonly Reply[]): TaskState {
  const refusal = [time, beat, ...lengths].find(isRefusal);
  if (refusal) throw refusal;
  const now = Number(Array.isArray(time) ? time[0] : Number.NaN);
  // It is a whole number in some releases, and has a fraction in others.
  const silentS = typeof beat === 'string' ? now - Number(beat) : Number.NaN;
  return {
    queues: new Map(
      queues.map((queue, index): [string, number] => {
        const length = lengths[index];
        return [queue, typeof length === 'number' && length > 0 ? length : 0];
      }),
    ),
    silentS: Number.isNaN(silentS) ? undefined : silentS,
  };
}
