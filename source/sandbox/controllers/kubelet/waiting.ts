/** How long the kubelet waits before it tries again, and how it says so (pkg/kubelet: MaxContainerBackOff, maxImageBackOff). */

export const longestBackOff = 300_000;
/** At the highest speed, what fails is tried again no sooner than this, in milliseconds of true time. */
export const floor = 50;

/** Ten seconds, doubled each time up to five minutes. @param times how often it waited before */
export const backOffAfter = (times: number): number => Math.min(10_000 * 2 ** times, longestBackOff);

/** As Go writes durations, to the millisecond. */
export function goDuration(ms: number): string {
  const whole = Math.round(ms);
  if (whole < 1000) return `${whole}ms`;
  const minutes = Math.floor(whole / 60_000);
  const seconds = `${(whole % 60_000) / 1000}s`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
