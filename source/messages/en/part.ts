/** One part in detail. */
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

export const part = {
  headings: {
    now: 'Now',
    pods: 'Pods',
    queue: 'Queue',
    around: 'Around it',
    containers: 'Containers',
    events: 'Events',
    environment: 'Environment',
  },
  actions: (part: string) => `What to do with ${part}`,
  of: (ready: number, desired: number, word: string | undefined) =>
    `${ready} of ${desired} ready${word === undefined ? '' : `: ${word}`}`,
  cpu: (used: string) => `CPU ${used}`,
  memory: (used: string) => `memory ${used}`,
  unmeasured: 'CPU and memory in use are not told here: what they may take stands below.',
  restarts: (count: number, ago: string | undefined) =>
    `${count} ${count === 1 ? 'restart' : 'restarts'}${ago === undefined ? '' : `, the last ${ago} ago`}`,
  fix: (what: string) => `What helps: ${what} (f).`,
  fixElsewhere: (what: string) => `What helps: ${what}.`,
  noPods: 'There are none.',
  leaving: 'on its way out',
  node: (name: string) => `on ${name}`,
  age: (ago: string) => `${ago} old`,
  waits: (reason: string) => `waits: ${reason}`,
  ended: (reason: string, code: number | undefined, ago: string | undefined) =>
    `ended${ago === undefined ? '' : ` ${ago} ago`}: ${reason}${code === undefined ? '' : ` (exit ${code})`}`,
  endedBefore: 'before that, it',
  resources: (cpu: string, memory: string, disk: string) => `CPU ${cpu}, memory ${memory}, temporary disk ${disk}`,
  between: (request: string, limit: string) => `${request} to ${limit}`,
  unlimited: 'no limit',
  first: 'runs first, and ends',
  probes: {
    startup: (what: string, every: string, count: number) =>
      `has started when ${what} works: tried every ${every}, ${times(count)}`,
    readiness: (what: string, every: string) => `ready while ${what} works, tried every ${every}`,
    liveness: (what: string, every: string, count: number) =>
      `started anew when ${what} fails ${times(count)}, tried every ${every}`,
  },
  port: (port: string) => `port ${port}`,
  secret: (name: string, key: string) => `from Secret ${name}, key ${key}`,
  config: (name: string, key: string) => `from ConfigMap ${name}, key ${key}`,
  field: (path: string) => `of the pod: ${path}`,
  all: (kind: string, name: string) => `all of ${kind} ${name}`,
  nothingWaits: 'Nothing waits.',
  unknown: 'The queue has not told yet what waits.',
  reads: (group: string, topic: string, lag: string) => `${group} reads ${topic}: lag ${lag}`,
  partition: (number: string, lag: string) => `partition ${number}: lag ${lag}`,
  rates: (inPerS: string, outPerS: string) => `in ${inPerS}/s, out ${outPerS}/s`,
  emptyIn: (time: string) => `empty in ${time}`,
  needs: (parts: string) => `needs ${parts}`,
  neededBy: (parts: string) => `needed by ${parts}`,
  alone: 'No single part waits for it; each phase starts when the one before it is ready.',
  noEvents: 'Nothing has happened lately.',
  more: (count: number) => `${count} more: e`,
};
