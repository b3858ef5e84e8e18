/** A program of its own that serves the sandbox until it is killed. */
import { systemContext } from '../../../source/commands/system.ts';
import { joinSandbox } from '../../../source/sandbox/join.ts';

const signal = new AbortController().signal;
await joinSandbox({
  context: systemContext('0.0.0-test'),
  signal,
  complain: (who, error) => console.error(who, error),
});
setInterval(() => {}, 60_000);
