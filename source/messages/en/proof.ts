export const proof = {
  waiting: (hop: string, what: string) => `${hop} waits: ${what}`,
  notTried: (hop: string) => `not tried, because ${hop} failed`,
  ok: {
    web: 'web answers, and so does everything behind it',
    account: (project: string) => `signed in with the kept API key, project ${project}`,
    capture: 'sent an event to capture',
    capturePublic: (address: string) => `sent an event to ${address}`,
    topic: (topic: string) => `it is in the queue: ${topic}`,
    ingestion: 'ingestion took it, nothing waits',
    ingestionDropped: 'ingestion took it and dropped it, as it must: there is no project yet',
    clickhouse: 'ClickHouse read it from the queue',
    row: 'it is in ClickHouse',
    rowWithCity: (place: string) => `it is in ClickHouse, with its place: ${place}`,
    rowWithoutCity: 'it is in ClickHouse, but without a city',
    query: 'the product shows it',
    definitions: 'the lists of events and properties know it',
    flags: 'feature flags answer',
    flagsRefuse: 'feature flags answer, and refuse an unknown key',
    config: 'the SDK configuration is served',
    configRefuse: 'the SDK configuration answers, and knows no unknown key',
    replay: 'a recording was stored and read back',
    replayTaken: 'a recording was taken as far as its ingestion',
    worker: (age: number, waiting: number) => `background work runs: heartbeat ${age} s ago, ${waiting} tasks wait`,
    consumers: (tables: number) => `ClickHouse reads the queue into all ${tables} tables`,
    setup: 'ClickHouse has its functions, collections and clusters',
    dns: (host: string, addresses: string) => `${host} resolves to ${addresses}`,
    connection: 'the public address takes connections',
    connectionTls: 'the public address takes connections, with a valid certificate',
    webPublic: (url: string) => `${url} answers`,
  },
  fault: {
    unreachable: (why: string) => `no answer: ${why}`,
    noPod: (component: string) => `no pod of ${component} is ready`,
    status: (component: string, status: number, body: string) =>
      `${component} answered ${status}${body === '' ? '' : `: ${body}`}`,
    gateway: (status: number) => `the gateway answered ${status}: it has no route to PostHog yet`,
    html: (status: number) => `a web page came (${status}) where data was due: the request went to the wrong service`,
    parts: (parts: string) => `web says that this does not work: ${parts}`,
    noKey: (secret: string) => `there is no API key in the Secret ${secret}`,
    keyRefused: (secret: string) => `PostHog refuses the API key of the Secret ${secret}`,
    notQueued: (topic: string) => `it was accepted, but did not arrive in the queue ${topic}`,
    neverRead: (group: string, topic: string) => `nobody has read ${topic} yet: the group ${group} never committed`,
    behind: (group: string, messages: number) =>
      `it still waits in the queue: ${group} is ${messages} ${messages === 1 ? 'message' : 'messages'} behind`,
    notProcessed: 'ingestion read it but passed nothing on: its project or person could not be written',
    notConsumed: (topic: string, exception: string) =>
      `ClickHouse has not read it from ${topic}${exception === '' ? '' : `: ${exception}`}`,
    noRow: 'ClickHouse read it, but there is no such event',
    queryFailed:
      'the event is stored, but the product cannot show it: web answered 500, which means that PersonHog is missing or down',
    notListed: 'the event is stored, but the product does not list it',
    undefinedEvent: (event: string) => `the lists of the product do not know ${event}`,
    configStale: 'feature flags answer, but say that recording is off while the project has it on',
    configMissing: 'the SDK configuration of the project is missing',
    notStored: 'the recording was taken, but is not stored',
    noBlocks: 'the recording is stored, but nothing of it can be listed',
    redisRefuses: (why: string) => `Redis refuses: ${why}`,
    noHeartbeat: 'the worker has never given a sign of life',
    oldHeartbeat: (age: number) => `the last sign of life of the worker is ${age} s old`,
    unassigned: (tables: string) =>
      tables === ''
        ? 'ClickHouse has no table that reads the queue'
        : `these ClickHouse tables read nothing from the queue: ${tables}`,
    setup: (functions: number, least: number, missing: string) =>
      `ClickHouse lacks what PostHog needs: ${functions} of ${least} functions${missing === '' ? '' : `; missing: ${missing}`}`,
    dns: (host: string) => `${host} has no address in DNS`,
    refused: (url: string) => `${url} refuses connections`,
    timeout: (url: string) => `${url} does not answer in time`,
    selfSigned: (url: string) =>
      `the certificate of ${url} is self-signed, or signed by an authority that this machine does not know`,
    certificate: (url: string, why: string) => `the certificate of ${url} is not valid: ${why}`,
    broken: (url: string, why: string) => `the connection to ${url} breaks: ${why}`,
  },
  hint: {
    log: (component: string, app: string) =>
      `Look at its log: \`kubectl logs -l posthog-sealos/instance=${app},posthog-sealos/component=${component} --all-containers --tail 50\``,
    status: '`posthog-sealos status` shows what does not run, and why.',
    newKey:
      'Run `posthog-sealos install` with --admin-email and the password (--admin-password-stdin): it makes a new key.',
    gateway: (app: string) =>
      `This passes within minutes of an install. If it stays: \`kubectl describe ingress ${app}\``,
    route: (app: string) =>
      `Compare the paths of \`kubectl get ingress ${app} -o yaml\` with a fresh \`posthog-sealos render\`.`,
    topics: (app: string) =>
      `A topic may be missing: \`kubectl logs -l posthog-sealos/instance=${app},posthog-sealos/component=topics --tail 50\`, and look at the log of clickhouse.`,
    pastError: (why: string) => `Its last error, which may be over: ${why}`,
    sync: (app: string) =>
      `Write the configuration anew: \`kubectl exec deploy/${app} -- python /scripts/sync-remote-config.py\``,
    city: 'Events will have no place. That is right if you came from a private address; else the gateway hides the visitors, or the file of places is missing in plugins.',
    recordingOff:
      'Session recording is off in the settings of the project, so nothing is stored. That is your choice and was left alone.',
    dns: 'For a domain of your own, create a CNAME to the address that Sealos gives. New names may take minutes.',
    tcp: 'Is the address right, and is it open from this machine? A firewall or proxy on the way can cause this too.',
    selfSigned:
      'If that is your platform, let this program trust it: NODE_EXTRA_CA_CERTS=ca.pem posthog-sealos proof. Browsers and SDKs need the same trust.',
    certificate: 'Look at the certificate of the address in a browser. A custom domain needs one of its own.',
  },
  admin: {
    refused: (status: number, why: string) => `PostHog does not take the first admin (${status}): ${why}`,
    refusedHint: 'Correct the e-mail address or the password, then run install again: it continues.',
    taken: 'Somebody has signed up already, and neither the kept password nor yours opens that account.',
    takenHint:
      'Give the e-mail address and the password of that account (--admin-email, --admin-password-stdin), or leave --admin-email out.',
    unreachable: (why: string) => `The first admin could not be made, because web did not answer: ${why}.`,
  },
};
