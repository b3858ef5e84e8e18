/** One run of the program: where it reads and writes, in which language, and how it reaches a cluster. */
import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../errors.ts';
import type { Outside, ResolveEntry } from '../install/contract.ts';
import { dictionaries, type Language, languageOf, type Messages } from '../messages/index.ts';
import { type FlagValues, isSet, many, text } from './flags.ts';

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  readStdin(): Promise<string>;
  /** One line from the terminal. */
  ask(question: string, signal: AbortSignal): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Session {
  readonly io: Io;
  readonly context: Context;
  readonly language: Language;
  readonly t: Messages;
  readonly signal: AbortSignal;
}

/** `--lang`, then the environment. Unknown languages are a mistake, told in English. */
export function chooseLanguage(argv: readonly string[], env: Io['env']): Language {
  const at = argv.findIndex((each) => each === '--lang' || each.startsWith('--lang='));
  if (at < 0) return languageOf(env);
  const value = argv[at]?.includes('=') ? argv[at]?.split('=')[1] : argv[at + 1];
  if (value === 'en' || value === 'zh') return value;
  throw new UserError({
    code: 'usage',
    exit: exitCodes.usage,
    say: (t) => t.cli.errors.notOneOf('--lang', String(value ?? ''), 'en, zh', undefined),
    hint: (t) => t.cli.errors.hint,
  });
}

export const messagesOf = (language: Language): Messages => dictionaries[language];

/** Everything a use case needs of the outside; the caller closes the cluster. */
export async function openOutside(values: FlagValues, { io, context }: Session): Promise<Outside> {
  const resolves = many(values, 'resolve').map(parseResolve);
  const { connect, loadKubeconfig, publicHttp, publicLookup } = await import('../cluster/index.ts');
  const [path, name, namespace] = [text(values, 'kubeconfig'), text(values, 'context'), text(values, 'namespace')];
  const config = await loadKubeconfig({
    env: io.env,
    ...(path === undefined ? {} : { path }),
    ...(name === undefined ? {} : { context: name }),
    ...(namespace === undefined ? {} : { namespace }),
  });
  return {
    cluster: connect(config, context),
    context,
    publicHttp: (baseUrl) => publicHttp(baseUrl, resolves, io.env),
    lookup: (host) => publicLookup(host, resolves),
  };
}

/** `HOST:PORT:ADDR`; an address in brackets may be IPv6. @throws UserError (exit 2). */
export function parseResolve(value: string): ResolveEntry {
  const match = /^([^:[\]]+):(\d{1,5}):(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))$/.exec(value);
  const address = match?.[3] ?? match?.[4];
  if (!match || address === undefined || Number(match[2]) > 65_535) {
    throw new UserError({
      code: 'usage',
      exit: exitCodes.usage,
      say: (t) => t.cli.errors.badResolve(value),
      hint: (t) => t.cli.errors.badResolveHint,
    });
  }
  return { host: (match[1] as string).toLowerCase(), port: Number(match[2]), address };
}

/** Colour only where a person looks at it and has not said no. */
export function usesColor({ io }: Pick<Session, 'io'>, values: FlagValues): boolean {
  return io.stdout.isTTY && !isSet(values, 'noColor') && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
}

/** Where the terminal may not have the glyphs: asked for, or the locale is not UTF-8. */
export function usesAscii({ io }: Pick<Session, 'io'>, values: FlagValues): boolean {
  const locale = io.env['LC_ALL'] || io.env['LC_CTYPE'] || io.env['LANG'] || '';
  return isSet(values, 'ascii') || (locale !== '' && !/utf-?8/i.test(locale));
}
