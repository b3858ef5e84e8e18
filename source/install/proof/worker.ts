/** Background work: the worker's heartbeat and what waits in its queues (stack-spec H.3, hop 10; posthog-stack 5.6). */
import { askRedis } from '../../observe/sources/resp.ts';
import { componentOf } from '../../stack/components.ts';
import { logHint } from './answers.ts';
import type { Hop } from './hop.ts';

const redisPort = 6379;
const answerMs = 15_000;
/** PostHog itself calls a worker offline from then on. */
const silentAfterS = 300;

export const workerHop: Hop = {
  id: 'worker',
  leg: 'inside',
  needs: [],
  timeoutMs: 180_000,
  async run(run, signal) {
    const pod = await run.pods.podOf('redis', signal);
    const soon = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
    const connection = await run.outside.cluster.portForward(pod, redisPort, { signal: soon });
    const commands = [
      ['AUTH', run.credentials.redisPassword],
      ['TIME'],
      ['GET', 'POSTHOG_HEARTBEAT'],
      ...componentOf('worker').queues.map((queue) => ['LLEN', queue]),
    ];
    const [auth, time, beat, ...lengths] = await askRedis(connection, commands, soon);
    if (auth instanceof Error) {
      const text = run.clean(auth.message);
      return { ok: false, message: (t) => t.proof.fault.redisRefuses(text), hint: logHint(run, 'redis') };
    }
    // By Redis' own clock: this machine's may be wrong.
    const age = Math.round(Number(Array.isArray(time) ? time[0] : Number.NaN) - Number(beat ?? Number.NaN));
    if (Number.isNaN(age))
      return { ok: false, message: (t) => t.proof.fault.noHeartbeat, hint: logHint(run, 'worker') };
    if (age >= silentAfterS)
      return { ok: false, message: (t) => t.proof.fault.oldHeartbeat(age), hint: logHint(run, 'worker') };
    const waiting = lengths.reduce<number>((sum, length) => sum + (typeof length === 'number' ? length : 0), 0);
    return { ok: true, message: (t) => t.proof.ok.worker(Math.max(0, age), waiting) };
  },
};
