/** What work costs, to compare with other work: time on the clock counts whatever else the machine does. */

/** Some systems count in steps of so many milliseconds. */
const stepMs = 10;

/** Milliseconds that this thread has calculated for it. Less than a step is told as one: nothing can be less than none. */
export function cpuMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return Math.max(stepMs, (user + system) / 1000);
}
