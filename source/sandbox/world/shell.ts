/**
 * As much of a shell as the manifests' scripts and `exec` need: lists by newline, `;`, `&&`, `||` and `|`, quotes, `$NAME`,
 * `$(...)`, redirections, `set -e`. Loops and conditions are not known; the scripts that have them are in `scripts.ts`.
 */

export interface ShellHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs one command. @returns its exit code. */
  run(argv: readonly string[], io: CommandIo): Promise<number>;
  write(path: string, content: string): Promise<void>;
  read(path: string): Promise<string | undefined>;
}

export interface CommandIo {
  readonly stdin: string;
  /** A line. */
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

type Joint = ';' | '&&' | '||' | '|';
interface Command {
  /** What stands before it. */
  readonly joint: Joint;
  /** With their quotes. */
  readonly words: readonly string[];
}

const keywords = /^(if|then|else|fi|for|while|until|do|done|case|esac|function)$/;

/** @returns the exit code of the last command. */
export async function runShell(host: ShellHost, script: string, io: CommandIo): Promise<number> {
  const commands = parse(script);
  let [code, stopsOnError, piped] = [0, false, undefined as string | undefined];
  for (const [index, { joint, words }] of commands.entries()) {
    const next = commands[index + 1]?.joint;
    if ((joint === '&&' && code !== 0) || (joint === '||' && code === 0)) continue;
    const [first = ''] = words;
    if (keywords.test(first)) {
      io.err(`sh: syntax error: "${first}" is not known to this simulated shell`);
      return 2;
    }
    if (first === 'set') {
      stopsOnError ||= words.some((word) => /^-\w*e/.test(word));
      continue;
    }
    const { argv, files } = await expanded(host, words, io);
    const kept: string[] = [];
    const toPipe = next === '|';
    const stdin = piped ?? (files['<'] === undefined ? io.stdin : ((await host.read(files['<'])) ?? ''));
    const target = files['>'] ?? files['>>'];
    const collect = (line: string) => void kept.push(line);
    const out = files['>&2'] === '' ? io.err : target !== undefined || toPipe ? collect : io.out;
    code = await host.run(argv, { stdin, out, err: files['2>&1'] === '' ? out : io.err });
    const text = kept.map((line) => `${line}\n`).join('');
    piped = toPipe ? text : undefined;
    if (target !== undefined && target !== '/dev/null')
      await host.write(target, `${files['>>'] === undefined ? '' : ((await host.read(target)) ?? '')}${text}`);
    if (stopsOnError && code !== 0 && next !== '&&' && next !== '||' && next !== '|') return code;
  }
  return code;
}

/** Splits at operators and blanks that stand outside quotes and `$(...)`. */
function parse(script: string): readonly Command[] {
  const commands: Command[] = [];
  let words: string[] = [];
  let [word, joint, quote, depth] = ['', ';' as Joint, '', 0];
  const endWord = () => {
    if (word !== '') words.push(word);
    word = '';
  };
  const endCommand = (next: Joint) => {
    endWord();
    if (words.length > 0) commands.push({ joint, words });
    if (words.length > 0 || next !== ';') joint = next;
    words = [];
  };
  for (let at = 0; at < script.length; at++) {
    const [letter = '', two] = [script[at], script.slice(at, at + 2)];
    if (quote !== '') {
      word += letter;
      if (two === '$(' && quote === '"') depth++;
      if (letter === ')' && depth > 0) depth--;
      if (letter === quote && depth === 0) quote = '';
    } else if (depth > 0 || two === '$(') {
      if (letter === '(') depth++;
      if (letter === ')') depth--;
      word += letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word += letter;
    } else if (two === '\\\n') at++;
    else if (letter === '#' && word === '') at = (script.indexOf('\n', at) + 1 || script.length + 1) - 2;
    else if (two === '&&' || two === '||') {
      endCommand(two);
      at++;
    } else if (letter === '\n' || letter === ';') endCommand(';');
    else if (letter === '|') endCommand('|');
    else if (/\s/.test(letter)) endWord();
    else word += letter;
  }
  endCommand(';');
  return commands;
}

async function expanded(host: ShellHost, words: readonly string[], io: CommandIo) {
  const argv: string[] = [];
  const files: Record<string, string> = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const [, operator, glued = ''] = /^(2>&1|>&2|>>|>|<)(.*)$/s.exec(word) ?? [];
    if (operator === undefined) argv.push(await expand(host, word, io));
    else if (operator.includes('&')) files[operator] = '';
    else files[operator] = await expand(host, glued === '' ? (words[++at] ?? '') : glued, io);
  }
  return { argv, files };
}

async function expand(host: ShellHost, word: string, io: CommandIo): Promise<string> {
  let text = '';
  for (const [, single, double, command, name, braced, escaped, plain] of word.matchAll(
    /'([^']*)'|"((?:\$\([^)]*(?:\([^)]*\)[^)]*)*\)|\\.|[^"\\])*)"|\$\((.*?)\)(?=[^)]*$)|\$(\w+)|\$\{(\w+)\}|\\(.)|([^'"$\\]+|\$)/gs,
  )) {
    if (double !== undefined) text += await inQuotes(host, double, io);
    else if (command !== undefined) text += await output(host, command, io);
    else text += single ?? escaped ?? plain ?? host.env[name ?? braced ?? ''] ?? '';
  }
  return text;
}

async function inQuotes(host: ShellHost, text: string, io: CommandIo): Promise<string> {
  let done = '';
  for (const [, command, name, braced, escaped, plain] of text.matchAll(
    /\$\(((?:[^()]|\([^)]*\))*)\)|\$(\w+)|\$\{(\w+)\}|\\([$"\\`])|([^$\\]+|[$\\])/gs,
  ))
    done +=
      command === undefined
        ? (escaped ?? plain ?? host.env[name ?? braced ?? ''] ?? '')
        : await output(host, command, io);
  return done;
}

/** What a command prints, without the line break at its end. */
async function output(host: ShellHost, script: string, io: CommandIo): Promise<string> {
  const lines: string[] = [];
  await runShell(host, script, { ...io, stdin: '', out: (line) => void lines.push(line) });
  return lines.join('\n');
}
