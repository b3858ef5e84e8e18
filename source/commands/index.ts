/** The commands as records. Their code is loaded when one is run, so that help costs nothing. */
import type { ExitCode } from '../errors.ts';
import { logging, type PresetName, presets } from '../logs/presets.ts';
import type { Messages, Say } from '../messages/index.ts';
import { restartable } from '../stack/components.ts';
import { answerFlags, type Flag, type FlagValues, globalFlags, resolveFlag } from './flags.ts';
import type { Session } from './session.ts';

export interface Command {
  readonly name: string;
  readonly summary: Say;
  readonly details: Say;
  readonly flags: readonly Flag[];
  /** Words that follow it; a command without takes none. */
  readonly words?: {
    readonly usage: string;
    readonly title: Say;
    readonly rows: (t: Messages) => readonly (readonly [string, string])[];
  };
  readonly examples: readonly string[];
  /** Formats that `-o` takes. */
  readonly outputs: readonly string[];
  load(): Promise<(values: FlagValues, session: Session) => Promise<ExitCode>>;
}

export const commands: readonly Command[] = [
  {
    name: 'install',
    summary: (t) => t.cli.commands.install,
    details: (t) => t.cli.details.install,
    flags: [
      ...answerFlags,
      { long: '--admin-email', value: 'EMAIL', text: (t) => t.cli.flags.adminEmail },
      { long: '--admin-password-stdin', text: (t) => t.cli.flags.adminPasswordStdin },
      { long: '--yes', short: '-y', text: (t) => t.cli.flags.yes },
      { long: '--dry-run', text: (t) => t.cli.flags.dryRun },
      { long: '--conflicts', value: 'keep|take', text: (t) => t.cli.flags.conflicts },
      { long: '--fix', value: 'CAUSE', repeatable: true, text: (t) => t.cli.flags.fix },
      { long: '--timeout', value: 'DURATION', text: (t) => t.cli.flags.timeout },
      resolveFlag,
    ],
    examples: [
      'posthog-sealos install',
      'posthog-sealos install --yes --size trial --host posthog',
      'printf \'%s\' "$PASSWORD" | posthog-sealos install --yes --admin-email you@example.com --admin-password-stdin',
      'posthog-sealos install --dry-run --set components.web.memory=6Gi',
      'posthog-sealos install --yes --mirror docker.io=mirror.example.com --mirror ghcr.io=mirror.example.com/ghcr',
    ],
    outputs: ['json'],
    load: async () => (await import('./install.ts')).installCommand,
  },
  {
    name: 'render',
    summary: (t) => t.cli.commands.render,
    details: (t) => t.cli.details.render,
    flags: [
      { long: '--namespace', short: '-n', value: 'NAMESPACE', text: (t) => t.cli.flags.renderNamespace },
      { long: '--name', value: 'NAME', text: (t) => t.cli.flags.renderName },
      { long: '--host', value: 'HOST', text: (t) => t.cli.flags.renderHost },
      ...answerFlags.filter(({ long }) => long !== '--host'),
      { long: '--output', short: '-o', value: 'yaml|json', text: (t) => t.cli.flags.renderOutput },
      { long: '--split', value: 'DIR', text: (t) => t.cli.flags.split },
      { long: '--with-secrets', text: (t) => t.cli.flags.withSecrets },
    ],
    examples: [
      'posthog-sealos render --host posthog.example.com -n ns-1a2b3c4d',
      'posthog-sealos render --host posthog.example.com -n ns-1a2b3c4d --size medium --split manifests-out',
    ],
    outputs: ['yaml', 'json'],
    load: async () => (await import('./render.ts')).renderCommand,
  },
  {
    name: 'proof',
    summary: (t) => t.cli.commands.proof,
    details: (t) => t.cli.details.proof,
    flags: [resolveFlag],
    examples: ['posthog-sealos proof', 'posthog-sealos proof --resolve posthog.example.com:443:203.0.113.7 -o json'],
    outputs: ['json'],
    load: async () => (await import('./proof.ts')).proofCommand,
  },
  {
    name: 'status',
    summary: (t) => t.cli.commands.status,
    details: (t) => t.cli.details.status,
    flags: [{ long: '--watch', short: '-w', text: (t) => t.cli.flags.watch }],
    examples: ['posthog-sealos status', 'posthog-sealos status --watch -o json'],
    outputs: ['json'],
    load: async () => (await import('./status.ts')).statusCommand,
  },
  {
    name: 'logs',
    summary: (t) => t.cli.commands.logs,
    details: (t) => t.cli.details.logs,
    words: {
      usage: '[COMPONENT...]',
      title: (t) => t.logs.words.title,
      rows: (t) => [
        ['COMPONENT', logging.join(' ')],
        ...Object.keys(presets).map((name): [string, string] => [name, t.logs.words[name as PresetName]]),
      ],
    },
    flags: [
      { long: '--follow', short: '-f', text: (t) => t.cli.flags.follow },
      { long: '--since', value: 'DURATION', text: (t) => t.cli.flags.since },
      { long: '--since-time', value: 'TIME', text: (t) => t.cli.flags.sinceTime },
      { long: '--tail', value: 'LINES', text: (t) => t.cli.flags.tail },
      { long: '--previous', short: '-p', text: (t) => t.cli.flags.previous },
      { long: '--container', short: '-c', value: 'NAME', text: (t) => t.cli.flags.container },
      { long: '--all-containers', text: (t) => t.cli.flags.allContainers },
      { long: '--grep', value: 'RE', repeatable: true, text: (t) => t.cli.flags.grep },
      { long: '--not', value: 'RE', repeatable: true, text: (t) => t.cli.flags.not },
      { long: '--level', value: 'LEVEL', text: (t) => t.cli.flags.level },
      { long: '--timestamps', text: (t) => t.cli.flags.timestamps },
      { long: '--fields', value: 'NAME,NAME', text: (t) => t.cli.flags.fields },
      { long: '--output', short: '-o', value: 'text|raw|json', text: (t) => t.cli.flags.logsOutput },
      { long: '--save', value: 'FILE', text: (t) => t.cli.flags.save },
      { long: '--max-lines', value: 'LINES', text: (t) => t.cli.flags.maxLines },
      { long: '--buffer', value: 'MB', text: (t) => t.cli.flags.buffer },
    ],
    examples: [
      'posthog-sealos logs',
      'posthog-sealos logs web worker --follow --level warn',
      "posthog-sealos logs plugins --since 30m --grep '(?i)redis' --not heartbeat",
      'posthog-sealos logs migrate --tail all --save migrate.log',
      'posthog-sealos logs pipeline -o json | jq .message',
    ],
    outputs: ['text', 'raw', 'json'],
    load: async () => (await import('./logs/index.ts')).logsCommand,
  },
  {
    name: 'scale',
    summary: (t) => t.cli.commands.scale,
    details: (t) => t.cli.details.scale,
    words: {
      usage: '[CHANGE...]',
      title: (t) => t.scale.words.title,
      rows: (t) => [
        ['worker=2', t.scale.words.replicas],
        ['ingestion=+1', t.scale.words.more],
        ['worker=0', t.scale.words.none],
        ['web:memory=6Gi', t.scale.words.memory],
        ['web:cpu=3', t.scale.words.cpu],
      ],
    },
    flags: [
      { long: '--yes', short: '-y', text: (t) => t.cli.flags.yes },
      { long: '--dry-run', text: (t) => t.cli.flags.dryRun },
      { long: '--conflicts', value: 'keep|take', text: (t) => t.cli.flags.conflicts },
      { long: '--wait', text: (t) => t.cli.flags.wait },
      { long: '--no-wait', text: (t) => t.cli.flags.noWait },
      { long: '--timeout', value: 'DURATION', text: (t) => t.cli.flags.scaleTimeout },
    ],
    examples: [
      'posthog-sealos scale',
      'posthog-sealos scale worker=2 ingestion=+1',
      'posthog-sealos scale web:memory=6Gi web:cpu=3 --dry-run',
      'posthog-sealos scale ingestion=3 --yes --timeout 5m -o json',
    ],
    outputs: ['json'],
    load: async () => (await import('./scale.ts')).scaleCommand,
  },
  {
    name: 'restart',
    summary: (t) => t.cli.commands.restart,
    details: (t) => t.cli.details.restart,
    words: {
      usage: 'COMPONENT...',
      title: (t) => t.scale.restart.title,
      rows: () => [['COMPONENT', restartable.join(' ')]],
    },
    flags: [
      { long: '--no-wait', text: (t) => t.cli.flags.noWait },
      { long: '--timeout', value: 'DURATION', text: (t) => t.cli.flags.scaleTimeout },
    ],
    examples: ['posthog-sealos restart web', 'posthog-sealos restart worker plugins --timeout 5m'],
    outputs: ['json'],
    load: async () => (await import('./restart.ts')).restartCommand,
  },
  {
    name: 'sandbox',
    summary: (t) => t.cli.commands.sandbox,
    details: (t) => t.cli.details.sandbox,
    words: {
      usage: 'ACTION',
      title: (t) => t.sandbox.actionsTitle,
      rows: (t) => Object.entries(t.sandbox.actions),
    },
    flags: [
      { long: '--detach', text: (t) => t.cli.flags.detach },
      { long: '--speed', value: 'N', text: (t) => t.cli.flags.speed },
      { long: '--scenario', value: 'NAME', text: (t) => t.cli.flags.scenario },
      { long: '--seed', value: 'N', text: (t) => t.cli.flags.seed },
    ],
    examples: [
      'posthog-sealos sandbox up --detach --speed 100',
      'posthog-sealos install --sandbox',
      'posthog-sealos sandbox fault errors',
      'KUBECONFIG=$(posthog-sealos sandbox kubeconfig) kubectl get pods',
    ],
    outputs: [],
    load: async () => (await import('./sandbox/index.ts')).sandboxCommand,
  },
];

/** Where in `argv` the command stands: the first word that is neither a flag nor the value of one; -1 without. */
export function commandIndex(argv: readonly string[]): number {
  const valued = [...globalFlags, ...commands.flatMap(({ flags }) => flags)].filter(({ value }) => value !== undefined);
  const takesNext = (word: string) => valued.some(({ long, short }) => word === long || word === short);
  return argv.findIndex((word, index) => !word.startsWith('-') && !takesNext(argv[index - 1] ?? ''));
}
