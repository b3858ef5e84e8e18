import type { PlanAction } from '../../install/events.ts';
import type { State } from '../../observe/types.ts';
import type { Phase } from '../../stack/types.ts';

const actions: Readonly<Record<PlanAction, string>> = {
  create: 'create',
  change: 'change',
  same: 'same',
  conflict: 'conflict',
};
const states: Readonly<Record<State, string>> = {
  waiting: 'waiting',
  running: 'in progress',
  ready: 'ready',
  stopped: 'stopped',
  failed: 'failed',
};
const phases: Readonly<Record<Phase, string>> = { stores: 'phase stores', queue: 'phase queue', app: 'phase app' };

export const cli = {
  commands: {
    install: 'install PostHog, or continue or change an install',
    render: 'print the Kubernetes objects of an install; needs no cluster',
    proof: 'prove again that events are ingested',
    status: 'show every part and why a part is not ready',
    logs: 'show what the parts write',
    restart: 'start the pods of parts anew',
    scale: 'change replicas, CPU and memory of parts',
    sandbox: 'try everything on a simulated Sealos cluster',
  },
  details: {
    install:
      'Installs PostHog into the namespace of your kubeconfig and proves that it ingests events. It can be stopped at any time: the same command continues. Without a terminal it needs --yes.',
    render:
      'Prints the Kubernetes objects that an install would make, in the order they are applied. Needs no cluster.',
    proof: 'Sends events through every part and reads them back: inside the cluster, then through the public address.',
    status:
      'Shows every part of the instance, and the one cause that matters for each that is not ready. Works on instances of the one-click template too.',
    restart:
      'Starts the pods of parts anew, one part after the other, as the Sealos desktop does it, and waits until each is ready. Nothing is lost: what waits in the queue is read afterwards.',
    scale:
      'Changes how many replicas a part has and what each may take: judged first (quota while it rolls, partitions, rollouts under way), then applied one part after the other, each waited for. What is set so already and still on its way is waited for, too. A later `install` keeps it. Works on instances of the one-click template too.',
    logs: 'Shows what the parts of the instance write, merged by time. Every line comes once, whatever becomes of the connection; where the cluster itself has lost lines, that is marked. Works on instances of the one-click template too.',
    sandbox:
      'A simulated Sealos cluster inside this program: nothing is deployed, nothing costs anything. Every command uses it with --sandbox.',
  },
  flags: {
    kubeconfig: 'kubeconfig to use (default: $KUBECONFIG, ~/.kube/config, ~/.sealos/kubeconfig)',
    context: 'context of the kubeconfig',
    namespace: "namespace (default: the context's)",
    output: 'json: one event a line',
    plain: 'plain lines, no screens',
    lang: 'language (default: from the environment)',
    ascii: 'only ASCII characters',
    noColor: 'no colours (as NO_COLOR)',
    readOnly: 'change nothing in the cluster',
    verbose: 'say more about errors',
    help: 'this help',
    version: 'print the version',
    name: 'name of the instance (default: the only one here, else posthog)',
    host: "public host; one word is completed with the cluster's domain",
    size: 'trial, small, medium or large (default: small)',
    values: 'YAML file with answers',
    set: 'one answer, such as components.web.replicas=2',
    mirror: 'pull images of a registry from another host; digests stay',
    adminEmail: 'make this first user, who owns the instance',
    adminPasswordStdin: "read the first user's password from stdin (else one is made and kept in a Secret)",
    yes: 'go on without asking',
    dryRun: 'show the plan and stop',
    conflicts: 'fields that others changed: keep theirs or take them over',
    fix: 'apply the fix of this cause when it appears',
    wait: 'wait until each part is ready (the default)',
    noWait: 'apply all and do not wait',
    scaleTimeout: 'give up waiting after, such as 5m (default: 10m); what is applied stays',
    timeout: 'give up after, such as 45m or 2h (default: 2h)',
    resolve: 'reach HOST at this address instead of asking DNS',
    renderNamespace: 'namespace that the objects are for',
    renderName: 'name of the instance (default: posthog)',
    renderHost: 'public host, complete',
    renderOutput: 'form of the objects (default: yaml)',
    split: 'write one file an object into this folder',
    withSecrets: 'include freshly made secret values',
    watch: 'go on showing what changes',
    follow: 'go on with what is written from now on',
    since: 'only what is younger than, such as 90s, 10m or 2h',
    sinceTime: 'only from this time on, such as 2026-11-23T20:55:00Z',
    tail: 'last lines of each container, or all (default: 500 on a terminal, else all)',
    previous: 'of containers that have restarted, the run before',
    container: 'only this container of each pod',
    allContainers: 'all containers of each pod (the default)',
    grep: 'only lines that fit, a traceback as a whole; several: any of them. (?i) in front: whatever the case',
    not: 'only lines that do not fit, a traceback as a whole',
    level: 'only lines at least as grave',
    timestamps: 'times as Kubernetes wrote them, with nanoseconds',
    fields: 'show these fields of JSON lines, too',
    logsOutput: 'text: read and short; raw: as it was written; json: a record a line',
    save: 'write into this new file instead',
    maxLines: 'end after so many lines',
    buffer: 'how much the screen keeps of all logs together (default: 256)',
    sandbox: 'use the simulated cluster; nothing is deployed',
    detach: 'go on in the background until `sandbox down`',
    speed: 'how many times faster than on Sealos, or max (default: 40)',
    scenario: 'what the sandbox begins with (see `sandbox scenarios`)',
    seed: 'makes names and numbers the same each time',
  },
  help: {
    intro: 'posthog-sealos installs PostHog on Sealos and proves that it ingests events.',
    usage: 'Usage:',
    command: 'COMMAND',
    flags: 'FLAGS',
    flagsTitle: 'Flags:',
    commands: 'Commands:',
    globalFlags: 'Flags of every command:',
    examples: 'Examples:',
    start: 'To begin:',
    steps: [
      'posthog-sealos install --dry-run                                          see what would be made',
      'posthog-sealos install                                                    install; asks what it has to know',
      'posthog-sealos                                                            open the console of what is installed',
      'posthog-sealos render --host posthog.example.com -n ns-1a2b3c4d           look at the objects, no cluster needed',
    ] as readonly string[],
    more: 'More of a command: posthog-sealos COMMAND --help',
    exitCodes:
      'Exit codes: 0 done, 1 failed or not healthy, 2 wrong usage, 3 refused before anything changed, 4 needs confirmation, 5 timed out, 130 interrupted',
  },
  errors: {
    hint: 'Help: posthog-sealos --help',
    hintOf: (command: string) => `Help: posthog-sealos ${command} --help`,
    unknownCommand: (word: string, near: string | undefined) =>
      `There is no command "${word}"${near ? `; did you mean "${near}"?` : '.'}`,
    unknownFlag: (flag: string, command: string | undefined, near: string | undefined) =>
      `${command ?? 'posthog-sealos'} has no flag ${flag}${near ? `; did you mean ${near}?` : '.'}`,
    flagOf: (flag: string, command: string) => `${flag} belongs to \`${command}\`: posthog-sealos ${command} --help`,
    missingValue: (flag: string, value: string) => `${flag} needs a value: ${flag} ${value}`,
    noValue: (flag: string) => `${flag} takes no value.`,
    excess: (word: string) => `"${word}" is one word too many; values belong to flags, such as --name ${word}.`,
    noOutput: (command: string) => `${command} knows no -o.`,
    notOneOf: (flag: string, value: string, allowed: string, near: string | undefined) =>
      `"${value}" cannot be ${flag}: it must be one of ${allowed}${near ? `; did you mean ${near}?` : '.'}`,
    badPair: (flag: string, pair: string, form: string) => `${flag} "${pair}" is not of the form ${form}.`,
    badDuration: (flag: string, value: string) =>
      `"${value}" cannot be ${flag}: write a duration such as 90s, 45m, 2h or 1h30m.`,
    badResolve: (value: string) => `--resolve "${value}" is not of the form HOST:PORT:ADDR.`,
    badResolveHint: 'Example: --resolve posthog.example.com:443:203.0.113.7',
    passwordWithoutEmail: '--admin-password-stdin needs --admin-email: the password of whom?',
    passwordEmpty:
      '--admin-password-stdin was given, but stdin is empty. Leave it out, and a password is made and kept in a Secret.',
    passwordLong: (longest: number) => `The password on stdin must be one line of at most ${longest} characters.`,
    renderHost: 'render needs the complete public host, because it asks no cluster: --host posthog.example.com',
    renderNamespace: 'render needs the namespace: -n ns-1a2b3c4d',
    badNamespace: (given: string) =>
      `"${given}" is no name of a namespace: lower-case letters, digits and hyphens, at most 63.`,
    valuesAlias: (file: string, line: number) =>
      `${file}:${line}: anchors and aliases (& and *) are not understood in a values file; write the value itself.`,
    splitForeign: (folder: string, file: string) =>
      `The folder ${folder} holds ${file}, which is not of an earlier render. Nothing was written; give an empty or a new folder.`,
    splitUnusable: (folder: string, why: string) =>
      `The folder ${folder} cannot be written: ${why}. Nothing was changed.`,
  },
  plain: {
    todo: (what: string) => `To do: ${what}`,
    memory: (amount: string) => `memory ${amount}`,
    restarts: (count: number) => `${count} ${count === 1 ? 'restart' : 'restarts'}`,
    consent: 'Go on? [y/N] ',
    subject: (name: string, size: string, url: string) => `PostHog ${name}, size ${size}, at ${url}`,
    owner: (email: string) => `First admin: ${email}`,
    noOwner: 'No first user is named (--admin-email): whoever signs up first owns it.',
    plan: (create: number, change: number, same: number, conflict: number) =>
      `Plan: ${create} to create, ${change} to change, ${same} stay the same${conflict > 0 ? `, ${conflict} held by others` : ''}`,
    actions,
    heldBy: (field: string, manager: string) => `${field} is held by "${manager}"`,
    needs: (demand: string) => `Needs at most ${demand}`,
    minutes: (from: number, to: number) =>
      `Usually takes ${from} to ${to} minutes${to > 20 ? ', most of it migrations' : ''}`,
    phase: (phase: Phase) => phases[phase],
    states,
    verdicts: { ok: 'ok', warn: 'warn', fail: 'fail' },
    cause: (why: string) => `why: ${why}`,
    fix: (command: string) => `fix: ${command}`,
    left: (duration: string) => `about ${duration} left`,
    done: (url: string) => `PostHog is ready and ingests events: ${url}`,
    doneUnproven: (url: string) => `PostHog runs: ${url}`,
    about: (object: string) => `About: ${object}`,
  },
  interrupted: 'Interrupted.',
  interruptedHint: (command: string) =>
    `Kubernetes goes on with what was applied (a migration finishes), but nothing later starts until you come back: ${command}`,
  interruptedSandbox: (command: string) =>
    `What was made is kept. Time stands still in the sandbox until somebody uses it again; to continue: ${command}`,
  interruptedUnchanged: (command: string) => `Nothing was changed. To begin again: ${command}`,
  dryRunDone: 'Nothing was changed: --dry-run only shows the plan.',
  outputFailed: (why: string) => `The output cannot be written (${why}).`,
  outputFailedHint: 'Look at where it is sent to: the disk may be full.',
  bug: (message: string) => `This is a mistake in posthog-sealos: ${message}`,
  bugHint:
    'Run the same command with -v and report what it prints. The cluster is as the last lines say; installing again continues.',
};
