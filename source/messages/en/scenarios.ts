/** What the sandbox can begin with, and what a good console finds in it. */
export const scenarios = {
  fresh: { summary: 'an empty workspace', finds: 'nothing is wrong: an install goes through' },
  running: {
    summary: 'a finished small install with a few days of light use',
    finds: 'everything is ready, the proof passes',
  },
  busy: {
    summary: 'a large install that takes in 1,200 events a second',
    finds: 'everything is ready, no backlog lasts, ClickHouse and its disk have the most to do',
  },
  backlog: {
    summary: 'a small install to which more events come than one ingestion reads',
    finds: 'ingestion falls behind: more partitions are read at once when it is scaled',
  },
  'quota-tight': {
    summary: 'a workspace whose quota is too small and was enlarged today already',
    finds: 'the quota refuses pods, by name of what is short; it is enlarged tomorrow at the earliest',
  },
  'image-pull': {
    summary: 'a registry that cannot be reached from the cluster',
    finds: 'the image cannot be fetched; a mirror helps',
  },
  'volume-pending': {
    summary: 'a platform without a usual kind of disk',
    finds: 'volumes are never made; their pods wait for them',
  },
  'redis-wrong-password': {
    summary: 'a finished install whose Redis got another password',
    finds: 'plugins ends with WRONGPASS; `install` corrects the address that it reads',
  },
  'pg-not-ready': { summary: 'a PostgreSQL that never finds a leader', finds: 'everything waits for PostgreSQL' },
  'init-job-failed': {
    summary: 'a PostgreSQL that lets nobody make a database',
    finds: 'db-init has failed, with the words of PostgreSQL',
  },
  'ingress-slow': {
    summary: 'a gateway that takes minutes to learn of a new address',
    finds: 'everything is ready while the public address still answers 404; it comes by itself',
  },
  'certificate-pending': {
    summary: "a gateway that shows its own certificate in place of the address's",
    finds: 'the public address is not trusted: its certificate is not there yet',
  },
  'clickhouse-disk': {
    summary: 'a running install whose ClickHouse has no room left on its disk',
    finds: 'events are taken in and wait, none reaches ClickHouse',
  },
  'bucket-full': {
    summary: 'a running install whose bucket is full',
    finds: 'events arrive, recordings are not stored',
  },
  'oom-web': {
    summary: 'a running install whose web needs more memory than it may use',
    finds: 'web is ended for its memory again and again',
  },
  debt: {
    summary: 'a workspace that was stopped for debt',
    finds: 'the account is in debt: nothing runs until it is topped up',
  },
  'template-install': {
    summary: 'an instance of the one-click template, with its defects',
    finds:
      'an instance that this program did not make: no part reads the events, no Service leads to capture, recordings and flags',
  },
  'old-kubeblocks': { summary: 'a cluster with KubeBlocks 0.8', finds: 'nothing is wrong: an install goes through' },
  'two-managers': {
    summary: 'a running install of which kubectl changed a part',
    finds: 'a change of web meets another manager: it is kept or taken over, never overwritten unasked',
  },
};
