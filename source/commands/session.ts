/** One run of the program: where it reads and writes, in which language, and how it reaches a cluster. */

import type { Terminal } from '../console/start.tsx';
import type { Context } from '../context.ts';
import type { Outside } from '../install/contract.ts';
import { dictionaries, type Language, languageOf, type Messages } from '../messages/index.ts';
import { type FlagValues, isSet, many, text } from './flags.ts';
import { usageError } from './usage.ts';

export interface Output {
  /** @returns true: it has been passed on, so that its bytes may be used for something else */
  write(text: string | Uint8Array): unknown;
  /** Resolves when all of it has been passed on, or nobody takes it any more. */
  drained(): Promise<void>;
  readonly isTTY: boolean;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  /** The streams of a terminal that screens can be drawn on; undefined where there is none. */
  readonly terminal: Terminal | undefined;
  /** All of it, or as much as is more than `limit` bytes. */
  readStdin(limit: number, signal: AbortSignal): Promise<string>;
  /** One line from the terminal; empty when it ends. */
  ask(question: string, signal: AbortSignal): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Session {
  readonly io: Io;
  readonly context: Context;
  readonly language: Language;
  readonly t: Messages;
  readonly signal: AbortSignal;
  /** How a cluster is reached. The caller closes it. */
  readonly open: (values: FlagValues, session: Pick<Session, 'io' | 'context' | 'signal'>) => Promise<OpenOutside>;
}

export interface OpenOutside extends Outside {
  /** What is still to do when its cluster has been closed: a sandbox goes on with others. */
  readonly leave?: () => Promise<void>;
}

/** `--lang`, then the environment. @throws UserError (exit 2) for other languages, told in that of the environment. */
export function chooseLanguage(argv: readonly string[], env: Io['env']): Language {
  const at = argv.findIndex((each) => each === '--lang' || each.startsWith('--lang='));
  if (at < 0) return languageOf(env);
  const value = argv[at]?.includes('=') ? argv[at]?.split('=')[1] : argv[at + 1];
  if (value === 'en' || value === 'zh') return value;
  throw usageError((t) =>
    value === undefined
      ? t.cli.errors.missingValue('--lang', 'en|zh')
      : t.cli.errors.notOneOf('--lang', value, 'en, zh', undefined),
  );
}

export const messagesOf = (language: Language): Messages => dictionaries[language];

/** A kubeconfig's cluster, and the public network as `--resolve` bends it. @throws UserError (exit 2, 3). */
export async function openOutside(
  values: FlagValues,
  { io, context, signal }: Pick<Session, 'io' | 'context' | 'signal'>,
): Promise<OpenOutside> {
  if (isSet(values, 'sandbox')) {
    const { openSandbox } = await import('./sandbox/outside.ts');
    return openSandbox(values, { io, context, signal });
  }
  refuseNamespace(text(values, 'namespace'));
  const { parseResolve } = await import('./resolve.ts');
  const resolves = many(values, 'resolve').map(parseResolve);
  const { connect, loadKubeconfig, publicHttp, publicLookup } = await import('../cluster/index.ts');
  const [path, name, namespace] = [text(values, 'kubeconfig'), text(values, 'context'), text(values, 'namespace')];
  const config = await loadKubeconfig({
    env: io.env,
    signal,
    ...(path === undefined ? {} : { path }),
    ...(name === undefined ? {} : { context: name }),
    ...(namespace === undefined ? {} : { namespace }),
  });
  return {
    cluster: connect(config, context),
    context,
    publicHttp: (baseUrl) => publicHttp(baseUrl, resolves, io.env),
    lookup: (host, signal) => publicLookup(host, resolves, signal),
  };
}

/** @throws UserError (exit 2) for what can be no namespace's name. */
export function refuseNamespace(namespace: string | undefined): void {
  if (namespace === undefined || /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) return;
  throw usageError((t) => t.cli.errors.badNamespace(namespace));
}

/** Colour only where a person looks at it and has not said no. */
export function usesColor({ io }: Pick<Session, 'io'>, { isTTY }: Output, values: FlagValues): boolean {
  return isTTY && !isSet(values, 'noColor') && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
}

/** Where the terminal may not have the glyphs: asked for, or the locale is not UTF-8. */
export function usesAscii({ io }: Pick<Session, 'io'>, values: FlagValues): boolean {
  const locale = io.env['LC_ALL'] || io.env['LC_CTYPE'] || io.env['LANG'] || '';
  return isSet(values, 'ascii') || (locale !== '' && !/utf-?8/i.test(locale));
}
