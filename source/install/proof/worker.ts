/** Background work: the worker's heartbeat and what waits in its queues (stack-spec H.3, hop 10; posthog-stack 5.6). */
import { HeldRedis } from '../../observe/sources/held-redis.ts';
import { parseTasks, redisPort, taskQuestions } from '../../observe/sources/redis.ts';
import { isSilent } from '../../observe/tasks.ts';
import { logHint } from './answers.ts';
import type { Hop } from './hop.ts';

const answerMs = 15_000;

export const workerHop: Hop = {
  id: 'worker',
  leg: 'inside',
  needs: [],
  timeoutMs: 180_000,
  async run(run, signal) {
    const pod = await run.pods.podOf('redis', signal);
    const soon = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
    const redis = new HeldRedis(() => run.outside.cluster.portForward(pod, redisPort, { signal: soon }));
    const questions = [['AUTH', run.credentials.redisPassword], ...taskQuestions];
    const [auth, ...replies] = await redis.ask(questions, soon).finally(() => redis.close());
    if (auth instanceof Error) {
      const text = run.clean(auth.message);
      return { ok: false, message: (t) => t.proof.fault.redisRefuses(text), hint: logHint(run, 'redis') };
    }
    const { silentS, queues } = parseTasks(replies);
    if (silentS === undefined)
      return { ok: false, message: (t) => t.proof.fault.noHeartbeat, hint: logHint(run, 'worker') };
    const age = Math.max(0, Math.round(silentS));
    if (isSilent(silentS))
      return { ok: false, message: (t) => t.proof.fault.oldHeartbeat(age), hint: logHint(run, 'worker') };
    const waiting = [...queues.values()].reduce((sum, each) => sum + each, 0);
    return { ok: true, message: (t) => t.proof.ok.worker(age, waiting) };
  },
};
