import type { LimitProblem, Shortage } from '../../install/quota.ts';
import type { Demand } from '../../stack/demand.ts';
import { gibibytes, rounded } from '../../text/bytes.ts';

const dimensions = {
  pods: 'pods',
  cpu: 'CPU',
  memory: 'memory',
  ephemeral: 'temporary disk',
  storage: 'disk',
  buckets: 'buckets',
} as const;
const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
const amount = (dimension: keyof typeof dimensions, value: number): string => {
  const left = Math.max(0, value);
  if (dimension === 'pods' || dimension === 'buckets') return String(Math.floor(left));
  return dimension === 'cpu' ? rounded(left) : gibibytes(left);
};

export const install = {
  demand: ({ pods, cpu, memory, storage }: Demand) =>
    `${rounded(cpu)} CPU, ${gibibytes(memory)} memory, ${gibibytes(storage)} disk, ${pods} pods`,
  several: (names: string) => `There are several PostHog instances here: ${names}.`,
  severalHint: (example: string) => `Say which one: --name ${example}`,
  noInstance: (namespace: string) => `There is no PostHog in the namespace ${namespace}.`,
  noInstanceNamed: (name: string, namespace: string) =>
    `There is no PostHog named ${name} in the namespace ${namespace}.`,
  noInstanceHint: 'Install one: `posthog-sealos install`. Another namespace: -n NAMESPACE.',
  noRecord: (name: string) => `${name} was not made by this program, so there is no record to prove it by.`,
  noRecordHint: '`posthog-sealos status` works on it.',
  timeout: (duration: string) => `It was not ready after ${duration} (--timeout).`,
  timeoutLast: (what: string) => `The last that was heard: ${what}`,
  timeoutHint:
    'Kubernetes goes on with what was applied. Run `posthog-sealos install` again to continue, or `posthog-sealos status` to look.',
  preflightFailed: (checks: string) => `Nothing was created, because these checks failed: ${checks}.`,
  preflightFailedHint: 'Each check above says what to do. Then run the same command again.',
  conflict: (object: string, field: string, manager: string) =>
    `${object}: ${field} was changed by "${manager}"; this install would change it back.`,
  conflictHint:
    'Nothing was changed. `--conflicts keep` leaves those fields as they are, `--conflicts take` sets them as planned.',
  readOnly: 'Nothing was changed: --read-only is set.',
  readOnlyHint: 'Leave --read-only out to install; `--dry-run` shows the plan.',
  readOnlyProof: 'The proof sends test events to PostHog. Leave --read-only out to send them.',
  declined: 'Nothing was changed.',
  unfinished: (name: string) => `The install of ${name} was not finished; \`posthog-sealos install\` continues it.`,
  needsConsent: 'Nothing was changed: the plan above needs your consent.',
  needsConsentHint: 'Run the same command with --yes.',
  cutOff: 'The connection to the cluster is lost; trying again. What is shown may be old.',
  connected: 'The connection to the cluster is back.',
  scaledToZero: 'scaled to 0 by somebody',
  unprovable: (stopped: string) =>
    `Not proven: ${stopped} has 0 replicas, as set by \`scale\`. \`posthog-sealos proof\` proves it once all parts run.`,
  waitsFor: (components: string) => `waits for ${components}`,
  status: {
    ours: ({
      name,
      namespace,
      url,
      size,
      release,
    }: Readonly<Record<'name' | 'namespace' | 'url' | 'size' | 'release', string>>) =>
      `PostHog ${name} in ${namespace}: ${url} (size ${size}, release ${release})`,
    other: (name: string, namespace: string, url: string | undefined, template: boolean) =>
      `PostHog ${name} in ${namespace}${url === undefined ? '' : `: ${url}`}, ${template ? 'made by the one-click template' : 'whose record cannot be read'}`,
    ready: (ready: number, stopped: number, all: number, isTold: boolean) =>
      ready + stopped === all
        ? stopped === 0
          ? `All ${all} parts are ready.`
          : `${ready} of ${all} parts are ready, ${stopped} stopped as wanted.`
        : `${ready} of ${all} parts are ready${isTold ? '; why the others are not stands above' : ''}.`,
  },
  proofFailed: (hops: string) => `PostHog runs, but the proof failed at: ${hops}.`,
  proofFailedHint: 'The line of that step says what to look at. `posthog-sealos proof` tries again.',
  done: {
    signIn: (email: string) =>
      `Sign in as ${email}. Session recording is on in the first project; it can be turned off in its settings.`,
    signInKept: (email: string, secret: string, namespace: string) =>
      `Sign in as ${email}. The password is kept in the Secret ${secret}: kubectl -n ${namespace} get secret ${secret} -o jsonpath='{.data.password}' | base64 -d\nSession recording is on in the first project; it can be turned off in its settings.`,
    noAdmin: (url: string) =>
      `Not fully proven: without a first user no event can be followed to the end. Whoever signs up first at ${url} owns this PostHog, so do it now, or run install with --admin-email.`,
  },
  ledger: {
    newer: 'This instance was last changed by a newer posthog-sealos.',
    newerHint: 'Use the newest one: `npx posthog-sealos@latest`.',
    damaged: 'The record of this install cannot be read.',
    damagedHint: (name: string) =>
      `Look at it: \`kubectl get configmap ${name} -o yaml\`. Deleting it is safe: the next install writes it anew from your answers.`,
  },
  lock: {
    held: (holder: string) => `Another posthog-sealos is at work on this instance: ${holder}.`,
    hint: 'Wait until it has ended, or end it there. `posthog-sealos status` shows what it does.',
    waiting: (holder: string) => `${holder} held the lock last; waiting up to 30 s to see whether it still runs.`,
    lost: 'Another posthog-sealos took over this instance, or the lock could not be renewed.',
    lostHint: 'Nothing is lost: run `posthog-sealos install` again to continue.',
  },
  unchangeable: {
    admin: (owner: string, other: string) =>
      `The first user of this PostHog is ${owner}; install cannot make ${other} that.`,
    adminHint: 'Leave --admin-email out, and invite others in PostHog itself.',
    release: (from: string, to: string) => `This instance runs release ${from}; install cannot change it to ${to}.`,
    volume: (volume: string, from: string, to: string) =>
      `The volume ${volume} is ${from}; install cannot make it ${to}.`,
    volumeHint: (size: string) =>
      `Volumes keep their size here. Keep --size ${size} and give single components more CPU or memory with --set components.<id>.memory=...`,
  },
  fix: {
    applying: (what: string, command: string) => `Fix: ${what} (${command})`,
    restart: (component: string) => `restart ${component}`,
    secretValue: 'read the password again and restart, one by one, everything that uses it',
    recreateJob: (component: string) => `run the Job ${component} again`,
    mirror: 'pull the images from a mirror: the same digests from another host',
  },
  run: {
    address: (url: string, why: string) => `Everything runs, but ${url} does not answer: ${why}.`,
    addressWaits: (url: string, why: string) => `waits for ${url} to answer: ${why}`,
    addressStatus: (status: number) => `the gateway answers with HTTP ${status}`,
    addressHint:
      'DNS and the gateway may need longer. Run `posthog-sealos install` again to look once more; --resolve HOST:PORT:ADDR reaches the gateway without DNS.',
    addressTlsHint:
      'A platform with a certificate of its own: give its authority in NODE_EXTRA_CA_CERTS, then run `posthog-sealos install` again.',
    noCause: 'no reason could be found in the cluster',
    failed: (component: string, why: string) => `${component} failed: ${why}`,
    standstill: (component: string, minutes: number, why: string) =>
      `${component} has not come further for ${minutes} minutes: ${why}`,
    hint: (component: string) =>
      `Look at its log: \`kubectl logs -l posthog-sealos/component=${component} --all-containers --tail 50\`. Then run \`posthog-sealos install\` again: it continues.`,
    fixHint: (cause: string) =>
      `Run \`posthog-sealos install --yes --fix ${cause}\`: it continues and applies the fix.`,
  },
  remains: {
    left: (
      {
        workloads,
        volumes,
        databases,
        buckets,
      }: { workloads: number; volumes: number; databases: number; buckets: number },
      commands: { app: readonly string[]; data: readonly string[] },
    ) =>
      [
        `Left in the cluster and still costing: ${[counted(workloads, 'workload'), counted(volumes, 'volume'), counted(databases, 'database'), counted(buckets, 'bucket')].join(', ')}. Running install again continues with them.`,
        'To remove the app and keep the data:',
        ...commands.app.map((line) => `  ${line}`),
        'To remove the data too (this cannot be undone):',
        ...commands.data.map((line) => `  ${line}`),
      ].join('\n'),
  },
  preflight: {
    api: (version: string, namespace: string) => `Kubernetes ${version} answers, namespace ${namespace}`,
    apiOld: (version: string) => `Kubernetes ${version} is older than 1.28, the oldest this was made for.`,
    apis: (generation: string) => `this is Sealos, with KubeBlocks ${generation}`,
    apisMissing: (missing: string) => `This does not look like Sealos: the cluster does not serve ${missing}.`,
    apisMissingHint: 'Use the kubeconfig that the Sealos desktop offers for your workspace.',
    rights: (count: number) => `your token may do all ${count} things that an install needs`,
    rightsReadOnly: (missing: string) => `Your token may only read here. Missing: ${missing}.`,
    rightsMissing: (missing: string) => `Your token lacks rights: ${missing}.`,
    rightsHint: 'Ask the owner of the workspace for the role Owner or Manager, then download the kubeconfig again.',
    debt: 'The account of this workspace is in debt: Sealos has stopped it, and nothing can start.',
    debtHint: 'Top up the account in the Sealos desktop. Data is deleted about 14 days after the debt began.',
    noDebt: 'the account is not in debt',
    quota: (needed: string) => `the space is enough: at most ${needed}`,
    shortage: ({ dimension, needed, free, hard }: Shortage) =>
      `${dimensions[dimension]}: ${amount(dimension, needed)} needed at the peak, ${amount(dimension, free)} of ${amount(dimension, hard)} free.`,
    quotaHeals:
      'Sealos enlarges this by itself when pods ask for it, at most once a day: where that is not enough, some parts wait until tomorrow. A smaller size does not wait.',
    quotaLater:
      'What runs fits. A later change needs this room for a short time: free it, or ask Sealos for more, before you change anything.',
    quotaHint: (size: string) =>
      `Choose a smaller size than ${size}, remove what you do not need in this workspace, or ask Sealos for more.`,
    limitRange: ({ container, resource, limit, bound }: LimitProblem) =>
      `${container} needs ${limit} ${resource}; a LimitRange here allows ${bound} at most.`,
    limitRangeHint: 'Choose a smaller size, or ask who runs this cluster to raise the LimitRange.',
    limitRangeFine: 'no container is larger than allowed',
    nameFree: (name: string) => `the name ${name} is free`,
    nameOurs: (name: string) => `${name} is here already and made by this program`,
    nameTaken: (name: string) =>
      `Something else here is named ${name}, perhaps a PostHog of the one-click template. It is left alone.`,
    nameTakenHint: (name: string) => `Choose another name, such as --name ${name}-2.`,
    dataNone: 'no data of an earlier install',
    dataKept: 'data of an earlier install is here, with its keys',
    secretLost: (secret: string, database: string) =>
      `The database ${database} is here, but the Secret ${secret} with its keys is gone. New keys would make what it holds unreadable.`,
    keysLost: (secret: string, keys: string, database: string) =>
      `The database ${database} is here, but its Secret ${secret} has lost ${keys}. New keys would make what it holds unreadable.`,
    secretLostHint: (name: string) => `Restore the Secret from a backup, or install under another name than ${name}.`,
    storage: 'object storage is here',
    storageOwn: (endpoint: string) => `your own object storage at ${endpoint} is used`,
    storageMissing: 'This cluster has no object storage, which PostHog needs for recordings and exports.',
    storageMissingHint:
      'Give your own S3: --set s3.endpoint=..., s3.bucket, s3.accessKey, and s3.secretKey in a values file.',
    domain: (domain: string) => `public addresses end with ${domain}`,
    domainUnknown: 'The domain for public addresses could not be found.',
    domainHint: 'Give a complete host: --host posthog.example.com',
    host: (host: string, addresses: string) => `${host} resolves to ${addresses}`,
    hostTaken: (host: string, ingress: string) => `${host} is used by the Ingress ${ingress} already.`,
    hostTakenHint: 'Choose another one: --host NAME',
    hostTooDeep: (host: string, domain: string) =>
      `${host} has more than one label before ${domain}; the certificate of Sealos covers only one.`,
    hostTooDeepHint: (domain: string) => `Use a host such as posthog.${domain}.`,
    hostUnresolved: (host: string) => `${host} has no address in DNS yet.`,
    hostUnresolvedHint: (target: string | undefined) =>
      `For a domain of your own, create a CNAME to ${target ?? 'the address that Sealos gives'}. The install goes on; the public address works once DNS does.`,
    ownHostUnresolvedHint: (host: string) =>
      `Sealos serves every name of its domain, so look at the DNS of this machine; or tell where the gateway is: --resolve ${host}:443:ADDR with --host ${host}.`,
  },
};
