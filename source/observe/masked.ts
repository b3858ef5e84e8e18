/** Objects as anybody may see them: without the server's bookkeeping, and without what is secret. Pure. */
import type { KubeObject } from '../stack/types.ts';

/** The object as somebody wrote it: without who set what, and versions that only the server counts. */
export function withoutBookkeeping(object: KubeObject): KubeObject {
  const { managedFields: _, resourceVersion: __, generation: ___, ...metadata } = object.metadata;
  return { ...object, metadata };
}

const [noLetterBefore, noLetterBehind] = [String.raw`(?<![^\W_])`, String.raw`(?![^\W_])`];
/** What names have in them whose values open something. */
const secretWord = [
  'PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|SALT|CREDENTIAL|PRIVATE',
  `${noLetterBefore}PASS${noLetterBehind}`,
  `(?:${noLetterBefore}|API|ACCESS|CRYPTION)KEYS?${noLetterBehind}`,
  String.raw`_DSN(?!\w)`,
].join('|');
const secretName = new RegExp(secretWord, 'i');
/** `user:password@` of an address; a password may have in it what should have been escaped, but for a comma with another address behind it. As long as passwords are: a long text takes no longer for it. */
const inAddress = /(:\/\/[^\s/:@]*:)(?:[^\s,"'<>]|,(?![^\s"'<>]{0,200}:\/\/)){1,1000}@/g;

/** With marks in place of the values of Secrets, of variables with a secret's name, and of passwords in addresses. */
export function masked(object: KubeObject): KubeObject {
  const { data, stringData } = object as { readonly data?: unknown; readonly stringData?: unknown };
  const isSecret = object.kind === 'Secret';
  return {
    ...(maskedValue(object) as KubeObject),
    ...(isSecret && data ? { data: maskedValues(data) } : {}),
    ...(isSecret && stringData ? { stringData: maskedValues(stringData) } : {}),
  };
}

const mask = '(hidden)';

const maskedValues = (values: unknown) =>
  Object.fromEntries(Object.keys(values as Record<string, unknown>).map((key) => [key, mask]));

function maskedValue(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (Array.isArray(value)) return value.map(maskedValue);
  if (value === null || typeof value !== 'object') return value;
  const { name, value: inner } = value as { readonly name?: unknown; readonly value?: unknown };
  const isSecretVariable = typeof name === 'string' && typeof inner === 'string' && secretName.test(name);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, isSecretVariable && key === 'value' ? mask : maskedValue(each)]),
  );
}

/** What `kubectl apply` of its client side keeps is an object of its own, as text. */
function maskedText(text: string): string {
  if (text.startsWith('{"')) {
    try {
      return JSON.stringify(masked(JSON.parse(text) as KubeObject));
    } catch {
      // It only begins like one.
    }
  }
  return text.replace(inAddress, `$1${mask}@`);
}

/** How HTTP says what kind of secret follows. */
const scheme = '(?:Bearer|Basic|Token)';
/** Texts within texts have backslashes before their quotes. A text that is cut off has none at its end. */
const quoted = String.raw`[bu]?(?<quote>\\*["'])(?:(?!(?<!\\)\k<quote>).)*(?:\k<quote>|$)`;
/** A word up to what stands between two. A comma does only before the name of the next one. */
const plain = String.raw`(?:[^\s"',&}]|,(?=[^\s"'&}])(?![\w.-]+\s*[=:]))+`;
/** What follows a secret name: a text in quotes, or a word, with its scheme. */
const named = new RegExp(
  String.raw`((?:${secretWord})[\w.-]{0,100}\\*["']?\s*[=:]>?\s*)(?:${quoted}|(?:${scheme} +)?${plain})`,
  'gis',
);
/** An option of a command, as shells print it with `set -x`: `--password hunter2`. */
const inOption = new RegExp(
  String.raw`((?<!\S)--[\w-]{0,50}(?:${secretWord}|requirepass)[\w-]{0,50} +)(?!-)(?:${quoted}|\S+)`,
  'gis',
);
const inHeader = new RegExp(String.raw`(\bAuthorization\W{1,9}${scheme} +)[\w.~+/=-]+`, 'gi');
/** Where no header is named, what has no digit is a word: "invalid token provided". */
const behindScheme = new RegExp(String.raw`\b(${scheme} +)(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}`, 'gi');
/** Keys that are known by how they begin (PostHog's, of clouds and code forges, JSON web tokens). */
const keys = /\b(?:ph[a-z]_|sk-|xox[a-z]-|gh[a-z]_|AKIA)[\w-]{12,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** A line of a log, with marks in place of what may open something. */
export const maskedLine = (line: string): string =>
  line
    .replace(inAddress, `$1${mask}@`)
    .replace(inHeader, `$1${mask}`)
    .replace(behindScheme, `$1${mask}`)
    .replace(keys, mask)
    .replace(named, `$1${mask}`)
    .replace(inOption, `$1${mask}`);
