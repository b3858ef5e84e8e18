export const cause = {
  debt: 'The account is in debt, so Sealos has stopped this workspace. Top it up in the Sealos desktop.',
  resources: { cpu: 'CPU', memory: 'memory', storage: 'disk', pods: 'pods' },
  lack: (resource: string, more: string, used = '?', limit = '?') =>
    `${resource}: ${more} more asked, ${used} of ${limit} taken`,
  and: '; ',
  quota: (lacks: string) =>
    `No room left in the workspace (${lacks}). Sealos does not enlarge this by itself: make room (scale parts down), or ask Sealos for more.`,
  quotaHeals: (lacks: string) =>
    `No room left in the workspace (${lacks}). Sealos usually enlarges this by itself within minutes, once a day.`,
  quotaDays: (lacks: string, days: number) =>
    `No room left in the workspace (${lacks}). Sealos enlarges this by itself once a day, and would need ${days} days: make room (scale parts down), or ask Sealos for more.`,
  quotaEnlarged: (lacks: string) =>
    `No room left in the workspace (${lacks}). Sealos has enlarged it today and does so once a day: wait, make room (scale parts down), or ask Sealos for more.`,
  limitRange: 'It asks for more than this namespace allows one container.',
  podSecurity: 'The security rules of this namespace refuse its pods.',
  rights: 'The cluster refuses to create its pods for lack of rights.',
  databaseVersion: (component: string) => `This cluster does not offer the version of ${component} that is asked for.`,
  imageMissing: (image: string) => `The image ${image} is not to be found in its registry.`,
  imagePull: (image: string) =>
    `The image ${image} cannot be fetched; its registry may be hard to reach from here. A mirror helps.`,
  imageMirror: (image: string) =>
    `The image ${image} cannot be fetched from the mirror: its address may be wrong, or it does not hold this image. Give another mirror.`,
  imageLimited: (image: string) =>
    `The registry limits how often images may be fetched (${image}). It is tried again by itself; a mirror helps.`,
  volume: (component: string) => `The disk of ${component} cannot be provided.`,
  unschedulable: 'No node of the cluster has room for it now.',
  secretMissing: 'A Secret or a key in it is not there yet.',
  configMissing: 'A part of its configuration is not there yet.',
  oom: (component: string) => `${component} needs more memory than it may use, and was ended for it.`,
  evicted: (component: string) => `${component} wrote more to its temporary disk than it may, and was thrown out.`,
  redisAuth: (component: string) => `${component} cannot reach Redis: wrong password.`,
  databaseAuth: (component: string) => `${component} cannot reach PostgreSQL: wrong password.`,
  crash: (component: string) => `${component} ends again and again by itself.`,
  probe: (component: string) => `${component} runs but does not answer its health check.`,
  jobFailed: (job: string) => `${job} has failed and used up its retries.`,
  databaseFailed: (component: string) => `The platform reports that ${component} has failed.`,
  bucket: 'The platform has not handed out the keys of the bucket yet; usually that takes seconds.',
  dependency: (components: string) => `It waits for ${components}.`,
  pulling: (component: string) => `${component} is fetched and prepared; the first time its images may take minutes.`,
  starting: (component: string) => `${component} is starting.`,
};
