/** What work costs, to compare with other work: time on the clock counts whatever else the machine does. */

/** Milliseconds that this thread has calculated for it; some systems count in steps of ten. */
export function cpuMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
