/** Every flag once, as a record: parsing, help, completion and the README's check are made from these. */
import type { Say } from '../messages/index.ts';

export interface Flag {
  /** `--size`; the key of its value is the name in camel case. */
  readonly long: `--${string}`;
  readonly short?: `-${string}`;
  /** What follows it, as the help shows it; a flag without is a switch. */
  readonly value?: string;
  readonly repeatable?: boolean;
  readonly text: Say;
}

export const globalFlags: readonly Flag[] = [
  { long: '--kubeconfig', value: 'FILE', text: (t) => t.cli.flags.kubeconfig },
  { long: '--context', value: 'NAME', text: (t) => t.cli.flags.context },
  { long: '--namespace', short: '-n', value: 'NAMESPACE', text: (t) => t.cli.flags.namespace },
  { long: '--name', value: 'NAME', text: (t) => t.cli.flags.name },
  { long: '--sandbox', text: (t) => t.cli.flags.sandbox },
  { long: '--output', short: '-o', value: 'FORMAT', text: (t) => t.cli.flags.output },
  { long: '--plain', text: (t) => t.cli.flags.plain },
  { long: '--lang', value: 'en|zh', text: (t) => t.cli.flags.lang },
  { long: '--ascii', text: (t) => t.cli.flags.ascii },
  { long: '--no-color', text: (t) => t.cli.flags.noColor },
  { long: '--read-only', text: (t) => t.cli.flags.readOnly },
  { long: '--verbose', short: '-v', text: (t) => t.cli.flags.verbose },
  { long: '--help', short: '-h', text: (t) => t.cli.flags.help },
  { long: '--version', short: '-V', text: (t) => t.cli.flags.version },
];

/** The global flags that a command has no meaning of its own for. */
export const globalFlagsBeside = (own: readonly Flag[]): readonly Flag[] =>
  globalFlags.filter(({ long }) => !own.some((flag) => flag.long === long));

export const resolveFlag: Flag = {
  long: '--resolve',
  value: 'HOST:PORT:ADDR',
  repeatable: true,
  text: (t) => t.cli.flags.resolve,
};

/** Flags that are answers (DESIGN section 4), shared by `install` and `render`; the name is one of every command. */
export const answerFlags: readonly Flag[] = [
  { long: '--host', value: 'HOST', text: (t) => t.cli.flags.host },
  { long: '--size', value: 'SIZE', text: (t) => t.cli.flags.size },
  { long: '--values', value: 'FILE', text: (t) => t.cli.flags.values },
  { long: '--set', value: 'KEY=VALUE', repeatable: true, text: (t) => t.cli.flags.set },
  { long: '--mirror', value: 'REGISTRY=HOST', repeatable: true, text: (t) => t.cli.flags.mirror },
];

/** Values of parsed flags by camel-case name. */
export type FlagValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export function keyOf({ long }: Flag): string {
  return long.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export const text = (values: FlagValues, key: string): string | undefined => {
  const value = values[key];
  return typeof value === 'string' ? value : undefined;
};
export const isSet = (values: FlagValues, key: string): boolean => values[key] === true;
export const many = (values: FlagValues, key: string): readonly string[] => {
  const value = values[key];
  return Array.isArray(value) ? (value as readonly string[]) : [];
};
